"""How a ring that is over went: each turn as planned and as it was, its offers, its quiet, its pauses.

From stored moments to plain values and numbers ready to print as SVG attributes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from rings import insights
from rings.geometry import number
from rings.models import Event, Offer, Request
from rings.picture import Picture

QUIET_FROM = 30  # seconds without an offer in a turn from which on it is called quiet
WIDTH, HEIGHT, LINE = 400, 84, 66  # SVG user units: the strip, and where its line runs
EDGE, STEP = 6, 5.2  # its margins, and from one offer to the next above it
MOST_STACKED = 11  # offers drawn above one turn


@dataclass(frozen=True)
class Turn:
    """One turn as it went; minutes, and seconds where it says so. None: it cannot be known."""

    ask: Request
    at: datetime
    planned: float
    took: float | None
    paused: float
    offers: int
    first: int | None  # seconds to the first offer
    quiet: int | None  # the longest stretch without an offer, in seconds, from QUIET_FROM on


@dataclass(frozen=True)
class Pause:
    at: datetime
    minutes: float


@dataclass(frozen=True)
class Mark:
    """A turn on the strip: its bead, and the heights of the offers above it."""

    x: str
    pk: int
    name: str
    at: datetime
    offers: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    turns: tuple[Turn, ...]
    pauses: tuple[Pause, ...]
    later: int  # offers that came at the wall or after
    marks: tuple[Mark, ...]
    began: datetime | None
    ended: datetime | None


def of(picture: Picture, events: Iterable[Event]) -> Course:
    """The course of a ring; `events` are those of its pauses, in order."""
    asked = insights.asked(picture)
    taken = sorted((a for a in asked if a.began_at), key=lambda ask: (ask.began_at, ask.pk))
    turns = tuple(_turn(picture, ask, ask.began_at) for ask in taken if ask.began_at)
    return Course(
        turns=turns,
        pauses=tuple(_pauses(events, picture.ring.ended_at)),
        later=len(picture.offers) - sum(turn.offers for turn in turns),
        marks=tuple(_marks(picture, turns)),
        began=picture.ring.began_at,
        ended=picture.ring.ended_at,
    )


def _turn(picture: Picture, ask: Request, began: datetime) -> Turn:
    offers = [o for o in picture.offers_on(ask) if _during(o, began, ask.ended_at)]
    planned = picture.ring.turn_seconds + ask.extra_seconds
    length = ask.ended_at - began if ask.ended_at else None
    first = int((offers[0].created_at - began).total_seconds()) if offers else None
    return Turn(
        ask=ask,
        at=began,
        planned=round(planned / 60, 1),
        took=round((length.total_seconds() - ask.paused_seconds) / 60, 1) if length else None,
        paused=round(ask.paused_seconds / 60, 1),
        offers=len(offers),
        first=first,
        quiet=_quiet(began, ask.ended_at, offers),
    )


def _during(offer: Offer, began: datetime, ended: datetime | None) -> bool:
    return offer.created_at >= began and (ended is None or offer.created_at <= ended)


def _quiet(began: datetime, ended: datetime | None, offers: Sequence[Offer]) -> int | None:
    moments = [began, *(offer.created_at for offer in offers), *([ended] if ended else [])]
    longest = max((b - a for a, b in pairwise(moments)), default=timedelta())
    seconds = int(longest.total_seconds())
    return seconds if seconds >= QUIET_FROM else None


def _pauses(events: Iterable[Event], ended: datetime | None) -> Iterable[Pause]:
    """Each from the event that began it to whatever came next that let the ring go on."""
    began = None
    for event in events:
        if event.kind in {"take_break", "tender"} or event.refs.get("paused"):
            began = began or event.at
        elif began:
            yield Pause(began, round((event.at - began).total_seconds() / 60, 1))
            began = None
    if began and ended and ended > began:
        yield Pause(began, round((ended - began).total_seconds() / 60, 1))


def _marks(picture: Picture, turns: Sequence[Turn]) -> Iterable[Mark]:
    begin, end = picture.ring.began_at, picture.ring.ended_at
    if not begin or not end or end <= begin:
        return
    for turn in turns:
        share = min(max((turn.at - begin) / (end - begin), 0), 1)
        yield Mark(
            x=number(EDGE + share * (WIDTH - 2 * EDGE)),
            pk=turn.ask.participant_id,
            name=picture.short_names.get(turn.ask.participant_id, ""),
            at=turn.at,
            offers=tuple(
                number(LINE - 9 - STEP * i) for i in range(min(turn.offers, MOST_STACKED))
            ),
        )
