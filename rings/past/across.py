"""What many past rings say together: rates with n and interval, medians, by month, circle, facilitator.

All from the kept tallies, which the database adds up: one query whatever the number of rings. Nobody is
ranked: groups stand in the order of time or of the alphabet, and a rate without answers is None, never
zero.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from math import sqrt
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet, StringAgg, Sum, TextField, Value
from django.db.models.functions import Cast

from rings.models import Circle, Ring
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


# By what rings are put together: the column that tells their groups apart.
GROUPINGS = {"month": "tally__month", "circle": "circle", "facilitator": "facilitator"}
_ADDED = ("people", "asks", "helped", "offers", "gave", "answered", "kept", "moved", "outcomes")

type Sums = dict[str, Any]  # what is added up in a group; `firsts`: seconds to its first offers


def summaries(rings: QuerySet[Ring], by: str, now: datetime) -> tuple[Summary, list[Summary]]:
    """The numbers of these rings together, and of each group by one of `GROUPINGS`, in its order.

    Rings that were called off are in none of them. Promises kept within some days are counted only
    in rings that ended so long before `now`, and of which follow-up recorded something.
    """
    counted = rings.filter(tally__month__isnull=False).exclude(phase=Phase.CANCELLED).order_by()
    groups = {
        row[GROUPINGS[by]]: row | {"firsts": _firsts(row["firsts"])}
        for row in counted.values(GROUPINGS[by]).annotate(**_sums(now))
    }
    whole = _summary(list(groups.values()))
    if by == "month":
        return whole, [_summary([groups[month]], month=month) for month in sorted(groups)]
    names = (_circles if by == "circle" else _facilitators)(groups) | {None: ""}
    ordered = sorted(groups, key=lambda pk: (not names[pk], names[pk].casefold(), pk))
    return whole, [_summary([groups[pk]], name=names[pk]) for pk in ordered]


def latest_year(rings: QuerySet[Ring]) -> tuple[QuerySet[Ring], date | None]:
    """Those of the twelve months up to the last one in which one of these rings ended, and that month."""
    counted = rings.filter(tally__month__isnull=False).exclude(phase=Phase.CANCELLED)
    last = counted.order_by("-ended_at", "-pk").values_list("tally__month", flat=True).first()
    if last is None:
        return rings.none(), None
    return rings.filter(tally__month__gt=last.replace(year=last.year - 1)), last


def _sums(now: datetime) -> dict[str, Any]:
    timed = Q(tally__planned_minutes__gt=0, tally__actual_minutes__gt=0)
    sums: dict[str, Any] = {name: Sum(f"tally__{name}") for name in _ADDED}
    for days in (14, 30):
        old = Q(tally__answered__gt=0, ended_at__lte=now - timedelta(days=days))
        sums[f"kept_{days}"] = Sum(f"tally__kept_{days}", filter=old)
        sums[f"offers_{days}"] = Sum("tally__offers", filter=old)
    return sums | {
        "rings": Count("pk"),
        "timed": Count("pk", filter=timed),
        "planned": Sum("tally__planned_minutes", filter=timed),
        "actual": Sum("tally__actual_minutes", filter=timed),
        "firsts": StringAgg(Cast("tally__first_offers", TextField()), delimiter=Value(",")),
    }


def _firsts(lists: str) -> list[int]:
    """The seconds in the kept lists of many rings, which the database has put behind each other."""
    return sorted(chain.from_iterable(json.loads(f"[{lists}]")))


def _summary(groups: Sequence[Sums], name: str = "", month: date | None = None) -> Summary:
    """All numbers of some groups together."""

    def total(field: str) -> Any:
        return sum(group[field] or 0 for group in groups)

    def mean(field: str, n: int) -> float | None:
        return round(total(field) / n, 1) if n else None

    firsts = list(chain.from_iterable(group["firsts"] for group in groups))
    asks, timed = total("asks"), total("timed")
    return Summary(
        name=name,
        month=month,
        rings=total("rings"),
        people=total("people"),
        helped=rate(total("helped"), asks),
        offers_an_ask=mean("offers", asks),
        gave=rate(total("gave"), total("people")),
        kept=rate(total("kept"), total("answered")),
        kept_14=rate(total("kept_14"), total("offers_14")),
        kept_30=rate(total("kept_30"), total("offers_30")),
        moved=rate(total("moved"), total("outcomes")),
        first_offer=median(firsts) if firsts else None,
        firsts=len(firsts),
        planned=mean("planned", timed),
        actual=mean("actual", timed),
        timed=timed,
    )


def _circles(pks: Iterable[int]) -> dict[int | None, str]:
    """What each circle is called; those called alike by whose they are, too."""
    found = Circle.objects.filter(pk__in=pks).select_related("owner")
    return _apart((circle.pk, circle.name, called(circle.owner)) for circle in found)


def _facilitators(pks: Iterable[int]) -> dict[int | None, str]:
    """What each facilitator is called; those called alike with their number, too."""
    return _apart(
        (user.pk, called(user), f"#{user.pk}") for user in User.objects.filter(pk__in=pks)
    )


def _apart(found: Iterable[tuple[int, str, str]]) -> dict[int | None, str]:
    """Names by ids; those that are alike are told apart by what stands third."""
    named = list(found)
    alike = Counter(name.casefold() for _, name, _ in named)
    return {
        pk: f"{name} ({apart})" if alike[name.casefold()] > 1 else name for pk, name, apart in named
    }
