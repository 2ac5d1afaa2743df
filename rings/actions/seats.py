"""The acts on a seat: put out and let in again, lock the door, rename, give a PIN; and leaving by oneself."""

from django.utils.translation import gettext as _

from rings.actions.arrivals import come_in, free_name
from rings.actions.door import Change, Refs, anybody, command, remembered, undoable
from rings.actions.turns import yield_stage
from rings.models import Participant, name_key
from rings.phases import GONE, JOINABLE, PUT_OUT, NotNow, Seat


class WrongPin(NotNow):
    """No seat of this ring goes with what was typed."""

    def __init__(self) -> None:
        super().__init__(_("This code and PIN do not go together. Look once more at the card."))


@command
@undoable
@anybody
def remove(room: Change, *, participant: Participant) -> Refs:
    """The facilitator puts somebody out, who may knock again. What they asked and offered stays."""
    person = settled(room, participant)
    if person.seat not in {Seat.JOINED, Seat.LEFT}:
        raise NotNow(_("{name} is not in the ring just now.").format(name=person.name))
    put_out(room, person, Seat.REMOVED)
    return {"participant": person.pk}


@command
@undoable
@anybody
def block(room: Change, *, participant: Participant) -> Refs:
    """The facilitator puts somebody out for good: neither that seat nor its name comes in again."""
    person = settled(room, participant)
    if person.seat == Seat.BLOCKED:
        raise NotNow(_("{name} is blocked already.").format(name=person.name))
    if person.claims_id:
        raise NotNow(
            _("{name} says to be somebody who is in. Answer “Not now” to that.").format(
                name=person.name
            )
        )
    put_out(room, person, Seat.BLOCKED)
    return {"participant": person.pk}


@command
@undoable
@anybody
def let_in(room: Change, *, participant: Participant) -> Refs:
    """The facilitator lets somebody in again who was put out or has left; they ask at the end."""
    person = settled(room, participant)
    if person.seat not in PUT_OUT | {Seat.LEFT}:
        raise NotNow(_("{name} is in the ring, or waits at the door.").format(name=person.name))
    come_in(room, person)
    return {"participant": person.pk}


@command
@remembered
def leave(room: Change, *, participant: Participant) -> Refs:
    """Somebody leaves by themselves. Their device can take the seat again at any time."""
    person = settled(room, participant)
    if person.seat != Seat.JOINED:
        raise NotNow(_("You have left already."))
    forget_act_about(room, person)
    put_out(room, person, Seat.LEFT)
    return {"participant": person.pk}


@command
@remembered
def rejoin(room: Change, *, participant: Participant) -> Refs:
    """Who left takes their own seat again, whatever the phase: what was promised is there still."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = _fresh(room, participant)
    if person.seat != Seat.LEFT:
        raise NotNow(_("This seat cannot be taken from here."))
    come_in(room, person)
    return {"participant": person.pk}


@command
@remembered
def knock(room: Change, *, participant: Participant) -> Refs:
    """Who was removed asks to come in again, and waits at the door whatever the phase."""
    if room.ring.phase not in JOINABLE:
        raise NotNow(_("This ring no longer takes new people."))
    person = _fresh(room, participant)
    if person.seat != Seat.REMOVED:
        raise NotNow(_("This seat cannot knock just now."))
    person.seat = Seat.WAITING
    person.save(update_fields=["seat"])
    return {"participant": person.pk}


@command
@undoable
@anybody
def lock(room: Change, *, locked: bool) -> Refs:
    """Lock the door, so that who comes waits at it, or let the code open it again."""
    if not room.ring.is_gathering:
        raise NotNow(_("Once the turns have begun, you open the door to each one yourself."))
    if room.ring.locked == locked:
        raise NotNow(_("The door is locked already.") if locked else _("The door is open already."))
    room.ring.locked = locked
    return {"locked": locked}


@command
@undoable
@anybody
def admit_all(room: Change) -> Refs:
    """Everybody new at the door comes in at once. Who says "that's me" is answered one by one."""
    if room.ring.phase not in JOINABLE:
        raise NotNow(_("This ring no longer takes new people."))
    waiting = list(room.ring.participants.at_the_door().filter(claims=None))
    if not waiting:
        raise NotNow(_("Nobody new waits at the door."))
    for person in waiting:
        come_in(room, person)
    return {"participants": [person.pk for person in waiting]}


@command
def rename(room: Change, *, participant: Participant, name: str) -> Refs:
    """The facilitator puts a name right."""
    person = settled(room, participant)
    if name_key(name) != person.name_key:
        free_name(room, name)
    for row in (person, *person.claimants.all()):
        row.name, row.name_key = name, name_key(name)
        row.save(update_fields=["name", "name_key"])
    room.everyone = True
    return {"participant": person.pk}


@command
def give_pin(room: Change, *, participant: Participant, pin_hash: str) -> Refs:
    """A PIN on a card opens this seat on any phone; an earlier card then opens nothing."""
    person = settled(room, participant)
    if person.seat not in {Seat.JOINED, Seat.LEFT}:
        raise NotNow(_("{name} is not in the ring just now.").format(name=person.name))
    person.pin_hash = pin_hash
    person.save(update_fields=["pin_hash"])
    return {"participant": person.pk}


@command
@remembered
def take_seat(room: Change, *, pin_hash: str, key_hash: str) -> Refs:
    """A phone takes the seat of a PIN: with its ask, its offers and its turn."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = room.ring.participants.filter(
        pin_hash=pin_hash, seat__in=(Seat.JOINED, Seat.LEFT)
    ).first()
    if person is None or not pin_hash:
        raise WrongPin
    person.key_hash, person.proxy, person.seen_at = key_hash, False, room.now
    person.save(update_fields=["key_hash", "proxy", "seen_at"])
    if person.seat == Seat.LEFT:
        come_in(room, person)
    room.touches(person)
    return {"participant": person.pk}


def settled(room: Change, participant: Participant) -> Participant:
    """The seat as it is now, in a ring that is not over."""
    if room.ring.is_over:
        raise NotNow(_("This ring is over."))
    return _fresh(room, participant)


def _fresh(room: Change, participant: Participant) -> Participant:
    person = room.ring.participants.filter(pk=participant.pk).first()
    if person is None:
        raise NotNow(_("{name} is no longer in this ring.").format(name=participant.name))
    return person


def put_out(room: Change, person: Participant, seat: Seat) -> None:
    """Out of the seat: a turn that runs ends as absent, one to come leaves the queue, nothing is lost."""
    person.seat = seat
    person.save(update_fields=["seat"])
    person.claimants.all().delete()
    if room.ring.current and room.ring.current.participant_id == person.pk:
        yield_stage(room)
    room.everyone = True


def forget_act_about(room: Change, person: Participant) -> None:
    """An undo must not give the ring to somebody who is gone: what it would put back has passed."""
    act = room.ring.last_act
    if act is None or act.was is None:
        return
    rows = {f"request {pk}" for pk in person.asks.values_list("pk", flat=True)}
    on_stage = room.ring.current and room.ring.current.participant_id == person.pk
    if on_stage or rows & set(act.was) or f"participant {person.pk}" in act.was:
        room.ring.last_act = None
