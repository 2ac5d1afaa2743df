"""What people wrote and are called is erased: by themselves, by the ring's owner, and when its time is up.

Counts, moments and who helped whom stay, as numbers; `rings.privacy` says of each column what it is.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command, drawn_again, remembered
from rings.actions.seats import forget_act_about, put_out
from rings.models import (
    Access,
    Offer,
    Participant,
    Reminder,
    Reply,
    Request,
    Ring,
    Wording,
    new_code,
    new_token,
)
from rings.past import search
from rings.phases import LIVE, REOPEN_HOURS, Keeping, NotNow, Phase, Privacy, Seat
from rings.privacy import Tag, erase


@command
@remembered
def erase_person(room: Change, *, participant: Participant) -> Refs:
    """Somebody's name and words are gone for good, and their seat opens nowhere any more.

    In a ring that is under way they leave it with that.
    """
    person = room.ring.participants.filter(pk=participant.pk, erased=False).first()
    if person is None:
        raise NotNow(_("There is nothing left here to erase."))
    if room.ring.phase in LIVE | {Phase.DRAFT} and person.seat == Seat.JOINED:
        forget_act_about(room, person)
        put_out(room, person, Seat.LEFT)
    person.claimants.all().delete()
    _erase_words(room, room.ring.asks.filter(participant=person))
    erase(room.ring.offers.filter(helper=person), Tag.WORDS)
    room.ring.replies.filter(participant=person).delete()
    _erase_name(room, person)
    search.sweep(room.ring)
    _openings(room)
    room.everyone = True
    return {"participant": person.pk}


@command
def erase_ring(room: Change) -> Refs:
    """The owner erases a ring that is over: its title too, and every link to it."""
    if not room.ring.is_over:
        raise NotNow(_("End the ring first."))
    if not room.ring.host:
        raise NotNow(_("There is nothing left here to erase."))
    _erase_all(room)
    over = room.ring.ended_at or room.now
    room.ring.title, room.ring.host = f"{timezone.localtime(over):%Y-%m-%d}", ""
    room.ring.code = new_code()
    room.ring.invite, room.ring.stage_token = new_token(), new_token()
    return {}


@command
def expire(room: Change) -> Refs:
    """What a ring's time is up for is erased: all words and names, or those that stay in the room.

    The first are kept as long as the facilitator chose, the others until it cannot be opened again.
    """
    ring = room.ring
    if ring.ended_at is None or ring.erased_at:
        raise NotNow(_("There is nothing left here to erase."))
    if ring.kept_until and ring.kept_until <= room.now:
        _erase_all(room)
        return {"all": True}
    if room.now - ring.ended_at < timedelta(hours=REOPEN_HOURS):
        raise NotNow(_("This ring can still be opened again."))
    of_the_room = ring.asks.filter(privacy=Privacy.RING_ONLY, erased=False)
    if not of_the_room.exists():
        raise NotNow(_("There is nothing left here to erase."))
    _erase_words(room, of_the_room)
    search.sweep(room.ring)
    room.everyone = True
    return {"all": False}


@command
def keep_for(room: Change, *, days: int) -> Refs:
    """Names and words are kept for another time. Its facilitator can only have them kept shorter."""
    ring, who = room.ring, room.by.who
    if ring.erased_at:
        raise NotNow(_("Names and words are gone already."))
    if days not in Keeping:
        raise NotNow(_("There is no such choice."))
    staff = isinstance(who, User) and who.is_staff
    if days > ring.keep_days and not staff:
        raise NotNow(_("People were told a time when they came in; it can only become shorter."))
    ring.keep_days = days
    return {"days": days}


@command
def open_words(room: Change, *, user: User, reason: str) -> Refs:
    """`user`, of the staff, reads names and words of a ring for an hour, and says why."""
    if room.ring.erased_at:
        raise NotNow(_("Names and words are gone already."))
    access = Access.objects.create(ring=room.ring, user=user, reason=reason, at=room.now)
    return {"access": access.pk}


@command
@remembered
def close_forgotten(room: Change) -> Refs:
    """Staff end a ring that its facilitator left open; it ended when something last happened in it."""
    ring = room.ring
    if ring.phase not in LIVE or ring.practice:
        raise NotNow(_("Only a ring that is still open can be closed."))
    last = ring.events.order_by("version").last()
    ring.paused_at = ring.break_until = ring.current = None
    ring.phase, ring.phase_began_at = Phase.FOLLOW_UP, room.now
    ring.ended_at = last.at if last else room.now
    room.everyone = True
    return {"to": ring.phase}


def _erase_all(room: Change) -> None:
    ring = room.ring
    _erase_words(room, ring.asks.all())
    erase(ring.offers.all(), Tag.WORDS)
    ring.replies.all().delete()
    ring.participants.exclude(claims=None).delete()
    for person in ring.participants.filter(erased=False):
        _erase_name(room, person)
    ring.phase = Phase.CANCELLED if ring.phase == Phase.CANCELLED else Phase.ARCHIVED
    ring.erased_at = room.now
    search.sweep(room.ring)
    _openings(room)
    room.everyone = True


def _openings(room: Change) -> None:
    """A ring of the circle that is being opened may read thanks of this one aloud."""
    if room.ring.circle_id:
        opening = Ring.objects.filter(circle=room.ring.circle_id, phase=Phase.WELCOME)
        drawn_again(room, opening.exclude(pk=room.ring.pk), "last_ring_erased")


def _erase_words(room: Change, asks: QuerySet[Request]) -> None:
    """The words of these asks, those they had before, and what others said to them."""
    found = list(asks.values_list("pk", flat=True))
    erase(Request.objects.filter(pk__in=found), Tag.WORDS, erased=True)
    erase(Offer.objects.filter(ask__in=found), Tag.WORDS)
    Wording.objects.filter(ask__in=found).delete()
    Reply.objects.filter(ask__in=found).delete()


def _erase_name(room: Change, person: Participant) -> None:
    """They are a number from now on, the same that staff see (`rings.past.reading`)."""
    place = room.ring.participants.filter(pk__lte=person.pk).count()
    rows = Participant.objects.filter(pk=person.pk)
    erase(
        rows,
        Tag.KEY,
        Tag.WORDS,
        erased=True,
        name=f"#{place}",
        name_key=f"#{person.pk}",
        reminders=False,
    )
    rows.update(before=None)
    person.again.update(before=None)  # nor is it known whom they were in another ring
    Reminder.objects.filter(participant=person).delete()  # they tell which days were named
