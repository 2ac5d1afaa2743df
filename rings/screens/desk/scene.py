"""The middle of the desk: the clock, what is on, and what to say."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from rings import drawings, insights, plans
from rings.live import Audience, Context, fragment
from rings.models import Ring
from rings.phases import (
    COURSE,
    REOPEN_HOURS,
    Phase,
)
from rings.picture import Picture
from rings.qr import qr_code
from rings.screens.desk.clock import time_words
from rings.screens.desk.names import short
from rings.screens.desk.quiet import quiet
from rings.screens.desk.says import says
from rings.timeline import timeline

# Up to so many characters an ask is set large, middle, or else small (desk.css, `.say`).
LONG, LONGER = 260, 430


@fragment(Audience.DESK)
def desk_scene(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    more, strip = SCENES.get(phase), timeline(picture)
    return {
        "scene": f"rings/scenes/{phase}/desk.html",
        "clock": phase in COURSE,
        "strip": strip,
        **time_words(picture, strip),
        "total": picture.ring.phase_minutes(phase) * 60 + picture.ring.phase_extra_seconds,
        "says": says(picture),
        **(more(picture) if more else {}),
    }


def _lobby(picture: Picture) -> Context:
    link = picture.ring.join_link
    return {"qr": qr_code(link), "link": link, "site": urlsplit(link).netloc}


# The example in the invitation (content.md, D1.3): small, plain, with a day.
EXAMPLE = _(
    "I present our budget on Thursday week. Could someone who reads spreadsheets for a living"
    " spend 20 minutes finding the slide that confuses them?"
)


def _draft(picture: Picture) -> Context:
    ring = picture.ring
    return {
        **_lobby(picture),
        "expected": max(ring.people_expected, len(picture.asks)),
        "example": EXAMPLE,
        "split": _split(ring),
    }


def _split(ring: Ring) -> plans.Split | None:
    turn, total = ring.turn_seconds / 60, ring.planned_minutes()
    begins = ring.starts_at or ring.created_at
    around = ring.planned_minutes(0)
    plan = plans.Plan(ring.people_expected, turn, total, begins, begins, ring.rounds, around)
    return plan.split


def _welcome(picture: Picture) -> Context:
    """The facilitator's own ask, to go first with."""
    hosts = (ask for ask in picture.asks if picture.ring.is_hosts(ask.participant))
    return {"mine": next(hosts, None)}


def _writing(picture: Picture) -> Context:
    return {"drawing": drawings.ready_ring(picture)}


def _turns(picture: Picture) -> Context:
    ask = picture.current
    if ask is None:
        return {"ask": None}
    length = len(ask.text) + len(ask.why) // 2
    return {
        "ask": ask,
        "asker": short(picture, ask),
        "size": "longer" if length > LONGER else "long" if length > LONG else "",
        "total": picture.ring.turn_seconds + ask.extra_seconds,
        **quiet(picture, ask),
    }


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
    Phase.DRAFT: _draft,
    Phase.LOBBY: _lobby,
    Phase.WELCOME: _welcome,
    Phase.WRITING: _writing,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _closing,
    Phase.FOLLOW_UP: _follow_up,
    Phase.ARCHIVED: _closing,
}
