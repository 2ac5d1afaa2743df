"""What the desk tells the facilitator to say, by phase and moment, in their own words where they have any."""

from typing import NamedTuple

from django.utils.translation import ngettext

from rings.models import Request
from rings.phases import Phase, Turn
from rings.picture import Picture
from rings.screens.desk.names import short
from rings.screens.desk.quiet import hands_up
from rings.script import IN_PHASE, MOMENT, words

HALF_FROM = 4  # turns a ring has at least, so that half way is worth a word


class Line(NamedTuple):
    lead: str
    text: str


class Says(NamedTuple):
    """The words of a moment one after the other; under another key the first of them is shown again."""

    key: str
    lines: list[Line]
    over: str  # what to say when the turn is over time


def says(picture: Picture) -> Says | None:
    phase, ask = Phase(picture.ring.phase), picture.current
    if phase == Phase.TURNS:
        more = picture.ring.round < picture.ring.rounds
        moments = _in_turn(picture, ask) if ask else ["again" if more else "asked"]
        over = _say(picture, "over") if ask else ""
    elif phase in IN_PHASE:
        moments, over = list(IN_PHASE[phase]), ""
    else:
        return None
    lines = [Line(str(MOMENT[moment].when), _say(picture, moment)) for moment in moments]
    key = f"{phase}-{ask.pk if ask else 0}-{moments[0]}"
    return Says(key, [line for line in lines if line.text], over)


def _in_turn(picture: Picture, ask: Request) -> list[str]:
    """First give the floor, later the hands, the thanks, and who is next."""
    asking = ask.turn == Turn.ASKING and not hands_up(picture, ask)
    moments = ["floor", "questions", "hands"] if asking else ["hands", "wider", "thanks"]
    if asking and _is_half_way(picture):
        moments.insert(0, "half")
    if ask.hidden:
        moments.insert(0, "tender")
    return moments


def _is_half_way(picture: Picture) -> bool:
    """Whether the turn that begins is the first one of the second half."""
    turns = len(picture.asks)
    return turns >= HALF_FROM and len(picture.behind) == (turns + 1) // 2


def _say(picture: Picture, moment: str) -> str:
    return words(moment, picture.words, _values(picture))


def _values(picture: Picture) -> dict[str, str]:
    names = [short(picture, ask) for ask in picture.queue[:2]]
    n = len(picture.offers)
    return {
        "name": short(picture, picture.current) if picture.current else "",
        "next": names[0] if names else "",
        "then": names[1] if names[1:] else "",
        "n": ngettext("{n} offer", "{n} offers", n).format(n=n) if n else "",
    }
