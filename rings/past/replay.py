"""A past ring seen again: its rows rewound from how they stand now, event by event.

An event keeps how the places, states and moments it changed stood before (`was`); people, offers and
states of asks that other events brought are taken back by kind. Words and names are the last ones that
were written. What an event does not tell stays as it is now, so an older ring is seen less exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from rings.geometry import number
from rings.models import Event, Offer, Request, Ring
from rings.past import reading
from rings.phases import ON_STAGE, OUTCOMES, AskStatus, OfferStatus, Phase, Privacy, Seat
from rings.picture import Picture, one_moment

# What came of the ring afterwards is not seen again; nor who led it at which moment.
NOT_SEEN = frozenset({"leader_id", "current_id"})
BY_KIND = frozenset({"open_ring", "join", "add_seat", "host_seat", "write", "offer", "withdraw"})
STILL, PASSED_OVER = timedelta(hours=1), timedelta(minutes=1)
LINE, STEP, MOST_STACKED = 40, 4, 8  # px: where the line of time runs, and between offers above it


@dataclass(frozen=True)
class Moment:
    """How the ring stood after an event; `seconds` into the film, which passes over hours of stillness."""

    version: int
    at: datetime
    seconds: int
    phase: Phase
    round: int
    asker: int | None  # the participant who has the ring
    paused: bool
    offered: bool  # an offer came with it that was not taken back
    begins: bool  # a phase or a turn begins with it


@dataclass(frozen=True)
class Mark:
    """On the line of time: how far along it in percent, whether a turn, and the heights of its offers."""

    x: str
    turn: bool
    offers: tuple[int, ...]


class Film:
    """The rows of a past ring, which `back` rewinds. They are copies of its own, and never saved."""

    def __init__(self, ring_pk: int, *, words: bool) -> None:
        """Read everything at one moment: five queries. `words` is whether names and words are open."""
        with one_moment():
            self.ring = Ring.objects.select_related("facilitator").get(pk=ring_pk)
            self.people = {person.pk: person for person in self.ring.participants.all()}
            self.asks = {ask.pk: ask for ask in self.ring.asks.all()}
            self.offers = {offer.pk: offer for offer in self.ring.offers.all()}
            self.events = list(self.ring.events.order_by("version"))
        self.words = words
        self.shown = reading.everybody(self.people.values(), words=words)
        self.ring.leader, self.ring.desk_lost = None, False
        self.made: dict[int, int] = {}  # offers, each with the version that brought it
        for event in self.events:
            if event.kind == "offer":
                self.made.setdefault(event.refs.get("offer", 0), event.version)
            elif event.kind == "host_seat" and event.refs.get("participant") in self.people:
                self.people[event.refs["participant"]].proxy = True  # perhaps a phone has it since
        self.stands = {pk for pk, offer in self.offers.items() if _stands(offer)}
        for pk in self.stands:
            self.offers[pk].status = OfferStatus.PLEDGED
        for ask in self.asks.values():
            if ask.status in OUTCOMES:
                ask.status = AskStatus.OPEN
        self.withheld = {pk for pk, ask in self.asks.items() if _withheld(ask, words=words)}
        self.end = max((event.version for event in self.events if _ends(event)), default=0)

    def back(self) -> Iterator[Event]:
        """The events from the end of the ring to its opening; at each the rows stand as it left them."""
        for event in reversed(self.events):
            if event.version == self.end:
                self.ring.phase = Phase.FOLLOW_UP
            if event.version <= self.end:
                yield event
            self._take_back(event)

    def picture(self, now: datetime) -> Picture:
        """What the stage is drawn from, as the rows stand."""
        people, asks = self.people, self.asks
        for ask in asks.values():
            ask.hidden = ask.hidden or ask.pk in self.withheld
        shown = [ask for ask in asks.values() if ask.participant_id in people]
        offers = [offer for offer in self.offers.values() if self._is_shown(offer)]
        picture = Picture.assemble(
            self.ring,
            list(people.values()),
            sorted(shown, key=lambda ask: (ask.place, ask.pk)),
            offers,
            now=now,
            replies=[],
            words={},
            team=[],
            film=True,
        )
        return reading.readable(picture, words=self.words)

    def asker(self) -> int | None:
        """Who has the ring, as the rows stand."""
        found = (
            ask.participant_id
            for ask in self.asks.values()
            if ask.turn in ON_STAGE and ask.participant_id in self.people
        )
        return next(found, None) if self.ring.phase == Phase.TURNS else None

    def _is_shown(self, offer: Offer) -> bool:
        pledged = offer.status != OfferStatus.WITHDRAWN
        return pledged and offer.helper_id in self.people and offer.asker_id in self.people

    def _take_back(self, event: Event) -> None:
        for row, was in (event.was or {}).items():
            model, pk = row.split()
            rows: dict[str, dict[int, Any]] = {
                "ring": {self.ring.pk: self.ring},
                "participant": self.people,
                "request": self.asks,
            }
            if int(pk) in rows[model]:
                _put(rows[model][int(pk)], was)
        take_back = TAKE_BACK.get(event.kind)
        if take_back:
            take_back(self, event)


def _stands(offer: Offer) -> bool:
    return offer.status != OfferStatus.WITHDRAWN


def _ends(event: Event) -> bool:
    over = event.kind == "move" and event.refs.get("to") == Phase.FOLLOW_UP
    return over or event.kind == "close_forgotten"


def _withheld(ask: Request, *, words: bool) -> bool:
    """Whether the words of an ask are kept from who looks back, at every moment of the film."""
    secret = ask.hidden or ask.privacy == Privacy.RING_ONLY
    return secret or ask.erased or (bool(ask.text) and not words)


def _put(row: models.Model, was: dict[str, Any]) -> None:
    columns = {column.attname: column for column in row._meta.concrete_fields}
    for name, value in was.items():
        if name not in NOT_SEEN:
            setattr(row, name, columns[name].to_python(value))


# --- what events without a memory of it did ---------------------------------------------------------


def _came(film: Film, event: Event) -> None:
    film.people.pop(event.refs.get("participant", 0), None)


def _turned_away(film: Film, event: Event) -> None:
    person = film.people.get(event.refs.get("participant", 0))
    if person:
        person.seat = Seat.WAITING


def _wrote(film: Film, event: Event) -> None:
    ask = film.asks.get(event.refs.get("ask", 0))
    if ask and "was" in event.refs:
        ask.status = event.refs["was"]


def _asked_small(film: Film, event: Event) -> None:
    film.asks.pop(event.refs.get("ask", 0), None)


def _offered(film: Film, event: Event) -> None:
    pk = event.refs.get("offer", 0)
    if film.made[pk] == event.version:  # a later one only reworded it
        film.offers.pop(pk, None)


def _withdrew(film: Film, event: Event) -> None:
    offer = film.offers.get(event.refs.get("offer", 0))
    if offer:
        offer.status = OfferStatus.PLEDGED


TAKE_BACK: dict[str, Callable[[Film, Event], None]] = {
    **dict.fromkeys(("join", "add_seat", "host_seat", "claim"), _came),
    "turn_away": _turned_away,
    "write": _wrote,
    "ask_small": _asked_small,
    "offer": _offered,
    "withdraw": _withdrew,
}


# --- what is asked of a film ------------------------------------------------------------------------


def at(ring_pk: int, version: int | None, *, words: bool) -> Picture | None:
    """The ring as it stood at a version, or at its opening; None if it never was held to its end."""
    film = Film(ring_pk, words=words)
    seen = None
    for event in film.back():
        seen = event
        if version is not None and event.version <= version:
            break
    return film.picture(seen.at) if seen else None


def moments(film: Film) -> list[Moment]:
    """The moments of a film in order: those at which something on the stage may have changed."""
    found = [
        (event, Phase(film.ring.phase), film.ring.round, film.asker(), bool(film.ring.paused_at))
        for event in film.back()
        if event.was or event.kind in BY_KIND
    ]
    scenes: list[Moment] = []
    seconds = 0.0
    for event, phase, round_, asker, paused in reversed(found):
        last = scenes[-1] if scenes else None
        seconds += _between(last.at, event.at) if last else 0
        offer = event.refs.get("offer", 0)
        scenes.append(
            Moment(
                version=event.version,
                at=event.at,
                seconds=int(seconds),
                phase=phase,
                round=round_,
                asker=asker,
                paused=paused,
                offered=offer in film.stands and film.made.get(offer) == event.version,
                begins=not last or (phase, round_, asker) != (last.phase, last.round, last.asker),
            )
        )
    return scenes


def _between(earlier: datetime, later: datetime) -> float:
    """Seconds of film from one moment to the next: as long as it was, unless nothing came for hours."""
    gap = max(later - earlier, timedelta())
    return (gap if gap <= STILL else PASSED_OVER).total_seconds()


def marks(scenes: list[Moment]) -> list[Mark]:
    """The marks on the line of time: each turn and phase, with the offers that came in it above."""
    found: list[Mark] = []
    length = max(scenes[-1].seconds, 1)
    for place, moment in enumerate(scenes):
        if moment.begins:
            rest = scenes[place + 1 :]
            until = next((i for i, each in enumerate(rest) if each.begins), len(rest))
            offers = moment.offered + sum(each.offered for each in rest[:until])
            heights = tuple(LINE - 8 - STEP * i for i in range(min(offers, MOST_STACKED)))
            found.append(Mark(number(100 * moment.seconds / length), bool(moment.asker), heights))
    return found
