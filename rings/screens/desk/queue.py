"""The desk's queue: who has the ring, who comes next, who is away, who stands at the door."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rings import drawings
from rings.forms import NameForm
from rings.live import Audience, Context, fragment
from rings.models import Participant, Request
from rings.phases import (
    BEHIND_US,
    DOOR_OPEN,
    JOINABLE,
    ON_STAGE,
    STILL_TO_COME,
    WRITABLE,
    AskStatus,
    Phase,
    Turn,
)
from rings.picture import Picture


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
    acts: tuple[tuple[str, str], ...]  # what a button of the row does, and says
    moves: bool  # whether it can be placed elsewhere in the queue


@fragment(Audience.DESK)
def desk_queue(picture: Picture) -> Context:
    ring = picture.ring
    turns = ring.phase == Phase.TURNS
    coming = [ask for ask in (picture.current, *picture.queue) if ask]
    if ring.is_gathering or ring.is_over:
        people, had = [ask for ask in picture.asks if ask.turn != Turn.ABSENT], []
    else:
        people, had = coming, picture.behind
    return {
        "title": _queue_title(picture),
        "drawing": drawings.turns_ring(picture) if turns else None,
        "people": [_row(picture, ask) for ask in people],
        "had": [_row(picture, ask) for ask in had],
        "absent": [_row(picture, ask) for ask in picture.asks if ask.turn == Turn.ABSENT],
        "observing": [
            _row(picture, ask)
            for ask in picture.silent
            if ask.turn == Turn.NONE and ask.participant_id in picture.seat_of
        ],
        "shuffles": _orders(picture) and len(picture.queue) > 1,
        "rotates": _orders(picture) and _met_before(picture) > 1,
        "joinable": ring.phase in JOINABLE,
        "writable": WRITABLE,
        "form": NameForm(),
        **_door(picture),
    }


def _met_before(picture: Picture) -> int:
    """How many of those who wait were in the last ring of the circle."""
    return sum(ask.participant.before_id is not None for ask in picture.queue)


def _door(picture: Picture) -> Context:
    """Who of those at the door is new, to be let in at once, and who was in the ring before."""
    new = sum(person.claims_id is None for person in picture.door)
    before = {ask.participant_id for ask in picture.silent}
    return {"newcomers": new, "known": before}


def _queue_title(picture: Picture) -> str:
    if picture.ring.is_over:
        return _("Who was in the ring")
    return _("In the ring") if picture.ring.is_gathering else _("Still to ask")


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
        acts=tuple(_acts(picture, ask)) if live else (),
        moves=ask.turn in STILL_TO_COME and _orders(picture) and len(picture.queue) > 1,
    )


def _orders(picture: Picture) -> bool:
    """Whether the order of the queue still means something."""
    return picture.ring.is_live and (picture.ring.is_gathering or picture.ring.phase == Phase.TURNS)


def _acts(picture: Picture, ask: Request) -> Iterator[tuple[str, str]]:
    """What can be done with somebody's turn just now; views.queue knows the same words."""
    ring, waits = picture.ring, ask.turn in STILL_TO_COME
    if waits and _orders(picture) and len(picture.queue) > 1:
        if ask is not picture.queue[0]:
            yield "first", _("Put first") if ring.is_gathering else _("Put next")
            yield "earlier", _("Earlier")
        if ask is not picture.queue[-1]:
            yield "later", _("Later")
            yield "last", _("To the end")
    if ask.turn == Turn.ABSENT and ring.phase in WRITABLE:
        yield "return", _("Back into the queue")
    if (waits or ask.turn == Turn.ABSENT) and not ring.is_gathering:
        yield "call", _("On stage now")
    if ring.phase == Phase.TURNS and (waits or ask.turn in ON_STAGE):
        yield "absent", _("Not here")
    if (waits or ask.turn == Turn.ABSENT) and ring.phase in WRITABLE:
        yield "observe", _("No turn, only observes")
    if ask.turn == Turn.NONE and ring.phase in WRITABLE:
        yield "turn", _("Give a turn")


def _marks(picture: Picture, ask: Request) -> list[str]:
    """What is worth a word. While all are writing only those one writes for are named."""
    marks = []
    if ask.turn in (Turn.DEFERRED, Turn.PASSED):
        marks.append(str(Turn(ask.turn).label))
    told = ask.participant.proxy or picture.ring.phase not in DOOR_OPEN
    if told and ask.status == AskStatus.DRAFT and ask.turn not in BEHIND_US:
        marks.append(_("no ask yet"))
    return marks
