"""The queue: who is called when, who was called and is not here, who has no turn, and who has it at once."""

from secrets import SystemRandom

from django.utils.translation import gettext as _

from rings.actions import turns
from rings.actions.arrivals import last_place
from rings.actions.door import Change, Refs, command, remembered, undoable
from rings.models import Participant, Request
from rings.phases import (
    BEHIND_US,
    BETWEEN,
    ON_STAGE,
    STILL_TO_COME,
    WRITABLE,
    AskStatus,
    NotNow,
    Phase,
    Seat,
    Turn,
)

dice = SystemRandom()
PLACES = ("first", "earlier", "later", "last", "before")
RETURNABLE = frozenset({Phase.TURNS, Phase.WALL, Phase.CLOSING})  # from here somebody may be called


@command
@undoable
def place(
    room: Change,
    *,
    ask: Request,
    to: str,
    believing: int | None,
    before: Request | None = None,
) -> Refs:
    """Call somebody sooner or later: first, one earlier, one later, last, or before another ask."""
    _knows(room, believing)
    queue = list(room.ring.asks.select_related("participant").in_queue())
    at = next((i for i, one in enumerate(queue) if one.pk == ask.pk), None)
    if at is None:
        raise NotNow(_("{name} is not waiting for a turn just now.").format(name=_name(room, ask)))
    mine = queue.pop(at)
    if to == "before":
        wanted = next((i for i, one in enumerate(queue) if before and one.pk == before.pk), None)
        if wanted is None:
            raise NotNow(_("That place in the queue has just gone. Look once more."))
    else:
        wanted = {"first": 0, "earlier": at - 1, "later": at + 1, "last": len(queue)}[to]
    queue.insert(max(wanted, 0), mine)
    if mine.turn == Turn.DEFERRED:  # whoever is placed by hand waits for that place
        mine.turn = Turn.WAITING
        mine.save(update_fields=["turn"])
    _order(room, queue)
    return {"ask": ask.pk, "to": to}


@command
@undoable
def shuffle(room: Change, *, believing: int | None) -> Refs:
    """All who still wait, in an order of chance, which is kept."""
    _knows(room, believing)
    queue = list(room.ring.asks.in_queue())
    if len(queue) < 2:
        raise NotNow(_("There are not two people waiting to be shuffled."))
    dice.shuffle(queue)
    _order(room, queue)
    return {}


@command
@undoable
def rotate(room: Change, *, believing: int | None) -> Refs:
    """Who was called late in the last ring is called early: its order from the middle on, then who is new."""
    _knows(room, believing)
    queue = list(room.ring.asks.select_related("participant").in_queue())
    known = [ask for ask in queue if ask.participant.before_id]
    if len(known) < 2:
        raise NotNow(_("There are not two people waiting who were there last time."))
    asked = Request.objects.filter(participant__in=[ask.participant.before_id for ask in known])
    asked = asked.exclude(round=BETWEEN)
    places = dict(asked.order_by("-round").values_list("participant", "place"))
    known.sort(key=lambda ask: (places.get(ask.participant.before_id or 0, 0), ask.place))
    middle = len(known) // 2
    _order(room, known[middle:] + known[:middle] + [ask for ask in queue if ask not in known])
    return {}


@command
@undoable
def absent(room: Change, *, ask: Request, believing: int | None) -> Refs:
    """Called, and not here: their turn waits until they are back. If it was now, the next begins."""
    current = _knows(room, believing)
    if room.ring.phase != Phase.TURNS:
        raise NotNow(_("Nobody is called before the turns begin."))
    ask = _fresh(room, ask)
    if ask.turn not in STILL_TO_COME | ON_STAGE:
        raise NotNow(
            _("{name} is not waiting for a turn just now.").format(name=ask.participant.name)
        )
    room.everyone = True
    if current is None or ask.pk != current.pk:
        _wait(room, ask, Turn.ABSENT)
        return {"absent": ask.pk}
    turns.unpause(room)
    following = turns.pass_on(room, current, Turn.ABSENT)
    return {"absent": ask.pk, "began": following and following.pk}


@command
@remembered
def return_to_queue(room: Change, *, participant: Participant) -> Refs:
    """Back from being absent: behind all who wait. Their own phone says so, or the desk."""
    if room.ring.phase not in WRITABLE:
        raise NotNow(_("The turns are over."))
    ask = _of(room, participant)
    if ask.turn != Turn.ABSENT:
        raise NotNow(_("You already have a place in the queue.") if _own(room) else _has_place(ask))
    _wait(room, ask, Turn.WAITING)
    return {"returned": ask.pk}


@command
@undoable
def observe(room: Change, *, participant: Participant, observer: bool) -> Refs:
    """Somebody is in the ring without a turn; or is given one after all, behind all who wait."""
    if room.ring.phase not in WRITABLE:
        raise NotNow(_("The turns are over."))
    ask = _of(room, participant)
    name = ask.participant.name
    if observer == (ask.turn == Turn.NONE):
        raise NotNow(
            _("{name} has no turn already.").format(name=name) if observer else _has_place(ask)
        )
    if ask.turn in ON_STAGE:
        raise NotNow(_("{name} has the ring. Press Next first.").format(name=name))
    if ask.turn in BEHIND_US:
        raise NotNow(_("{name} has had a turn already.").format(name=name))
    if observer and ask.is_promised():
        raise NotNow(
            _("Somebody has already offered to {name}, who keeps the turn.").format(name=name)
        )
    _wait(room, ask, Turn.NONE if observer else Turn.WAITING)
    Participant.objects.filter(pk=participant.pk).update(observer=observer)
    return {"participant": participant.pk, "observer": observer}


@command
@undoable
def call(room: Change, *, ask: Request, believing: int | None) -> Refs:
    """Put somebody on stage at once who has not had a turn; from the wall or the closing, too."""
    current = _knows(room, believing)
    ring = room.ring
    if ring.phase not in RETURNABLE:
        raise NotNow(_("Nobody is called before the turns begin."))
    ask = _fresh(room, ask)
    if ask.turn not in STILL_TO_COME | {Turn.ABSENT}:
        raise NotNow(
            _("{name} is not waiting for a turn just now.").format(name=ask.participant.name)
        )
    turns.unpause(room)
    if current:
        turns.end_turn(room, current, Turn.DONE)
    if ring.phase != Phase.TURNS:
        ring.phase, ring.phase_began_at = Phase.TURNS, room.now
        ring.phase_paused_seconds = ring.phase_extra_seconds = 0
    turns.give_ring(room, ask)
    return {"ended": current and current.pk, "began": ask.pk}


def _knows(room: Change, believing: int | None) -> Request | None:
    """The ask on stage (None outside the turns), when the desk knows it; else a sentence that says who is."""
    ring = room.ring
    if ring.phase not in WRITABLE | {Phase.CLOSING}:
        raise NotNow(_("This ring is over."))
    current = ring.current
    if (current and current.pk) != believing:
        if current is None:
            raise NotNow(_("Nobody has the ring just now. Look once more."))
        name = current.participant.name
        raise NotNow(
            _("{name} already has the ring; somebody was a moment quicker.").format(name=name)
        )
    return current


def _fresh(room: Change, ask: Request) -> Request:
    """The ask as it is now, of this round, of somebody who is in the ring."""
    ask = room.ring.asks.select_related("participant").get(pk=ask.pk)
    if ask.participant.seat != Seat.JOINED:
        raise NotNow(_("{name} is not in the ring just now.").format(name=ask.participant.name))
    if ask.round != room.ring.round:
        raise NotNow(_("{name} asked that in the round before.").format(name=ask.participant.name))
    return ask


def _of(room: Change, participant: Participant) -> Request:
    """Somebody's ask of this round, while they are in the ring."""
    ask = (
        room.ring.asks.select_related("participant")
        .filter(participant=participant, participant__seat=Seat.JOINED, round=room.ring.round)
        .first()
    )
    if ask is None:
        raise NotNow(_("{name} is not in the ring just now.").format(name=participant.name))
    return ask


def _name(room: Change, ask: Request) -> str:
    return _fresh(room, ask).participant.name


def _own(room: Change) -> bool:
    return isinstance(room.by.who, Participant)


def _has_place(ask: Request) -> str:
    return _("{name} already has a turn.").format(name=ask.participant.name)


def _order(room: Change, queue: list[Request]) -> None:
    """Call them in this order, in the places they have among themselves."""
    at = 0
    for ask, free in zip(queue, sorted(ask.place for ask in queue), strict=True):
        at = max(free, at + 1)
        if ask.place != at:
            ask.place = at
            ask.save(update_fields=["place"])
    room.everyone = True  # whose phone says "you are next" is another one now


def _wait(room: Change, ask: Request, turn: Turn) -> None:
    """Into the queue behind all others, or out of it; what was shown too early is hidden again."""
    ask.turn, ask.began_at, ask.ended_at = turn, None, None
    if turn == Turn.WAITING:
        ask.place = last_place(room)
    ask.save(update_fields=["turn", "began_at", "ended_at", "place"])
    if turn == Turn.WAITING and room.ring.phase == Phase.WALL:
        if ask.status == AskStatus.READY:
            ask.status = AskStatus.OPEN
            ask.save(update_fields=["status"])
    else:
        turns.shelve(ask)
    room.everyone = True
