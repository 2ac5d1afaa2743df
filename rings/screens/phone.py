"""What a phone shows: the head, the scene everybody shares, and what is for one seat alone."""

from collections.abc import Callable
from datetime import timedelta

from rings import drawings, insights
from rings.forms import OfferForm
from rings.live import Audience, Context, fragment, personal
from rings.models import Participant, Request
from rings.phases import (
    LIVE,
    OVER,
    STILL_TO_COME,
    UNDO_SECONDS,
    AskStatus,
    OfferStatus,
    Phase,
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
        title = f"Turn {picture.turn_number} of {len(picture.asks)}" if picture.current else "The turns"
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
        "following": _called(picture, 0),
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

# What is drawn here is drawn again only when a command names this seat. So it says nothing about
# other people's turns, except whether I have offered on the one that runs.


@personal
def phone_mine(picture: Picture, me: Participant) -> Context:
    ask = picture.ask_of[me.pk]
    current = picture.current
    promises = picture.offers_by(me)
    my_turn = current is not None and current.participant_id == me.pk
    given = next((offer for offer in promises if current and offer.ask_id == current.pk), None)
    ready = ask.status != AskStatus.DRAFT
    latest = promises[-1] if promises and picture.ring.phase in LIVE else None
    return {
        "phase": Phase(picture.ring.phase),
        "mine": f"rings/parts/mine_{_mine(picture, my_turn=my_turn)}.html",
        "state": "my-turn" if my_turn else "offered" if given else "ready" if ready else "writing",
        "ask": ask,
        "ready": ready,
        "to_come": ask.turn in STILL_TO_COME,
        "missed": _missed(picture, me),
        "given": given,
        "promises": promises,
        "help": picture.offers_to(me),
        "latest": latest if latest and latest.status == OfferStatus.PLEDGED else None,
        "until": latest and latest.created_at + timedelta(seconds=UNDO_SECONDS),
        "drawing": drawings.small_ring(picture, me) if my_turn or _mine(picture) == "after" else None,
    }


def _mine(picture: Picture, *, my_turn: bool = False) -> str:
    """Which of the personal parts is shown."""
    phase = Phase(picture.ring.phase)
    if phase == Phase.TURNS:
        return "my_turn" if my_turn else "turns"
    if phase in {Phase.WALL, Phase.CANCELLED}:
        return str(phase)
    return "after" if phase in {Phase.CLOSING} | OVER else "before"


def _missed(picture: Picture, me: Participant) -> int:
    """How many open asks had been read before I came."""
    asks = [ask for ask in picture.open_asks if ask.participant_id != me.pk]
    return sum(ask.ended_at is not None and ask.ended_at < me.joined_at for ask in asks)
