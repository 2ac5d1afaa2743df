"""The numbers across rings as people read them: for each its name, its plot, and a sentence to quote."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rings.past import plots
from rings.past.across import Rate, Summary

type Words = str | Promise


@dataclass(frozen=True)
class Figure:
    """One number: how it is picked from a summary (a rate or a value), its unit, and its sentence."""

    key: str
    name: Words
    says: Callable[[Summary], str]
    rate: Callable[[Summary], Rate | None] | None = None
    value: Callable[[Summary], float | None] | None = None
    n: Callable[[Summary], int] | None = None
    unit: Words = ""

    def plot(self, groups: Sequence[Summary]) -> plots.Plot:
        if self.rate:
            return plots.of_rates(groups, self.rate)
        return plots.of_values(groups, self.value or (lambda group: None), str(self.unit))

    def cells(
        self, groups: Sequence[Summary]
    ) -> list[tuple[Summary, Rate | None, float | None, int]]:
        """The plot's twin: each group with its rate or its value, and the n of the value."""
        return [
            (
                group,
                self.rate(group) if self.rate else None,
                self.value(group) if self.value else None,
                self.n(group) if self.n else 0,
            )
            for group in groups
        ]


NOT_ASKED = gettext_lazy("Follow-up has not asked about this yet, so there is nothing to say.")


def _of(rate: Rate | None, sentence: str) -> str:
    """A sentence with a rate's numbers in it, or that nothing was asked."""
    if rate is None:
        return str(NOT_ASKED)
    low, high = rate.bounds
    return sentence.format(part=rate.part, n=rate.n, percent=rate.percent, low=low, high=high)


def _helped(all_: Summary) -> str:
    return _of(
        all_.helped,
        _(
            "{part} of {n} asks got at least one offer: {percent} % (95 % interval {low} to {high} %)."
        ),
    )


def _offers(all_: Summary) -> str:
    if all_.offers_an_ask is None:
        return _("Nothing was asked in these rings.")
    return _("An ask got {mean} offers on average, over {n} asks.").format(
        mean=all_.offers_an_ask, n=all_.helped.n if all_.helped else 0
    )


def _gave(all_: Summary) -> str:
    return _of(
        all_.gave,
        _("{part} of {n} people offered something: {percent} % (95 % interval {low} to {high} %)."),
    )


def _kept_14(all_: Summary) -> str:
    return _of(
        all_.kept_14,
        _(
            "{part} of {n} promises were kept within 14 days: {percent} % (95 % interval {low} to "
            "{high} %), in rings that ended at least 14 days ago and were followed up."
        ),
    )


def _kept_30(all_: Summary) -> str:
    return _of(
        all_.kept_30,
        _(
            "{part} of {n} promises were kept within 30 days: {percent} % (95 % interval {low} to "
            "{high} %), in rings that ended at least 30 days ago and were followed up."
        ),
    )


def _moved(all_: Summary) -> str:
    return _of(
        all_.moved,
        _(
            "{part} of {n} asks that were answered were fulfilled, wholly or partly: {percent} % "
            "(95 % interval {low} to {high} %)."
        ),
    )


def _first(all_: Summary) -> str:
    if all_.first_offer is None:
        return _("No offer came in these rings.")
    return _("Half of the first offers came within {seconds} seconds, over {n} asks.").format(
        seconds=round(all_.first_offer), n=all_.firsts
    )


def _time(all_: Summary) -> str:
    if all_.planned is None or all_.actual is None:
        return _("No ring of these has both a plan and an end.")
    return _(
        "A ring took {actual} minutes on average, {planned} were planned, over {n} rings."
    ).format(actual=round(all_.actual), planned=round(all_.planned), n=all_.timed)


def _over_plan(group: Summary) -> float | None:
    if not group.planned or group.actual is None:
        return None
    return round(100 * group.actual / group.planned)


FIGURES = (
    Figure("helped", gettext_lazy("Asks with an offer"), _helped, rate=lambda g: g.helped),
    Figure(
        "offers", gettext_lazy("Offers an ask"), _offers, value=lambda g: g.offers_an_ask,
        n=lambda g: g.helped.n if g.helped else 0,
    ),
    Figure("gave", gettext_lazy("People who offered"), _gave, rate=lambda g: g.gave),
    Figure("kept_14", gettext_lazy("Promises kept within 14 days"), _kept_14, rate=lambda g: g.kept_14),
    Figure("kept_30", gettext_lazy("Promises kept within 30 days"), _kept_30, rate=lambda g: g.kept_30),
    Figure("moved", gettext_lazy("Asks that were fulfilled"), _moved, rate=lambda g: g.moved),
    Figure(
        "first", gettext_lazy("Seconds to the first offer"), _first, value=lambda g: g.first_offer,
        n=lambda g: g.firsts, unit=gettext_lazy("s"),
    ),
    Figure(
        "time", gettext_lazy("Minutes taken, of those planned"), _time, value=_over_plan,
        n=lambda g: g.timed, unit="%",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Trend:
    """A number of the archive's head: its name, what it is, and its course over the months."""

    name: Words
    number: str
    unit: str
    of: str
    spark: plots.Spark


def trends(all_: Summary, months: Sequence[Summary]) -> list[Trend]:
    """Three small trends, each with its n."""
    helped, kept = all_.helped, all_.kept
    return [
        Trend(
            _("Asks with an offer"),
            str(helped.percent) if helped else "–",
            "%",
            _("{part} of {n} asks").format(part=helped.part, n=helped.n) if helped else "",
            plots.spark(months, lambda g: g.helped.share if g.helped else None),
        ),
        Trend(
            _("Promises kept"),
            str(kept.percent) if kept else "–",
            "%",
            _("{part} of {n} answered").format(part=kept.part, n=kept.n)
            if kept
            else _("not asked yet"),
            plots.spark(months, lambda g: g.kept.share if g.kept else None),
        ),
        Trend(
            _("Half of first offers came within"),
            str(round(all_.first_offer)) if all_.first_offer is not None else "–",
            "s",
            _("{n} asks with an offer").format(n=all_.firsts),
            plots.spark(months, lambda g: g.first_offer),
        ),
    ]
