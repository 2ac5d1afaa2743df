"""The desk's hand on the clock: a minute more, a turn's beginning, shorter turns, another end, a break."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command, undoable
from rings.models import Request
from rings.phases import (
    BREAK_AT_MOST,
    EXTRA_AT_MOST,
    MINUTE,
    PAUSABLE,
    SHORTEST_TURN,
    START_WITHIN,
    UNDO_GRACE,
    NotNow,
    Phase,
)


@command
@undoable
def more_time(room: Change, *, phase: str, believing: int | None) -> Refs:
    """A minute more for the turn that runs, or for a phase with a fixed length.

    `phase` is where the desk believed the ring to be, `believing` the ask it saw on stage.
    """
    ring, current = room.ring, room.ring.current
    if ring.phase != phase:
        raise NotNow(
            _("The ring is already in its {phase} phase.").format(phase=Phase(ring.phase).label)
        )
    if ring.phase == Phase.TURNS:
        current = _believed(room, believing)
        _not_too_much(current.extra_seconds)
        current.extra_seconds += MINUTE
        current.save(update_fields=["extra_seconds"])
        room.touches(current.participant_id)
        return {"ask": current.pk}
    if not ring.phase_minutes(ring.phase):
        raise NotNow(_("There is no clock running to give a minute to."))
    _not_too_much(ring.phase_extra_seconds)
    ring.phase_extra_seconds += MINUTE
    room.everyone = True
    return {"phase": ring.phase}


@command
@undoable
def start_clock(room: Change, *, believing: int | None) -> Refs:
    """The turn that has just begun begins now: a clock otherwise runs from Next."""
    ask = _believed(room, believing)
    if room.ring.paused_at:
        raise NotNow(_("The ring is paused. Go on first, then start the clock."))
    if not _runs_from_next(room, ask):
        raise NotNow(_("The clock of this turn was set once already."))
    if ask.began_at and room.now - ask.began_at > timedelta(seconds=START_WITHIN + UNDO_GRACE):
        raise NotNow(_("This turn is well on its way. Give it a minute more instead."))
    ask.began_at, ask.paused_seconds = room.now, 0
    ask.save(update_fields=["began_at", "paused_seconds"])
    room.touches(ask.participant_id)
    return {"ask": ask.pk}


@command
@undoable
def trim(room: Change, *, seconds: int, believing: int) -> Refs:
    """Shorter turns for those still to come, so that the end stays; the turn that runs keeps its own.

    `believing` is how long a turn was when the desk offered this.
    """
    ring = room.ring
    _in_turns(room)
    if ring.turn_seconds != believing:
        raise NotNow(_("The length of the turns has changed already."))
    if not SHORTEST_TURN <= seconds < ring.turn_seconds:
        raise NotNow(_("A turn can be made shorter, and lasts a minute at least."))
    turns = ring.asks.with_a_turn().count()
    ring.agreed_end = ring.plan_end(turns)  # shorter turns do not move the end that was planned
    if ring.current:
        ring.current.extra_seconds += ring.turn_seconds - seconds
        ring.current.save(update_fields=["extra_seconds"])
        room.touches(ring.current.participant_id)
    ring.turn_seconds = seconds
    return {"seconds": seconds}


@command
@undoable
def agree_end(room: Change, *, end: datetime, believing: datetime | None) -> Refs:
    """The ring has agreed to end later: that is the plan from now on.

    `believing` is the end agreed before, if there was one.
    """
    ring = room.ring
    _in_turns(room)
    if ring.agreed_end != believing:
        raise NotNow(_("The end has been agreed anew already."))
    if not room.now < end <= room.now + timedelta(days=1):
        raise NotNow(_("An end can be agreed for later today."))
    ring.agreed_end = end
    return {}


@command
@undoable
def take_break(room: Change, *, minutes: int) -> Refs:
    """A pause that says when it ends. Going on, early or late, is the same as after any pause."""
    ring = room.ring
    if ring.phase not in PAUSABLE:
        raise NotNow(_("There is nothing running to take a break from."))
    if not 1 <= minutes <= BREAK_AT_MOST:
        raise NotNow(_("A break is up to {minutes} minutes long.").format(minutes=BREAK_AT_MOST))
    ring.paused_at = ring.paused_at or room.now
    ring.break_until = room.now + timedelta(minutes=minutes)
    room.everyone = True
    return {"minutes": minutes}


def _in_turns(room: Change) -> None:
    if room.ring.phase != Phase.TURNS:
        raise NotNow(_("The turns are not running just now."))


def _believed(room: Change, believing: int | None) -> Request:
    """The ask on stage, when it is the one the desk saw there."""
    _in_turns(room)
    current = room.ring.current
    if current is None:
        raise NotNow(_("Nobody has the ring just now."))
    if current.pk != believing:
        raise NotNow(
            _("{name} already has the ring; somebody was a moment quicker.").format(
                name=current.participant.name
            )
        )
    return current


def _runs_from_next(room: Change, ask: Request) -> bool:
    """Whether a turn began when the one before it ended, as `Picture.clock_can_start` sees it."""
    if ask.began_at == room.ring.phase_began_at:
        return True
    return room.ring.asks.filter(round=ask.round, ended_at=ask.began_at).exists()


def _not_too_much(extra: int) -> None:
    if extra >= EXTRA_AT_MOST:
        raise NotNow(_("That is half an hour more already. Move on when it feels right."))
