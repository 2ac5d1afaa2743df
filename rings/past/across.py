"""What many past rings say together: rates with n and interval, medians, by month, circle, facilitator.

All from the kept tallies, in one query whatever the number of rings. Nobody is ranked: groups stand in
the order of time or of the alphabet, and a rate without answers is None, never zero.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from math import sqrt
from statistics import median
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from rings.models import Circle, Ring, Tally
from rings.phases import Phase
from rings.team import called

FEW = 12  # people: a group with fewer is to be read with care
Z = 1.96  # for an interval of 95 %


@dataclass(frozen=True)
class Rate:
    """`part` of `n`, with the bounds between which the true share lies in 95 of 100 cases."""

    part: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.part / self.n

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def bounds(self) -> tuple[int, int]:
        return round(100 * self.low), round(100 * self.high)


def rate(part: int, n: int) -> Rate | None:
    """A share with its 95 % interval after Wilson (1927), which holds for small n too; None for n = 0."""
    if not n:
        return None
    share, spread = part / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return Rate(part, n, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True)
class Summary:
    """The numbers of some rings together. None: not asked yet, or nothing to count."""

    name: str
    month: date | None
    rings: int
    people: int
    helped: Rate | None  # asks with at least one offer
    offers_an_ask: float | None  # the mean over all asks
    gave: Rate | None  # people with at least one offer
    kept: Rate | None  # promises kept, of those answered
    kept_14: Rate | None  # within 14 days, of those of rings that long ago
    kept_30: Rate | None
    moved: Rate | None  # asks fulfilled or partly so, of those answered
    first_offer: float | None  # seconds, median over all asks that got one
    firsts: int
    planned: float | None  # minutes, mean over rings of which both are known
    actual: float | None
    timed: int

    @property
    def few(self) -> bool:
        return self.people < FEW


class Group(NamedTuple):
    """A circle or a facilitator: what it is called, and its id, as two may be called alike."""

    name: str
    pk: int


class Count(NamedTuple):
    """One ring's tally, light enough for tens of thousands of them."""

    ended_at: datetime
    circle: Group
    facilitator: Group
    people: int
    asks: int
    helped: int
    offers: int
    gave: int
    answered: int
    kept: int
    kept_14: int
    kept_30: int
    moved: int
    outcomes: int
    first_offers: list[int]
    planned_minutes: float | None
    actual_minutes: float | None


_OWN = Count._fields[3:]


def counts(rings: QuerySet[Ring]) -> list[Count]:
    """The tallies of these rings, those called off left out, in three queries."""
    found = Tally.objects.filter(
        ring__in=rings.order_by().values("pk"), ring__ended_at__isnull=False
    )
    found = found.exclude(ring__phase=Phase.CANCELLED).order_by()
    rows = list(found.values_list("ring__ended_at", "ring__circle", "ring__facilitator", *_OWN))
    circles = _groups(
        (one.pk, one.name, called(one.owner))
        for one in Circle.objects.filter(pk__in={row[1] for row in rows}).select_related("owner")
    )
    leaders = _groups(
        (one.pk, called(one), f"#{one.pk}")
        for one in User.objects.filter(pk__in={row[2] for row in rows})
    )
    return [
        Count(row[0], circles.get(row[1], NO_CIRCLE), leaders[row[2]], *row[3:]) for row in rows
    ]


NO_CIRCLE = Group("", 0)


def _groups(found: Iterable[tuple[int, str, str]]) -> dict[int, Group]:
    """Each by its id; those called alike are told apart by what stands third."""
    named = list(found)
    alike = Counter(name.casefold() for _, name, _ in named)
    return {
        pk: Group(f"{name} ({apart})" if alike[name.casefold()] > 1 else name, pk)
        for pk, name, apart in named
    }


def summary(
    found: Sequence[Count], now: datetime, name: str = "", month: date | None = None
) -> Summary:
    """All numbers of some tallies; kept promises by days only of rings that ended so long before `now`."""

    def total(field: str) -> int:
        return sum(getattr(one, field) for one in found)

    firsts = list(chain.from_iterable(one.first_offers for one in found))
    timed = [one for one in found if one.planned_minutes and one.actual_minutes]
    asks = total("asks")
    return Summary(
        name=name,
        month=month,
        rings=len(found),
        people=total("people"),
        helped=rate(total("helped"), asks),
        offers_an_ask=round(total("offers") / asks, 1) if asks else None,
        gave=rate(total("gave"), total("people")),
        kept=rate(total("kept"), total("answered")),
        kept_14=_kept_within(found, "kept_14", now - timedelta(days=14)),
        kept_30=_kept_within(found, "kept_30", now - timedelta(days=30)),
        moved=rate(total("moved"), total("outcomes")),
        first_offer=median(firsts) if firsts else None,
        firsts=len(firsts),
        planned=_mean(one.planned_minutes for one in timed),
        actual=_mean(one.actual_minutes for one in timed),
        timed=len(timed),
    )


def _kept_within(found: Iterable[Count], field: str, before: datetime) -> Rate | None:
    """Of all promises of rings that ended before then and whose follow-up recorded something."""
    old = [one for one in found if one.answered and one.ended_at <= before]
    return rate(sum(getattr(one, field) for one in old), sum(one.offers for one in old))


def _mean(values: Iterable[Any]) -> float | None:
    known = list(values)
    return round(sum(known) / len(known), 1) if known else None


def by_month(found: Iterable[Count], now: datetime) -> list[Summary]:
    """A summary a month in which a ring ended, in the order of time."""
    groups: defaultdict[date, list[Count]] = defaultdict(list)
    for one in found:
        groups[timezone.localtime(one.ended_at).date().replace(day=1)].append(one)
    return [summary(groups[month], now, month=month) for month in sorted(groups)]


def by_circle(found: Iterable[Count], now: datetime) -> list[Summary]:
    return _by(found, now, lambda one: one.circle)


def by_facilitator(found: Iterable[Count], now: datetime) -> list[Summary]:
    return _by(found, now, lambda one: one.facilitator)


def _by(found: Iterable[Count], now: datetime, group_of: Callable[[Count], Group]) -> list[Summary]:
    """A summary a group, in the order of the alphabet; those without a name last."""
    groups: defaultdict[Group, list[Count]] = defaultdict(list)
    for one in found:
        groups[group_of(one)].append(one)
    ordered = sorted(groups, key=lambda group: (not group.name, group.name.casefold(), group.pk))
    return [summary(groups[group], now, name=group.name) for group in ordered]


GROUPINGS: dict[str, Callable[[Iterable[Count], datetime], list[Summary]]] = {
    "month": by_month,
    "circle": by_circle,
    "facilitator": by_facilitator,
}
