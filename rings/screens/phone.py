"""What a phone shows: the head, the scene everybody shares, and what is for one seat alone."""

from collections.abc import Callable
from datetime import timedelta

from rings import drawings, insights
from rings.forms import OfferForm
from rings.live import Audience, Context, fragment, personal
from rings.models import Offer, Participant, Request
from rings.phases import (
    LIVE,
    OVER,
    STILL_TO_COME,
    UNDO_SECONDS,
    AskStatus,
    OfferStatus,
    Phase,
    Turn,
)
from rings.picture import Picture

# --- shared ---------------------------------------------------------------------------------------

TITLES = {
    Phase.WELCOME: "Welcome",
    Phase.WRITING: "Quiet writing",
    Phase.WALL: "The wall",
    Phase.CLOSING: "My ring",
    Phase.FOLLOW_UP: "My ring",
    Phase.ARCHIVED: "My ring",
}


@fragment(Audience.PHONE)
def phone_head(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    title = TITLES.get(phase, picture.ring.title)
    if phase == Phase.TURNS:
        title = (
            f"Turn {picture.turn_number} of {len(picture.asks)}" if picture.current else "The turns"
        )
    if picture.ring.rounds > 1 and phase in (Phase.WRITING, Phase.TURNS):
        title = f"Round {picture.ring.round}, {title[0].lower()}{title[1:]}"
    if picture.ring.break_until:
        title = "A break"
    return {
        "phase": phase,
        "title": title,
        "mini": drawings.progress(picture),
        "following": _called(picture, 0),
        "then": _called(picture, 1),
    }


@fragment(Audience.PHONE)
def phone_scene(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    fill = SCENES.get(phase)
    return {"scene": f"rings/scenes/{phase}/phone.html", **(fill(picture) if fill else {})}


def _gathering(picture: Picture) -> Context:
    return {"drawing": drawings.lobby_ring_small(picture)}


def _turns(picture: Picture) -> Context:
    current = picture.current
    return {
        "form": OfferForm(),
        "offers": len(picture.offers_on(current)) if current else 0,
        "earlier": _earlier(picture),
    }


def _wall(picture: Picture) -> Context:
    return {"rows": [(ask, len(picture.offers_on(ask))) for ask in picture.open_asks]}


def _together(picture: Picture) -> Context:
    return {"numbers": insights.numbers(picture)}


SCENES: dict[Phase, Callable[[Picture], Context]] = {
    Phase.DRAFT: _gathering,
    Phase.LOBBY: _gathering,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _together,
    Phase.FOLLOW_UP: _together,
    Phase.ARCHIVED: _together,
}


def _called(picture: Picture, index: int) -> Context | None:
    """Who is called next (0) or after that (1): their seat, and the name the ring knows them by."""
    if index >= len(picture.queue):
        return None
    seat = picture.queue[index].participant_id
    return {"seat": seat, "name": picture.short_names[seat]}


def _earlier(picture: Picture) -> list[Request]:
    """Open asks that are not on stage, the one heard last first."""
    asks = [ask for ask in picture.open_asks if ask != picture.current]
    return sorted(asks, key=lambda ask: (ask.began_at or picture.now, ask.pk), reverse=True)


# --- for one seat alone ---------------------------------------------------------------------------

# What is drawn here is drawn again only when a command names this seat, and at every change of turn
# or phase. So it says nothing of other people's asks and offers that can change in between.


PROMISED = frozenset({OfferStatus.PLEDGED, OfferStatus.ACCEPTED})  # neither kept nor let go


@personal
def phone_mine(picture: Picture, me: Participant) -> Context:
    """Before the scene. Its class says what of the shared scene is for me (see ring.css)."""
    ask, mine = picture.ask_of[me.pk], _mine(picture, me)
    return {
        "phase": Phase(picture.ring.phase),
        "part": f"rings/parts/mine_{mine}.html",
        "state": _state(picture, me),
        "ask": ask,
        "ready": ask.status != AskStatus.DRAFT,
        "next": picture.following == ask,
        "absent": ask.turn == Turn.ABSENT and mine in {"before", "turns"},
        "observes": ask.turn == Turn.NONE and mine in {"before", "turns"},
        "my_seconds": picture.ring.turn_seconds + ask.extra_seconds,
        "to_write": not ask.text and ask.turn in STILL_TO_COME,
        "missed": _missed(picture, me),
        "promises": picture.offers_by(me),
        "promised": sum(offer.status in PROMISED for offer in picture.offers_by(me)),
        "help": picture.offers_to(me),
        "drawing": drawings.small_ring(picture, me) if mine in {"my_turn", "after"} else None,
    }


@personal
def phone_more(picture: Picture, me: Participant) -> Context:
    """After the scene."""
    ask, promises = picture.ask_of[me.pk], picture.offers_by(me)
    newest = promises[-1] if promises and picture.ring.phase in LIVE else None
    latest = newest if newest and newest.status == OfferStatus.PLEDGED else None
    mine = _mine(picture, me)
    going_on = mine == "turns" or (mine == "before" and picture.ring.round > 1)
    help_so_far = picture.offers_to(me)
    return {
        "mine": mine,
        "so_far": going_on and bool(help_so_far or promises),
        "ask": ask,
        "ready": ask.status != AskStatus.DRAFT,
        "given": _given(picture, me),
        "promises": promises,
        "help": help_so_far,
        "latest": latest,
        "until": latest and latest.created_at + timedelta(seconds=UNDO_SECONDS),
    }


def _mine(picture: Picture, me: Participant) -> str:
    """Where I stand: before the turns, my_turn, (other people's) turns, wall, after, cancelled."""
    phase, current = Phase(picture.ring.phase), picture.current
    if phase == Phase.TURNS:
        return "my_turn" if current and current.participant_id == me.pk else "turns"
    if phase in {Phase.WALL, Phase.CANCELLED}:
        return str(phase)
    return "after" if phase in {Phase.CLOSING} | OVER else "before"


def _state(picture: Picture, me: Participant) -> str:
    if _mine(picture, me) == "my_turn":
        return "my-turn"
    if _given(picture, me):
        return "offered"
    return "writing" if picture.ask_of[me.pk].status == AskStatus.DRAFT else "ready"


def _given(picture: Picture, me: Participant) -> Offer | None:
    """What I offered to the one who has the ring."""
    offers = picture.offers_on(picture.current) if picture.current else []
    return next((offer for offer in offers if offer.helper_id == me.pk), None)


def _missed(picture: Picture, me: Participant) -> int:
    """How many open asks had been read before I came."""
    asks = [ask for ask in picture.open_asks if ask.participant_id != me.pk]
    return sum(ask.ended_at is not None and ask.ended_at < me.joined_at for ask in asks)
