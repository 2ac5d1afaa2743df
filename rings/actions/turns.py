"""The course of a ring: from phase to phase, and from turn to turn."""

from datetime import timedelta

from django.utils.translation import gettext as _

from rings.actions.arrivals import everybody_asks, last_place
from rings.actions.door import Change, Refs, command, in_hand, remembered, undoable
from rings.models import Request, Ring
from rings.phases import (
    OVER,
    PAUSABLE,
    REOPEN_HOURS,
    STILL_TO_COME,
    AskStatus,
    NotNow,
    Phase,
    Seat,
    Turn,
    may_go,
)


@command
@undoable
def move(room: Change, *, to: str, believing: str, number: int = 0) -> Refs:
    """Go to another phase; `believing` is the phase the desk saw when it was pressed.

    `number` is the round to go to, if it is another one.
    """
    ring, to, number = room.ring, Phase(to), number or room.ring.round
    if ring.phase != believing:
        raise NotNow(
            _("The ring is already in its {phase} phase.").format(phase=Phase(ring.phase).label)
        )
    if not may_go((Phase(ring.phase), ring.round), (to, number), ring.rounds):
        raise NotNow(
            _("From {here} the ring cannot go to {there}.").format(
                here=Phase(ring.phase).label, there=to.label
            )
        )
    if (
        ring.ended_at
        and room.now - ring.ended_at > timedelta(hours=REOPEN_HOURS)
        and to == Phase.CLOSING
    ):
        raise NotNow(
            _("A ring can be opened again for {hours} hours after its end.").format(
                hours=REOPEN_HOURS
            )
        )
    unpause(room)
    left, came_from = ring.phase, ring.round
    if left == Phase.TURNS:
        _leave_turns(room, forward=to != Phase.WRITING or number > ring.round)
    if number != ring.round:
        _to_round(room, number)
    ring.phase, ring.phase_began_at, ring.card = to, room.now, ""
    ring.phase_paused_seconds = ring.phase_extra_seconds = 0
    if to not in {Phase.LOBBY, Phase.CANCELLED} and ring.began_at is None:
        ring.began_at = room.now
    ring.ended_at = (ring.ended_at or room.now) if to in OVER else None
    if to == Phase.TURNS:
        _enter_turns(room)
    elif to == Phase.WALL:
        waiting = STILL_TO_COME | {Turn.ABSENT}
        ring.asks.filter(status=AskStatus.READY, turn__in=waiting, round__lte=ring.round).update(
            status=AskStatus.OPEN
        )
    room.everyone = True
    refs: Refs = {"from": left, "to": to}
    return refs if number == came_from else {**refs, "round": number}


def _to_round(room: Change, number: int) -> None:
    """The next round, in which everybody asks anew; what was asked stays open. Or back to the last."""
    room.ring.round = number
    Ring.objects.filter(pk=room.ring.pk).update(round=number)  # the queue is that of this round
    everybody_asks(room)


def _enter_turns(room: Change) -> None:
    following = room.ring.asks.in_queue().first()
    if following:
        give_ring(room, following)
        return
    last = _last_ended(room)  # back from the wall: the last one has the ring again
    if last is None:
        raise NotNow(_("Nobody is in the ring yet."))
    _resume(room, last)


def _leave_turns(room: Change, *, forward: bool) -> None:
    current = room.ring.current
    if current:
        if forward:
            end_turn(room, current, Turn.DONE)
        else:
            _put_back(current)
    room.ring.current = None


@command
@undoable
def next_turn(room: Change, *, believing: int | None) -> Refs:
    """End this turn and give the ring to the next in the queue.

    `believing` is the ask the desk saw on stage: a stale or second press changes nothing.
    """
    current = _on_stage(room, believing)
    following = room.ring.asks.in_queue().first()
    if following is None:
        raise NotNow(_("Everyone has had their turn. The wall is next."))
    if current:
        end_turn(room, current, Turn.DONE)
    give_ring(room, following)
    return {"ended": current and current.pk, "began": following.pk}


@command
@undoable
def defer(room: Change, *, believing: int | None) -> Refs:
    """The one on stage asks later, behind everybody still waiting; the next one begins."""
    current = need_current(room, believing)
    following = room.ring.asks.in_queue().first()
    if following is None:
        raise NotNow(_("Nobody else is waiting, so there is no later."))
    end_turn(room, current, Turn.DEFERRED)
    shelve(current)
    current.place = last_place(room)
    current.save(update_fields=["place"])
    give_ring(room, following)
    return {"deferred": current.pk, "began": following.pk}


@command
@undoable
def skip(room: Change, *, believing: int | None) -> Refs:
    """The one on stage passes, by their own choice; the next one begins, if somebody waits."""
    current = need_current(room, believing)
    following = pass_on(room, current, Turn.PASSED)
    return {"passed": current.pk, "began": following and following.pk}


@command
@undoable
def back(room: Change, *, believing: int | None) -> Refs:
    """One step back: the last one to have had the ring has it again, with the time they had used."""
    current = _on_stage(room, believing)
    before = _last_ended(room)
    if before is None:
        raise NotNow(_("This is the first turn. Go back to writing from the steps above."))
    if current:
        _put_back(current)
    _resume(room, before)
    return {"waits": current and current.pk, "again": before.pk}


@command
@remembered
def pause(room: Change, *, paused: bool) -> Refs:
    """Stop the clock, or let it go on. Paused time is in no plan."""
    in_hand(room)
    ring = room.ring
    if ring.phase not in PAUSABLE:
        raise NotNow(_("There is no clock running to pause."))
    if paused == (ring.paused_at is not None):
        raise NotNow(
            _("The ring is already paused.") if paused else _("The ring is already going on.")
        )
    if paused:
        ring.paused_at = room.now
    else:
        if ring.current and paused_by_tender(room):
            ring.current.hidden = False
            ring.current.save(update_fields=["hidden"])
        unpause(room)
    room.everyone = True
    return {"paused": paused}


def paused_by_tender(room: Change) -> bool:
    """Whether this very pause began with a tender moment."""
    began = room.ring.paused_at
    return began is not None and room.ring.events.filter(kind="tender", at=began).exists()


def yield_stage(room: Change) -> None:
    """The one on stage is no longer in the ring: their turn ends as absent, and the next begins.

    A pause goes on; what of it has passed belongs to the turn that ends.
    """
    ring, current = room.ring, room.ring.current
    if current is None:
        return
    if ring.paused_at:
        unpause(room)
        ring.paused_at = room.now
    pass_on(room, current, Turn.ABSENT)


def pass_on(room: Change, current: Request, turn: Turn) -> Request | None:
    """End a turn that was not had, and give the ring to the next one, if somebody waits."""
    end_turn(room, current, turn)
    shelve(current)
    following = room.ring.asks.in_queue().first()
    if following:
        give_ring(room, following)
    else:
        room.ring.current = None
    return following


def unpause(room: Change) -> None:
    ring = room.ring
    if ring.paused_at is None:
        return
    rest = int((room.now - ring.paused_at).total_seconds())
    ring.phase_paused_seconds += rest
    ring.paused_at = ring.break_until = None
    if ring.current:
        ring.current.paused_seconds += rest
        ring.current.spoken_at = room.now  # the quiet is counted anew
        ring.current.save(update_fields=["paused_seconds", "spoken_at"])


def _on_stage(room: Change, believing: int | None) -> Request | None:
    """The ask on stage, when the desk knows it; else a sentence that says who is."""
    if room.ring.phase != Phase.TURNS:
        raise NotNow(_("The turns are not running just now."))
    current = room.ring.current
    if (current and current.pk) != believing:
        if current is None:
            raise NotNow(_("Nobody has the ring just now: everyone has had their turn."))
        raise NotNow(
            _("{name} already has the ring; somebody was a moment quicker.").format(
                name=current.participant.name
            )
        )
    unpause(room)
    return current


def need_current(room: Change, believing: int | None) -> Request:
    current = _on_stage(room, believing)
    if current is None:
        raise NotNow(_("Nobody has the ring just now."))
    return current


def _last_ended(room: Change) -> Request | None:
    had = room.ring.asks.of_this_round().filter(participant__seat=Seat.JOINED)
    return had.exclude(ended_at=None).order_by("-ended_at", "-pk").first()


def give_ring(room: Change, ask: Request) -> None:
    ask.turn, ask.began_at, ask.ended_at = Turn.ASKING, room.now, None
    ask.spoken_at = None
    ask.paused_seconds = ask.extra_seconds = 0
    if ask.status == AskStatus.READY or (ask.status == AskStatus.DRAFT and ask.text):
        ask.status = AskStatus.OPEN
    ask.save(
        update_fields=[
            *("turn", "began_at", "ended_at", "paused_seconds", "extra_seconds", "status"),
            "spoken_at",
        ]
    )
    room.ring.current = ask
    room.everyone = True


def _resume(room: Change, ask: Request) -> None:
    """Give the ring back to one whose turn had ended; the clock shows what they had used."""
    if ask.began_at and ask.ended_at:
        ask.began_at = room.now - (ask.ended_at - ask.began_at)
    ask.turn = Turn.OFFERING if ask.offers.exists() else Turn.ASKING
    ask.ended_at, ask.spoken_at = None, room.now
    if ask.text:
        ask.status = AskStatus.OPEN
    ask.save(update_fields=["turn", "began_at", "ended_at", "status", "spoken_at"])
    room.ring.current = ask
    room.everyone = True


def end_turn(room: Change, ask: Request, turn: Turn) -> None:
    ask.turn, ask.ended_at = turn, room.now
    ask.save(update_fields=["turn", "ended_at"])
    room.everyone = (
        True  # each phone's own part speaks of the turn: my offer to you, your turn is next
    )


def _put_back(ask: Request) -> None:
    ask.turn, ask.began_at, ask.ended_at = Turn.WAITING, None, None
    ask.save(update_fields=["turn", "began_at", "ended_at"])
    shelve(ask)


def shelve(ask: Request) -> None:
    """An ask shown too early is hidden again, unless somebody has already offered on it."""
    if ask.status == AskStatus.OPEN and not ask.is_promised():
        ask.status = AskStatus.READY
        ask.save(update_fields=["status"])
