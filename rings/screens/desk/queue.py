"""The desk's queue: who has the ring, who comes next, who is away, who stands at the door."""

from dataclasses import dataclass

from rings import drawings
from rings.forms import NameForm
from rings.live import Audience, Context, fragment
from rings.models import Participant, Request
from rings.phases import (
    BEHIND_US,
    JOINABLE,
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


@fragment(Audience.DESK)
def desk_queue(picture: Picture) -> Context:
    ring = picture.ring
    turns = ring.phase == Phase.TURNS
    coming = [ask for ask in (picture.current, *picture.queue) if ask]
    if ring.is_gathering or ring.is_over:
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
        **_door(picture),
    }


def _door(picture: Picture) -> Context:
    """Who of those at the door is new, to be let in at once, and who was in the ring before."""
    new = sum(person.claims_id is None for person in picture.door)
    before = {ask.participant_id for ask in picture.silent}
    return {"newcomers": new, "newcomers_said": str(new), "known": before}


def _queue_title(picture: Picture) -> str:
    if picture.ring.is_over:
        return "Who was in the ring"
    return "In the ring" if picture.ring.is_gathering else "Still to ask"


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
    told = ask.participant.proxy or not picture.ring.is_gathering
    if told and ask.status == AskStatus.DRAFT and ask.turn not in BEHIND_US:
        marks.append("no ask yet")
    return marks
