"""The stage: what the projector shows. Read-only, no clock on a turn, nobody who has not given.

Nothing here depends on the moment of drawing (but for who is here): a reload draws what was pushed.
"""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from rings import drawings, insights
from rings.live import Audience, Context, fragment
from rings.phases import JOINABLE, Phase
from rings.picture import Picture
from rings.qr import QrCode, qr_code
from rings.script import EXAMPLE, cards_in

# Characters up to which an ask is set in which size (in px on a stage 1920 wide), stage.css `.say-60`.
SIZES = ((170, 60), (220, 52), (280, 46), (360, 42), (460, 38), (600, 34), (720, 28))
SMALLEST = 26
ON_WALL = 6  # asks one can read from the back of a room; the others are on the phones
CODE_BELOW = JOINABLE - {Phase.LOBBY, Phase.DRAFT}  # before, it stands large in the middle
RESEARCH = ("willing", "odds")  # the research cards on asking, one a ring


@fragment(Audience.STAGE)
def stage_scene(picture: Picture) -> Context:
    phase = picture.ring.phase
    scene = SCENES.get(Phase(phase), _nothing)
    dark = phase == Phase.CLOSING
    shown = "lobby/film" if picture.film and scene is _lobby else f"{phase}/stage"
    return {"scene": f"rings/scenes/{shown}.html", "dark": dark, **scene(picture)}


@fragment(Audience.STAGE)
def stage_foot(picture: Picture) -> Context:
    ring = picture.ring
    current, following = picture.current, picture.following
    turns = ring.phase == Phase.TURNS
    closing, wall = ring.phase == Phase.CLOSING, ring.phase == Phase.WALL
    return {
        "dark": ring.phase == Phase.CLOSING,
        "card": _card(picture, "forward" if closing else "") if closing or wall else "",
        "via": ring.phase == Phase.CLOSING,
        "key": ring.phase in (Phase.TURNS, Phase.CLOSING),
        "site": site_shown() if _way_in(picture) and ring.phase in CODE_BELOW else "",
        "offers": len(picture.offers_on(current)) if current else 0,
        "asker": _short(picture, current.participant_id) if current else "",
        "next_name": _short(picture, following.participant_id) if turns and following else "",
        "more": max(len(picture.open_asks) - ON_WALL, 0) if ring.phase == Phase.WALL else 0,
    }


@fragment(Audience.STAGE)
def stage_qr(picture: Picture) -> Context:
    """The code over the whole screen, shown by a key; its own fragment, so that it is sent once."""
    open_now = picture.ring.phase in JOINABLE and not picture.film
    return {"qr": _qr(picture) if open_now else None, "site": site_shown()}


# --- scenes ---------------------------------------------------------------------------------------


def _nothing(picture: Picture) -> Context:
    return {}


def _lobby(picture: Picture) -> Context:
    here = len(picture.here)
    return {
        "drawing": drawings.lobby_ring(picture),
        "qr": None if picture.film else _qr(picture),
        "site": site_shown(),
        "here": here,
        "away": len(picture.participants) - here,
    }


def _welcome(picture: Picture) -> Context:
    """The opening: a research card or the facilitator's own ask, if the desk has put one there, else what
    closed since the circle's last ring."""
    hosts = (ask for ask in picture.asks if picture.ring.is_hosts(ask.participant) and ask.text)
    mine = next(hosts, None) if picture.ring.card == EXAMPLE else None
    card = _card(picture)
    loops = None if mine or card else picture.loops
    words = "".join(offer.thanks for offer in loops.thanks) if loops else ""
    size = say_size(mine.text, mine.why) if mine else say_size(words, words)
    return {"card": card, "example": mine, "loops": loops, "size": size}


def _writing(picture: Picture) -> Context:
    return {
        "drawing": drawings.ready_ring(picture),
        "card": _card(picture, RESEARCH[picture.ring.pk % len(RESEARCH)]),
        "deadline": None if picture.ring.paused_at or picture.film else picture.deadline,
    }


def _turns(picture: Picture) -> Context:
    ask = picture.current
    following = picture.following
    return {
        "drawing": drawings.turn_ring(picture),
        "ask": ask,
        "size": say_size(ask.text, ask.why) if ask else 0,
        "next_name": following.participant.name if following else "",
    }


def _wall(picture: Picture) -> Context:
    asks = picture.open_asks
    return {"shown": [(ask, len(picture.offers_on(ask))) for ask in asks[:ON_WALL]]}


def _over(picture: Picture) -> Context:
    return {
        "drawing": drawings.ring_map(picture),
        "offers": len(picture.offers),
        **_shared(picture),
    }


def _closing(picture: Picture) -> Context:
    numbers = insights.numbers(picture)
    return {
        "drawing": drawings.ring_map(picture, numbers),
        "numbers": numbers,
        "loop": [_short(picture, pk) for pk in numbers.loop],
        **insights.readiness(picture),
        **_shared(picture),
    }


def _shared(picture: Picture) -> Context:
    """The map's table twin: offers by name, and how many are told to their askers alone."""
    shared = [offer for offer in picture.offers if not offer.private]
    return {"shared": shared, "unnamed": len(picture.offers) - len(shared)}


SCENES: dict[Phase, Callable[[Picture], Context]] = {
    Phase.LOBBY: _lobby,
    Phase.DRAFT: _lobby,
    Phase.WELCOME: _welcome,
    Phase.WRITING: _writing,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _closing,
    Phase.FOLLOW_UP: _over,
    Phase.ARCHIVED: _over,
}


def _card(picture: Picture, otherwise: str = "") -> str:
    """The research card that the desk has put on the stage, where it may stand in this phase."""
    chosen = picture.ring.card
    return chosen if chosen in cards_in(picture.ring.phase) else otherwise


# --- pieces ---------------------------------------------------------------------------------------


def say_size(text: str, why: str = "") -> int:
    """The largest size in which an ask fits beside the ring; the why is set smaller, and counts half."""
    length = len(text) + len(why) / 2
    return next((size for longest, size in SIZES if length <= longest), SMALLEST)


def site_shown() -> str:
    """The address as people type it: host and port, without the scheme."""
    return urlsplit(settings.ORIGIN).netloc


def _way_in(picture: Picture) -> bool:
    """Whether the code to type stands on the stage: not in a rehearsal, and not when all is over."""
    return not picture.ring.practice and not picture.film


def _qr(picture: Picture) -> QrCode:
    return _code_for(picture.ring.join_link)


_code_for = lru_cache(maxsize=256)(qr_code)


def _short(picture: Picture, pk: int) -> str:
    return picture.short_names.get(pk, "")
