"""Every change to a ring, each a command.

`@command` is the one door: it locks the ring, answers a repeated `op` as before, lets the command
check its rule and write, counts the version up by one, writes one event, and announces after commit.
A command raises `NotNow` with a sentence when a rule refuses; nothing is changed then.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial, wraps
from typing import Any, Concatenate
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from rings import live
from rings.models import Event, Offer, Participant, Request, Ring, name_key
from rings.phases import (
    JOINABLE,
    MOVES,
    OFFERABLE,
    PAUSABLE,
    REOPEN_HOURS,
    STILL_TO_COME,
    UNDO_GRACE,
    UNDO_SECONDS,
    WRITABLE,
    AskKind,
    AskStatus,
    NotNow,
    OfferKind,
    OfferStatus,
    Phase,
    Privacy,
    Seat,
    Strength,
    Turn,
)

Refs = dict[str, Any]


class OpReused(NotNow):
    """The same op came with another body: the page is confused, nothing is applied."""


class NameTaken(NotNow):
    """Somebody in this ring already goes by that name; `holder` is that participant."""

    def __init__(self, holder: Participant) -> None:
        super().__init__(f"There is already somebody called {holder.name} here.")
        self.holder = holder


@dataclass(frozen=True)
class By:
    """Who acts, and under which op (made by the page; one is made here where there is none)."""

    who: Participant | User | None
    op: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class Change:
    """What a command works on: the locked ring, who acts, the moment, and whose own page must hear of it."""

    ring: Ring
    by: By
    now: datetime
    seats: set[int] = field(default_factory=set)
    everyone: bool = False

    def touches(self, *people: Participant | int) -> None:
        self.seats.update(p if isinstance(p, int) else p.pk for p in people)


def command[**P](
    change: Callable[Concatenate[Change, P], Refs],
) -> Callable[Concatenate[Ring, By, P], Event]:
    """Make `change` the inside of a door that takes the ring, who acts, and its own keywords.

    Returns the event that records the change; for an op seen before, the event of that time.
    """

    @wraps(change)
    def door(ring: Ring, by: By, /, *args: P.args, **fields: P.kwargs) -> Event:
        body = _digest(change.__name__, by, fields)
        with transaction.atomic():
            locked = Ring.objects.select_for_update().get(pk=ring.pk)
            earlier = locked.events.filter(op=by.op).first()
            if earlier:
                if earlier.body != body:
                    raise OpReused("This page is out of step. Reload it and try once more.")
                return earlier
            room = Change(ring=locked, by=by, now=timezone.now())
            refs = change(room, *args, **fields)
            locked.version += 1
            locked.save()  # whole, but under its lock: nobody else can have written it
            event = _record(room, change.__name__, body, refs)
            # robust: a dead channel layer must not turn a committed change into an error
            transaction.on_commit(
                partial(
                    live.announce,
                    locked.pk,
                    locked.version,
                    seats=None if room.everyone else sorted(room.seats),
                ),
                robust=True,
            )
            return event

    return door


def _digest(kind: str, by: By, fields: Mapping[str, object]) -> str:
    plain = {
        name: value.pk if isinstance(value, models.Model) else str(value)
        for name, value in sorted(fields.items())
    }
    who = [by.who._meta.model_name, by.who.pk] if by.who else []
    text = json.dumps([kind, who, plain])
    return hashlib.sha256(text.encode()).hexdigest()


def _record(room: Change, kind: str, body: str, refs: Refs) -> Event:
    who = room.by.who
    return Event.objects.create(
        ring=room.ring,
        version=room.ring.version,
        op=room.by.op,
        body=body,
        kind=kind,
        by_user=who if isinstance(who, User) else None,
        by_participant=who if isinstance(who, Participant) else None,
        refs=refs,
        at=room.now,
    )


# --- a ring begins --------------------------------------------------------------------------------


def open_ring(user: User, op: str, **plan: Any) -> Ring:
    """A new ring of `user` in its lobby; `plan` are the fields of `Ring`. The same op gives the same ring."""
    with transaction.atomic():
        invite = hashlib.sha256(f"{user.pk}/{op}".encode()).hexdigest()[:32]
        ring, made = Ring.objects.get_or_create(
            facilitator=user, invite=invite, defaults={**plan, "version": 1}
        )
        if made:
            room = Change(ring=ring, by=By(user, op), now=timezone.now())
            _record(room, "open_ring", _digest("open_ring", room.by, plan), {})
        return ring


# --- people come in -------------------------------------------------------------------------------


@command
def join(room: Change, *, name: str, key_hash: str) -> Refs:
    """A phone comes in under a name. Once the turns have begun it waits at the door."""
    if room.ring.phase not in JOINABLE:
        raise NotNow("This ring no longer takes new people.")
    _free_name(room, name)
    seat = Seat.JOINED if room.ring.door_open else Seat.WAITING
    me = _seat(room, name=name, key_hash=key_hash, seat=seat, seen_at=room.now)
    return {"participant": me.pk}


@command
def add_seat(room: Change, *, name: str) -> Refs:
    """The facilitator gives a place to somebody without a phone, and will write for them."""
    if room.ring.phase not in JOINABLE:
        raise NotNow("This ring no longer takes new people.")
    _free_name(room, name)
    return {"participant": _seat(room, name=name, proxy=True).pk}


@command
def claim(room: Change, *, participant: Participant, key_hash: str) -> Refs:
    """Another device says "that's me"; it waits at the door for the facilitator's yes."""
    if room.ring.is_over:
        raise NotNow("This ring is over.")
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
def admit(room: Change, *, participant: Participant) -> Refs:
    """The facilitator opens the door to one who waits: a newcomer, or somebody's second device."""
    participant = _at_the_door(room, participant)
    held = participant.claims
    if held is None:
        participant.seat = Seat.JOINED
        participant.save(update_fields=["seat"])
        _ask_for(room, participant)
        return {"participant": participant.pk}
    key_hash, pk = participant.key_hash, participant.pk
    participant.delete()
    held.key_hash, held.proxy, held.seen_at = key_hash, False, room.now
    held.save(update_fields=["key_hash", "proxy", "seen_at"])
    room.touches(held)
    return {"participant": held.pk, "claimant": pk}


@command
def turn_away(room: Change, *, participant: Participant) -> Refs:
    """The facilitator does not let in one who waits at the door."""
    participant = _at_the_door(room, participant)
    pk = participant.pk
    participant.delete()
    return {"participant": pk}


def _at_the_door(room: Change, participant: Participant) -> Participant:
    waiting = room.ring.participants.at_the_door().filter(pk=participant.pk).first()
    if waiting is None:
        raise NotNow(f"{participant.name} is no longer waiting at the door.")
    room.touches(waiting)
    return waiting


def _free_name(room: Change, name: str) -> None:
    holder = room.ring.participants.filter(name_key=name_key(name), claims=None).first()
    if holder:
        raise NameTaken(holder)


def _seat(room: Change, *, name: str, **fields: Any) -> Participant:
    me = Participant.objects.create(
        ring=room.ring, name=name, name_key=name_key(name), joined_at=room.now, **fields
    )
    room.touches(me)
    if me.seat == Seat.JOINED:
        _ask_for(room, me)
    return me


def _ask_for(room: Change, participant: Participant) -> Request:
    """Everybody who is in gets one turn, behind those already waiting."""
    return Request.objects.create(ring=room.ring, participant=participant, place=_last_place(room))


def _last_place(room: Change) -> int:
    top: int = room.ring.asks.aggregate(top=models.Max("place"))["top"] or 0
    return top + 1


# --- asks -----------------------------------------------------------------------------------------


@command
def write(
    room: Change,
    *,
    participant: Participant,
    text: str,
    why: str = "",
    by: date | None = None,
    kind: str = "",
    privacy: str = Privacy.NORMAL,
    ready: bool = True,
) -> Refs:
    """Write or reword an ask; `ready` says it may be shown when its turn comes."""
    if room.ring.phase not in WRITABLE:
        raise NotNow("Asks can no longer be changed: the ring is closing.")
    ask = participant.asks.latest("round")
    if ask.status == AskStatus.OPEN and not text:
        raise NotNow("This ask is already open; it can be reworded, not emptied.")
    ask.text, ask.why, ask.by = text, why, by
    ask.kind = AskKind(kind) if kind else ""
    ask.privacy = Privacy(privacy)
    if not text:
        ask.status = AskStatus.DRAFT
    elif ask.is_shown or (ready and room.ring.phase == Phase.WALL):
        ask.status = AskStatus.OPEN
    else:
        ask.status = AskStatus.READY if ready else AskStatus.DRAFT
    ask.save(update_fields=["text", "why", "by", "kind", "privacy", "status"])
    room.touches(participant)
    return {"ask": ask.pk}


# --- the course of the ring -----------------------------------------------------------------------


@command
def move(room: Change, *, to: str, believing: str) -> Refs:
    """Go to another phase; `believing` is the phase the desk saw when it was pressed."""
    ring, to = room.ring, Phase(to)
    if ring.phase != believing:
        raise NotNow(f"The ring is already in its {Phase(ring.phase).label} phase.")
    if to not in MOVES[Phase(ring.phase)]:
        raise NotNow(f"From {Phase(ring.phase).label} the ring cannot go to {to.label}.")
    if (
        ring.ended_at
        and room.now - ring.ended_at > timedelta(hours=REOPEN_HOURS)
        and to == Phase.CLOSING
    ):
        raise NotNow(f"A ring can be opened again for {REOPEN_HOURS} hours after its end.")
    _unpause(room)
    left = ring.phase
    if left == Phase.TURNS:
        _leave_turns(room, forward=to not in (Phase.WRITING,))
    ring.phase, ring.phase_began_at, ring.phase_paused_seconds = to, room.now, 0
    if left == Phase.LOBBY and ring.began_at is None:
        ring.began_at = room.now
    ring.ended_at = room.now if to == Phase.FOLLOW_UP else None
    if to == Phase.TURNS:
        _enter_turns(room)
    elif to == Phase.WALL:
        ring.asks.filter(status=AskStatus.READY, turn__in=STILL_TO_COME).update(
            status=AskStatus.OPEN
        )
    room.everyone = True
    return {"from": left, "to": to}


def _enter_turns(room: Change) -> None:
    following = room.ring.asks.in_queue().first()
    if following:
        _give(room, following)
        return
    last = _last_ended(room)  # back from the wall: the last one has the ring again
    if last is None:
        raise NotNow("Nobody is in the ring yet.")
    _resume(room, last)


def _leave_turns(room: Change, *, forward: bool) -> None:
    current = room.ring.current
    if current:
        if forward:
            _end(room, current, Turn.DONE)
        else:
            _put_back(current)
    room.ring.current = None


@command
def next_turn(room: Change, *, believing: int | None) -> Refs:
    """End this turn and give the ring to the next in the queue.

    `believing` is the ask the desk saw on stage: a stale or second press changes nothing.
    """
    current = _on_stage(room, believing)
    following = room.ring.asks.in_queue().first()
    if following is None:
        raise NotNow("Everyone has had their turn. The wall is next.")
    if current:
        _end(room, current, Turn.DONE)
    _give(room, following)
    return {"ended": current and current.pk, "began": following.pk}


@command
def defer(room: Change, *, believing: int | None) -> Refs:
    """The one on stage asks later, behind everybody still waiting; the next one begins."""
    current = _need_current(room, believing)
    following = room.ring.asks.in_queue().first()
    if following is None:
        raise NotNow("Nobody else is waiting, so there is no later.")
    _end(room, current, Turn.DEFERRED)
    _shelve(current)
    current.place = _last_place(room)
    current.save(update_fields=["place"])
    _give(room, following)
    return {"deferred": current.pk, "began": following.pk}


@command
def skip(room: Change, *, believing: int | None) -> Refs:
    """The one on stage passes, by their own choice; the next one begins, if somebody waits."""
    current = _need_current(room, believing)
    _end(room, current, Turn.PASSED)
    _shelve(current)
    following = room.ring.asks.in_queue().first()
    if following:
        _give(room, following)
    else:
        room.ring.current = None
    return {"passed": current.pk, "began": following and following.pk}


@command
def back(room: Change, *, believing: int | None) -> Refs:
    """One step back: the last one to have had the ring has it again, with the time they had used."""
    current = _on_stage(room, believing)
    before = _last_ended(room)
    if before is None:
        raise NotNow("This is the first turn. Go back to writing from the steps above.")
    if current:
        _put_back(current)
    _resume(room, before)
    return {"waits": current and current.pk, "again": before.pk}


@command
def pause(room: Change, *, paused: bool) -> Refs:
    """Stop the clock, or let it go on. Paused time is in no plan."""
    ring = room.ring
    if ring.phase not in PAUSABLE:
        raise NotNow("There is no clock running to pause.")
    if paused == (ring.paused_at is not None):
        raise NotNow("The ring is already paused." if paused else "The ring is already going on.")
    if paused:
        ring.paused_at = room.now
    else:
        _unpause(room)
    room.everyone = True
    return {"paused": paused}


def _unpause(room: Change) -> None:
    ring = room.ring
    if ring.paused_at is None:
        return
    rest = int((room.now - ring.paused_at).total_seconds())
    ring.phase_paused_seconds += rest
    ring.paused_at = None
    if ring.current:
        ring.current.paused_seconds += rest
        ring.current.save(update_fields=["paused_seconds"])


def _on_stage(room: Change, believing: int | None) -> Request | None:
    """The ask on stage, when the desk knows it; else a sentence that says who is."""
    if room.ring.phase != Phase.TURNS:
        raise NotNow("The turns are not running just now.")
    current = room.ring.current
    if (current and current.pk) != believing:
        if current is None:
            raise NotNow("Nobody has the ring just now: everyone has had their turn.")
        raise NotNow(
            f"{current.participant.name} already has the ring; somebody was a moment quicker."
        )
    _unpause(room)
    return current


def _need_current(room: Change, believing: int | None) -> Request:
    current = _on_stage(room, believing)
    if current is None:
        raise NotNow("Nobody has the ring just now.")
    return current


def _last_ended(room: Change) -> Request | None:
    return room.ring.asks.exclude(ended_at=None).order_by("-ended_at", "-pk").first()


def _give(room: Change, ask: Request) -> None:
    ask.turn, ask.began_at, ask.ended_at, ask.paused_seconds = Turn.ASKING, room.now, None, 0
    if ask.status == AskStatus.READY or (ask.status == AskStatus.DRAFT and ask.text):
        ask.status = AskStatus.OPEN
    ask.save(update_fields=["turn", "began_at", "ended_at", "paused_seconds", "status"])
    room.ring.current = ask
    room.everyone = True


def _resume(room: Change, ask: Request) -> None:
    """Give the ring back to one whose turn had ended; the clock shows what they had used."""
    if ask.began_at and ask.ended_at:
        ask.began_at = room.now - (ask.ended_at - ask.began_at)
    ask.turn = Turn.OFFERING if ask.offers.exists() else Turn.ASKING
    ask.ended_at = None
    if ask.text:
        ask.status = AskStatus.OPEN
    ask.save(update_fields=["turn", "began_at", "ended_at", "status"])
    room.ring.current = ask
    room.everyone = True


def _end(room: Change, ask: Request, turn: Turn) -> None:
    ask.turn, ask.ended_at = turn, room.now
    ask.save(update_fields=["turn", "ended_at"])
    room.everyone = (
        True  # each phone's own part speaks of the turn: my offer to you, your turn is next
    )


def _put_back(ask: Request) -> None:
    ask.turn, ask.began_at, ask.ended_at = Turn.WAITING, None, None
    ask.save(update_fields=["turn", "began_at", "ended_at"])
    _shelve(ask)


def _shelve(ask: Request) -> None:
    """An ask shown too early is hidden again, unless somebody has already offered on it."""
    active = ask.offers.exclude(status=OfferStatus.WITHDRAWN)
    if ask.status == AskStatus.OPEN and not active.exists():
        ask.status = AskStatus.READY
        ask.save(update_fields=["status"])


# --- offers ---------------------------------------------------------------------------------------


@command
def offer(
    room: Change,
    *,
    ask: Request,
    helper: Participant,
    kind: str = OfferKind.SUPPORT,
    strength: str = Strength.FIRM,
    note: str = "",
    due: date | None = None,
    private: bool = False,
    scribed: bool = False,
) -> Refs:
    """Pledge help on one ask. A second pledge by the same helper rewords the first.

    It is filed under the ask it was made for, whoever has the ring by the time it arrives.
    """
    if room.ring.phase not in OFFERABLE:
        raise NotNow(
            "This ring is over."
            if room.ring.is_over
            else "Offers open once the first person has asked."
        )
    ask = room.ring.asks.select_related("participant").get(pk=ask.pk)
    if ask.participant_id == helper.pk:
        raise NotNow("This ask is your own. Somebody else will see it.")
    if not ask.is_shown:
        raise NotNow(f"Offers open once {ask.participant.name} has read the ask.")
    mine = ask.offers.filter(helper=helper).exclude(status=OfferStatus.WITHDRAWN).first()
    mine = mine or Offer(ring=room.ring, ask=ask, helper=helper, asker=ask.participant)
    mine.kind, mine.strength = OfferKind(kind), Strength(strength)
    mine.note, mine.due, mine.private, mine.scribed = note, due, private, scribed
    if mine.pk is None:
        mine.created_at = room.now
    mine.save()
    if ask.turn == Turn.ASKING:
        ask.turn = Turn.OFFERING
        ask.save(update_fields=["turn"])
    room.touches(ask.participant_id, helper)
    return {"offer": mine.pk, "ask": ask.pk}


@command
def withdraw(room: Change, *, offer: Offer) -> Refs:
    """Take a fresh offer back. Later it can be let go, which tells the asker kindly."""
    offer = room.ring.offers.get(pk=offer.pk)
    if offer.status != OfferStatus.PLEDGED:
        raise NotNow("This offer has already been answered.")
    fresh = room.now - offer.created_at <= timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
    if not fresh and not offer.scribed:
        raise NotNow(
            f"An offer can be taken back for {UNDO_SECONDS} seconds. Later, tell the asker."
        )
    offer.status = OfferStatus.WITHDRAWN
    offer.save(update_fields=["status"])
    room.touches(offer.asker_id, offer.helper_id)
    return {"offer": offer.pk, "ask": offer.ask_id}
