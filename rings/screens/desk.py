"""What the desk shows: the head with its steps, the scene with its clock, offers, queue, controls.

Only the facilitator sees it, yet nobody's private offer: those are counted. Whoever is writing or
not is never named before the turns begin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import get_template

from rings import drawings, insights
from rings.forms import NameForm, OfferForm
from rings.live import Audience, Context, fragment
from rings.models import Participant, Request
from rings.phases import (
    BEHIND_US,
    COURSE,
    JOINABLE,
    MOVES,
    OFFERABLE,
    PAUSABLE,
    REOPEN_HOURS,
    WRITABLE,
    AskStatus,
    Phase,
    Turn,
)
from rings.picture import Picture
from rings.qr import qr_code
from rings.timeline import timeline

STEP_NAMES = {
    Phase.LOBBY: "Lobby",
    Phase.WELCOME: "Welcome",
    Phase.WRITING: "Writing",
    Phase.TURNS: "Asking",
    Phase.WALL: "Wall",
    Phase.CLOSING: "Close",
}
# What the one large button says, and where it leads; in the turns it is Next while somebody waits.
PRIMARY = {
    Phase.DRAFT: (Phase.LOBBY, "Open the lobby"),
    Phase.LOBBY: (Phase.WELCOME, "Begin the welcome"),
    Phase.WELCOME: (Phase.WRITING, "Start writing"),
    Phase.WRITING: (Phase.TURNS, "Start turns"),
    Phase.TURNS: (Phase.WALL, "To the wall"),
    Phase.WALL: (Phase.CLOSING, "To the closing"),
}
# Up to so many characters an ask is set large, middle, or else small (desk.css, `.say`).
LONG, LONGER = 260, 430


# --- the head -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One phase of the course in the head; `open` says that the ring may go there from here."""

    phase: Phase
    name: str
    now: bool
    past: bool
    open: bool

    @property
    def icon(self) -> str:
        return "check" if self.past else ""


@fragment(Audience.DESK)
def desk_head(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    return {
        "mini": drawings.progress(picture),
        "steps": [_step(picture, step) for step in COURSE] if phase in MOVES[Phase.DRAFT] else [],
        "link": picture.ring.join_link,
        "stage_link": f"{settings.ORIGIN}/stage/{picture.ring.stage_token}/",
        "can_end": Phase.FOLLOW_UP in MOVES[phase] and phase != Phase.CLOSING,
        "can_cancel": Phase.CANCELLED in MOVES[phase],
        "hours": REOPEN_HOURS,
    }


def _step(picture: Picture, step: Phase) -> Step:
    phase = Phase(picture.ring.phase)
    name = STEP_NAMES[step]
    if step == phase == Phase.TURNS and picture.current:
        name = f"{name} {picture.turn_number}/{len(picture.asks)}"
    at = COURSE.index(phase) if phase in COURSE else -1
    if phase == Phase.FOLLOW_UP:
        at = len(COURSE)
    return Step(
        phase=step,
        name=name,
        now=step == phase,
        past=COURSE.index(step) < at,
        open=step in MOVES[phase] and phase != Phase.FOLLOW_UP,
    )


# --- the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Somebody in the queue, and what the facilitator should know about them."""

    ask: Request
    person: Participant
    now: bool
    next: bool
    away: bool
    marks: tuple[str, ...]
    offers: int


@fragment(Audience.DESK)
def desk_queue(picture: Picture) -> Context:
    ring = picture.ring
    turns = ring.phase == Phase.TURNS
    coming = [ask for ask in (picture.current, *picture.queue) if ask]
    if ring.door_open or ring.is_over:
        people, had = picture.asks, []
    else:
        people, had = coming, picture.behind
    return {
        "title": _queue_title(picture),
        "drawing": drawings.turns_ring(picture) if turns else None,
        "people": [_row(picture, ask) for ask in people],
        "had": [_row(picture, ask) for ask in had],
        "joinable": ring.phase in JOINABLE,
        "writable": WRITABLE,
        "form": NameForm(),
    }


def _queue_title(picture: Picture) -> str:
    if picture.ring.is_over:
        return "Who was in the ring"
    return "In the ring" if picture.ring.door_open else "Still to ask"


def _row(picture: Picture, ask: Request) -> Row:
    live = picture.ring.is_live
    return Row(
        ask=ask,
        person=ask.participant,
        now=ask is picture.current,
        next=picture.ring.phase == Phase.TURNS and ask is picture.following,
        away=live and ask.participant_id not in picture.here,
        marks=tuple(_marks(picture, ask)) if live else (),
        offers=len(picture.offers_on(ask)) if live and ask.turn in BEHIND_US else 0,
    )


def _marks(picture: Picture, ask: Request) -> list[str]:
    """What is worth a word. While all are writing only those one writes for are named."""
    marks = []
    if ask.turn in (Turn.DEFERRED, Turn.PASSED, Turn.ABSENT):
        marks.append(Turn(ask.turn).label)
    told = ask.participant.proxy or not picture.ring.door_open
    if told and ask.status == AskStatus.DRAFT and ask.turn not in BEHIND_US:
        marks.append("no ask yet")
    return marks


# --- the scene ------------------------------------------------------------------------------------


@fragment(Audience.DESK)
def desk_scene(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    more = SCENES.get(phase)
    return {
        "scene": f"rings/scenes/{phase}/desk.html",
        "clock": phase in COURSE,
        "strip": timeline(picture),
        "total": picture.ring.phase_minutes(phase) * 60,
        **(more(picture) if more else {}),
    }


def _lobby(picture: Picture) -> Context:
    link = picture.ring.join_link
    return {"qr": qr_code(link), "link": link, "site": urlsplit(link).netloc}


def _writing(picture: Picture) -> Context:
    return {"drawing": drawings.ready_ring(picture)}


def _turns(picture: Picture) -> Context:
    ask = picture.current
    if ask is None:
        return {"ask": None}
    length = len(ask.text) + len(ask.why) // 2
    line, then = _lines(picture, ask)
    return {
        "ask": ask,
        "asker": _short(picture, ask),
        "size": "longer" if length > LONGER else "long" if length > LONG else "",
        "total": picture.ring.turn_seconds,
        "line": line,
        "then": then,
    }


def _lines(picture: Picture, ask: Request) -> tuple[str, str]:
    """What to say now and then: first give the floor, later the hands, the thanks, who is next."""
    name = _short(picture, ask)
    hands = "Now hands to phones: can you do it, do you know someone, or do you have a thought?"
    if ask.turn == Turn.ASKING:
        return f"{name}, the ring is yours.", f"Two short questions? {hands}"
    thanks = (
        f"{name}, which of these surprised you? You need not answer any of them now. Thank you."
    )
    names = [_short(picture, waiting) for waiting in picture.queue[:2]]
    if names:
        thanks += f" Next is {', and after that '.join(names).rstrip('.')}."
    return hands, thanks


def _short(picture: Picture, ask: Request) -> str:
    return picture.short_names[ask.participant_id]


def _wall(picture: Picture) -> Context:
    asks = [(ask, len(picture.offers_on(ask))) for ask in picture.open_asks]
    return {"asks": asks, "helped": sum(bool(offers) for _, offers in asks)}


def _closing(picture: Picture) -> Context:
    numbers = insights.numbers(picture)
    return {
        "numbers": numbers,
        "drawing": drawings.ring_map(picture, numbers),
        "shared": [offer for offer in picture.offers if not offer.private],
        "unnamed": sum(offer.private for offer in picture.offers),
    }


def _follow_up(picture: Picture) -> Context:
    ended = picture.ring.ended_at
    reopen = ended + timedelta(hours=REOPEN_HOURS) if ended else None
    return {**_closing(picture), "reopen_until": reopen, "hours": REOPEN_HOURS}


SCENES: dict[Phase, Callable[[Picture], Context]] = {
    Phase.DRAFT: _lobby,
    Phase.LOBBY: _lobby,
    Phase.WRITING: _writing,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _closing,
    Phase.FOLLOW_UP: _follow_up,
    Phase.ARCHIVED: _closing,
}


# --- offers ---------------------------------------------------------------------------------------


class Named(NamedTuple):
    """Somebody, as far as a form needs to know them."""

    pk: int
    name: str


class OpenAsk(NamedTuple):
    pk: int
    participant: Named


@fragment(Audience.DESK)
def desk_offers(picture: Picture) -> Context:
    """The offers on the ask that is on, newest first; between turns and later, every open ask."""
    ask = picture.current
    offers = picture.offers_on(ask) if ask else []
    shown = picture.ring.phase in OFFERABLE
    return {
        "shown": shown,
        "ask": ask,
        "asker": _short(picture, ask) if ask else "",
        "offers": [offer for offer in reversed(offers) if not offer.private],
        "private": sum(offer.private for offer in offers),
        "scribes": _scribes(picture) if shown and not ask else "",
        "people": picture.participants,
        "form": OfferForm(),
    }


def _scribes(picture: Picture) -> str:
    people = {p.pk: Named(p.pk, p.name) for p in picture.participants}
    asks = [ask for ask in picture.asks if ask.status == AskStatus.OPEN]
    opened = tuple(OpenAsk(ask.pk, people[ask.participant_id]) for ask in asks)
    return _scribe_forms(picture.ring.pk, opened, tuple(people.values()))


@lru_cache(maxsize=64)
def _scribe_forms(ring_pk: int, asks: tuple[OpenAsk, ...], people: tuple[Named, ...]) -> str:
    """A form for each open ask. Kept, since 24 forms of 24 names take longer than all else here."""
    context = {"ring": {"pk": ring_pk}, "asks": asks, "people": people, "form": OfferForm()}
    return get_template("rings/parts/scribe_forms.html").render(context)


# --- controls -------------------------------------------------------------------------------------


@fragment(Audience.DESK)
def desk_controls(picture: Picture) -> Context:
    """Small acts on the left, and far from them the one that moves on."""
    phase = Phase(picture.ring.phase)
    turns, following = phase == Phase.TURNS, picture.following
    to, says = PRIMARY.get(phase, ("", ""))
    begins = phase == Phase.WRITING and following
    return {
        "turns": turns,
        "current": picture.current,
        "next": f"Next: {_short(picture, following)}" if turns and following else "",
        "no_back": not any(ask.ended_at for ask in picture.asks),
        "no_defer": not picture.queue,
        "pausable": phase in PAUSABLE,
        "to": to,
        "says": says,
        "small": f"{_short(picture, following)} begins" if begins and following else "",
        "hours": REOPEN_HOURS,
    }
