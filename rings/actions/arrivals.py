"""A ring opens and people come in: by a name, without a phone, late at the door, back on another phone."""

import hashlib
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rings.actions.door import By, Change, Refs, command, digest, record, remembered
from rings.models import Participant, Request, Ring, name_key
from rings.phases import (
    BETWEEN,
    GONE,
    JOINABLE,
    PUT_OUT,
    STILL_TO_COME,
    AskStatus,
    NotNow,
    Phase,
    Seat,
    Turn,
)


class NameTaken(NotNow):
    """Somebody in this ring already goes by that name; `holder` is that participant."""

    def __init__(self, holder: Participant) -> None:
        super().__init__(
            _("There is already somebody called {name} here.").format(name=holder.name)
        )
        self.holder = holder


def open_ring(user: User, op: str, **plan: Any) -> Ring:
    """A new ring of `user` in its lobby; `plan` are the fields of `Ring`. The same op gives the same ring."""
    with transaction.atomic():
        invite = hashlib.sha256(f"{user.pk}/{op}".encode()).hexdigest()[:32]
        ring, made = Ring.objects.get_or_create(
            facilitator=user, invite=invite, defaults={**plan, "version": 1}
        )
        if made:
            room = Change(ring=ring, by=By(user, op), now=timezone.now())
            record(room, "open_ring", digest("open_ring", room.by, plan), {})
        return ring


@command
def join(room: Change, *, name: str, key_hash: str, before: int | None = None) -> Refs:
    """A phone comes in under a name. Once the turns have begun it waits at the door.

    `before` is the participant whom this device was in the last ring of the circle.
    """
    if room.ring.phase not in JOINABLE:
        raise NotNow(_("This ring no longer takes new people."))
    free_name(room, name)
    seat = Seat.JOINED if room.ring.door_open else Seat.WAITING
    known = {"ring__circle": room.ring.circle_id, "ring__circle__isnull": False}
    same = Participant.objects.joined().filter(pk=before, **known).first() if before else None
    me = new_seat(room, name=name, key_hash=key_hash, seat=seat, seen_at=room.now, before=same)
    return {"participant": me.pk}


@command
def add_seat(room: Change, *, name: str) -> Refs:
    """The facilitator gives a place to somebody without a phone, and will write for them."""
    if room.ring.phase not in JOINABLE:
        raise NotNow(_("This ring no longer takes new people."))
    free_name(room, name)
    return {"participant": new_seat(room, name=name, proxy=True).pk}


@command
def claim(room: Change, *, participant: Participant, key_hash: str) -> Refs:
    """Another device says "that's me"; it waits at the door for the facilitator's yes."""
    if room.ring.is_over:
        raise NotNow(_("This ring is over."))
    held = room.ring.participants.filter(pk=participant.pk, claims=None).first()
    if held is None or held.seat in {Seat.BLOCKED, Seat.WAITING}:
        raise NotNow(_("{name} is not somebody you can come in as.").format(name=participant.name))
    claimant = Participant.objects.create(
        ring=room.ring,
        name=participant.name,
        name_key=participant.name_key,
        key_hash=key_hash,
        seat=Seat.WAITING,
        claims=participant,
        joined_at=room.now,
        seen_at=room.now,
    )
    return {"participant": claimant.pk, "claims": participant.pk}


@command
@remembered
def admit(room: Change, *, participant: Participant) -> Refs:
    """The facilitator opens the door to one who waits: a newcomer, or somebody's second device."""
    if room.ring.is_over:
        raise NotNow(_("This ring is over."))
    participant = _at_the_door(room, participant)
    held = participant.claims
    if held is None:
        if room.ring.phase not in JOINABLE:
            raise NotNow(_("This ring no longer takes new people."))
        come_in(room, participant)
        return {"participant": participant.pk}
    key_hash, pk = participant.key_hash, participant.pk
    participant.delete()
    held.key_hash, held.proxy, held.seen_at = key_hash, False, room.now
    held.save(update_fields=["key_hash", "proxy", "seen_at"])
    if held.seat != Seat.JOINED:
        come_in(room, held)
    room.touches(held)
    return {"participant": held.pk, "claimant": pk}


@command
def turn_away(room: Change, *, participant: Participant) -> Refs:
    """The facilitator does not let in one who waits at the door."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    participant = _at_the_door(room, participant)
    pk = participant.pk
    if participant.asks.exists():  # was in before, and has knocked: nothing of theirs is lost
        participant.seat = Seat.REMOVED
        participant.save(update_fields=["seat"])
    else:
        participant.delete()
    return {"participant": pk}


def _at_the_door(room: Change, participant: Participant) -> Participant:
    waiting = room.ring.participants.at_the_door().filter(pk=participant.pk).first()
    if waiting is None:
        raise NotNow(_("{name} is no longer waiting at the door.").format(name=participant.name))
    room.touches(waiting)
    return waiting


def come_in(room: Change, participant: Participant) -> None:
    """Into the ring, with a turn: a new one, or the one they had before, behind those who wait."""
    if participant.seat in PUT_OUT | {Seat.LEFT}:
        room.everyone = True  # the others see them and their ask again
    participant.seat = Seat.JOINED
    participant.save(update_fields=["seat"])
    room.touches(participant)
    ask = participant.asks.filter(round=room.ring.round).first()
    if ask is None:
        _ask_for(room, participant)
        return
    if ask.turn in STILL_TO_COME | {Turn.ABSENT}:
        ask.turn, ask.began_at, ask.ended_at = Turn.WAITING, None, None
        if not room.ring.is_gathering:
            ask.place = last_place(room)
    if ask.status == AskStatus.READY and room.ring.phase == Phase.WALL:
        ask.status = AskStatus.OPEN
    ask.save(update_fields=["turn", "began_at", "ended_at", "place", "status"])
    room.everyone = True


def free_name(room: Change, name: str) -> None:
    holder = room.ring.participants.filter(name_key=name_key(name), claims=None).first()
    if holder:
        raise NameTaken(holder)


def new_seat(room: Change, *, name: str, **fields: Any) -> Participant:
    me = Participant.objects.create(
        ring=room.ring, name=name, name_key=name_key(name), joined_at=room.now, **fields
    )
    room.touches(me)
    if me.seat == Seat.JOINED:
        _ask_for(room, me)
    return me


def _ask_for(room: Change, participant: Participant) -> Request:
    """Everybody who is in gets one turn, behind those already waiting."""
    if room.ring.current:  # the ring on that one's own phone gets a bead more
        room.touches(room.ring.current.participant_id)
    ask = Request(ring=room.ring, participant=participant, place=last_place(room))
    ask.round = room.ring.round  # who comes in the second round has no part in the first
    ask.save()
    return ask


def everybody_asks(room: Change) -> None:
    """Everybody in the ring has their ask of this round, in the order of the round before."""
    ring = room.ring
    have = ring.asks.filter(round=ring.round).values("participant")
    before = ring.asks.exclude(round__in=(ring.round, BETWEEN))
    places = dict(before.values_list("participant", "place"))
    silent = set(ring.asks.filter(turn=Turn.NONE).values_list("participant", flat=True))
    missing = ring.participants.joined().exclude(pk__in=have)
    for person in sorted(missing, key=lambda person: (places.get(person.pk, 0), person.pk)):
        ask = _ask_for(room, person)
        if person.observer or person.pk in silent:
            ask.turn = Turn.NONE
            ask.save(update_fields=["turn"])


def last_place(room: Change) -> int:
    top: int = room.ring.asks.aggregate(top=models.Max("place"))["top"] or 0
    return top + 1
