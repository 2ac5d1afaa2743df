"""What a phone shows: the head, the scene everybody shares, and what is for one seat alone."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rings import curiosity, drawings, insights
from rings.forms import OfferForm
from rings.live import Audience, Context, fragment, personal
from rings.models import Offer, Participant, Reply, Request
from rings.phases import (
    AFTERWARDS,
    BETWEEN,
    LIVE,
    MOVED,
    OFFERABLE,
    ON_STAGE,
    OVER,
    PROMISED,
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
    Phase.WELCOME: _("Welcome"),
    Phase.WRITING: _("Quiet writing"),
    Phase.TURNS: _("The turns"),
    Phase.WALL: _("The wall"),
    Phase.CLOSING: _("My ring"),
    Phase.FOLLOW_UP: _("My ring"),
    Phase.ARCHIVED: _("My ring"),
}
ROUND_TITLES = {
    Phase.WRITING: _("Round {round}, quiet writing"),
    Phase.TURNS: _("Round {round}, the turns"),
}


@fragment(Audience.PHONE)
def phone_head(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    return {
        "phase": phase,
        "awake": phase in LIVE,
        "title": _title(picture, phase),
        "mini": drawings.progress(picture),
        "following": _called(picture, 0),
        "then": _called(picture, 1),
    }


def _title(picture: Picture, phase: Phase) -> str | Promise:
    """What the head says of where the ring is."""
    ring = picture.ring
    if ring.break_until:
        return gettext("A break")
    if phase == Phase.TURNS and picture.current:
        if ring.rounds > 1:
            title = gettext("Round {round}, turn {n} of {all}")
        else:
            title = gettext("Turn {n} of {all}")
        return title.format(round=ring.round, n=picture.turn_number, all=len(picture.asks))
    if ring.rounds > 1 and phase in ROUND_TITLES:
        return str(ROUND_TITLES[phase]).format(round=ring.round)
    return TITLES.get(phase, ring.title)


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


def _between(picture: Picture) -> Context:
    return {**_together(picture), **_wall(picture)}


SCENES: dict[Phase, Callable[[Picture], Context]] = {
    Phase.DRAFT: _gathering,
    Phase.LOBBY: _gathering,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _together,
    Phase.FOLLOW_UP: _between,
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


KEPT_LONG = 30  # days for which a ring is kept, from which on somebody can be reminded of it
MANY = 5  # promises in hand from which on a phone says so, to its owner alone


@personal
def phone_mine(picture: Picture, me: Participant) -> Context:
    """Before the scene. Its class says what of the shared scene is for me (see ring.css)."""
    ask, mine = picture.ask_of[me.pk], _mine(picture, me)
    promised = sum(offer.status in PROMISED for offer in picture.offers_by(me))
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
        "asked_again": picture.asked_again(me),
        "many": mine in {"turns", "wall"} and promised >= MANY and promised,
        "promises": picture.offers_by(me),
        "promised": promised,
        "help": picture.offers_to(me),
        "ways": sum(offer.status != OfferStatus.RELEASED for offer in picture.offers_to(me)),
        "asked": (asked := _asked(picture, me)),
        "remindable": picture.ring.phase in AFTERWARDS and picture.ring.keep_days >= KEPT_LONG,
        "may_ask_small": picture.ring.phase == Phase.FOLLOW_UP
        and all(each.round != BETWEEN for each in asked),
        "moved": any(each.status in MOVED for each in asked),
        "thanked": [offer for offer in picture.offers_by(me) if offer.thanks],
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
        "let_go": _let_go(picture, me),
        "answered": [_answered(picture, each) for each in _my_open_asks(picture, me)],
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
    if _given(picture, me) or _let_go(picture, me):
        return "offered"
    return "writing" if picture.ask_of[me.pk].status == AskStatus.DRAFT else "ready"


def _given(picture: Picture, me: Participant) -> Offer | None:
    """What I offered to the one who has the ring."""
    offers = picture.offers_on(picture.current) if picture.current else []
    return next((offer for offer in offers if offer.helper_id == me.pk), None)


def _let_go(picture: Picture, me: Participant) -> Reply | None:
    """What I said, without a promise, to the one who has the ring."""
    return picture.reply_of(me, picture.current) if picture.current else None


def _my_open_asks(picture: Picture, me: Participant) -> list[Request]:
    """The ask of mine that stands open, the newest if two rounds have one each, and a small one."""
    asks = [*picture.asks, *reversed(picture.heard)]
    mine = [ask for ask in asks if ask.participant_id == me.pk and ask.status == AskStatus.OPEN]
    mine = [ask for ask in mine if not ask.erased]
    large = [ask for ask in mine if ask.round != BETWEEN][:1]
    return [*large, *(ask for ask in mine if ask.round == BETWEEN)]


def _answered(picture: Picture, ask: Request) -> Context:
    """What was said to an open ask of mine without a promise, and whether it can be asked again."""
    replies = picture.replies_to(ask)
    curious = curiosity.merged(replies)
    offered_again = curious or picture.ring.phase != Phase.TURNS
    return {
        "ask": ask,
        "curiosity": curious,
        "cheers": curiosity.cheers(replies),
        "again_pk": ask.pk if offered_again and _may_ask_again(picture, ask) else None,
    }


def _asked(picture: Picture, me: Participant) -> list[Request]:
    """What I asked, of each round, if it was asked at all."""
    asks = [*picture.heard, *picture.asks]
    return [ask for ask in asks if ask.participant_id == me.pk and (ask.is_shown or ask.text)]


def _may_ask_again(picture: Picture, ask: Request) -> bool:
    return picture.ring.phase in OFFERABLE and ask.turn not in ON_STAGE


def _missed(picture: Picture, me: Participant) -> int:
    """How many open asks had been read before I came."""
    asks = [ask for ask in picture.open_asks if ask.participant_id != me.pk]
    return sum(ask.ended_at is not None and ask.ended_at < me.joined_at for ask in asks)
