"""What the made-up people of a rehearsal do, from what is stored and the clock; nothing else remembers.

An open desk asks for a step every second (`views/rehearsal.py`). A step renews who is here and makes at
most one of them act, by the same commands as everybody. The op of an act is made from the ring and the
act, so however many desks or processes step, each act happens once; one that the facilitator has undone
or put out does not come again.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from rings import actions
from rings.actions import By
from rings.models import Event, Participant, Ring
from rings.phases import ON_STAGE, STILL_TO_COME, AskStatus, NotNow, Phase, Seat
from rings.picture import Picture
from rings.troupe import AWAY, FOR_ANYBODY, LATE, PROMISES, TROUPE, MadeUp, Promise

SEEN_EVERY = timedelta(seconds=4)  # a lease lasts 15 s, and a step may be a few late
BACK_AFTER = 25  # seconds of the turn of who was away, until they have found their phone
APART = 4  # seconds between two offers at the wall


@dataclass(frozen=True)
class Act:
    """One thing somebody made up does now: which command, under which op, by whom."""

    op: str
    command: Callable[..., Event]
    who: Participant | None
    fields: dict[str, Any]


def step(ring_pk: int) -> Event | None:
    """One beat of a rehearsal; the event of what was done, if anything was."""
    picture = Picture.of(ring_pk)
    ring = picture.ring
    if not ring.practice or not ring.is_live:
        return None
    now = timezone.now()
    _be_here(picture, now)
    if ring.paused_at or not ring.pace:
        return None
    done = set(ring.events.values_list("op", flat=True))
    for act in due(picture, now):
        if act.op in done:
            continue
        try:
            return act.command(ring, By(act.who, act.op), **act.fields)
        except NotNow:  # a rule says no, as it would to anybody: perhaps another one may
            continue
    return None


def due(picture: Picture, now: datetime) -> Iterator[Act]:
    """What the made-up people would have done by now, in the order they do it."""
    yield from _come(picture, now)
    yield from _write(picture, now)
    if picture.ring.phase == Phase.TURNS:
        yield from _offer_in_turn(picture, now)
    elif picture.ring.phase == Phase.WALL:
        yield from _offer_at_the_wall(picture, now)


# --- who is who -------------------------------------------------------------------------------------


def secret(ring: Ring, what: str) -> str:
    """A name for a thing of this ring alone, that nobody outside can make."""
    text = f"rehearsal/{ring.pk}/{what}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def seats(picture: Picture) -> dict[str, Participant]:
    """The seats of those made up who have come, by their names in the troupe."""
    by_key = {p.key_hash: p for p in (*picture.participants, *picture.door, *picture.out)}
    keys = {one.name: secret(picture.ring, f"key/{one.name}") for one in TROUPE}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}


def _seated(picture: Picture) -> dict[str, Participant]:
    return {name: p for name, p in seats(picture).items() if p.seat == Seat.JOINED}


def _be_here(picture: Picture, now: datetime) -> None:
    """Their phones are open, but for the one who has put it away."""
    open_phones = [
        p.pk
        for name, p in seats(picture).items()
        if p.seat in (Seat.JOINED, Seat.WAITING)
        and not (name == AWAY and is_away(picture, p, now))
        and (p.seen_at is None or p.seen_at < now - SEEN_EVERY)
    ]
    if open_phones:
        Participant.objects.filter(pk__in=open_phones).update(seen_at=now)


def is_away(picture: Picture, who: Participant, now: datetime) -> bool:
    """From the start of the turns until three have ended, or until they are called and found."""
    if picture.ring.phase != Phase.TURNS:
        return False
    ask = picture.current
    if ask and ask.participant_id == who.pk:
        return _into_turn(picture, now) < BACK_AFTER
    return len(picture.behind) < 3


# --- when -------------------------------------------------------------------------------------------


def _into_phase(picture: Picture, now: datetime) -> float:
    ring = picture.ring
    ran = (now - ring.phase_began_at).total_seconds() - ring.phase_paused_seconds
    return ran * ring.pace


def _into_turn(picture: Picture, now: datetime) -> float:
    ask = picture.current
    if ask is None or ask.began_at is None:
        return 0
    return ((now - ask.began_at).total_seconds() - ask.paused_seconds) * picture.ring.pace


# --- what -------------------------------------------------------------------------------------------


def _come(picture: Picture, now: datetime) -> Iterator[Act]:
    """Who has a phone comes in by it, one after the other; one is late, and stands at the door."""
    ring, into = picture.ring, _into_phase(picture, now)
    for one in TROUPE:
        if one.name == LATE:
            second = ring.phase == Phase.TURNS and bool(picture.behind)
            comes = (second and _into_turn(picture, now) >= one.comes) or ring.phase == Phase.WALL
        else:
            comes = ring.phase != Phase.LOBBY or into >= one.comes
        if comes:
            op, key = secret(ring, f"join/{one.name}"), secret(ring, f"key/{one.name}")
            yield Act(op, actions.join, None, {"name": one.name, "key_hash": key})


def _write(picture: Picture, now: datetime) -> Iterator[Act]:
    """In the writing each at their own time; later at once, for whoever came late."""
    ring, into = picture.ring, _into_phase(picture, now)
    if ring.phase not in (Phase.WRITING, Phase.TURNS, Phase.WALL):
        return
    for one in TROUPE:
        who = _seated(picture).get(one.name)
        ask = picture.ask_of.get(who.pk) if who else None
        if who is None or ask is None or ask.text:
            continue
        if ring.phase == Phase.WRITING and into < one.writes:
            continue
        if ask.turn in STILL_TO_COME | ON_STAGE:
            yield Act(secret(ring, f"write/{ask.pk}"), actions.write, who, _words(one, who))


def _words(one: MadeUp, who: Participant) -> dict[str, Any]:
    return {"participant": who, "text": str(one.text), "why": str(one.why), "kind": one.kind}


def _offer_in_turn(picture: Picture, now: datetime) -> Iterator[Act]:
    ask, into = picture.current, _into_turn(picture, now)
    if ask is None:
        return
    for promise in _promises(picture, ask.participant_id):
        if into >= promise.after:
            yield from _offer(picture, ask.pk, promise)


def _offer_at_the_wall(picture: Picture, now: datetime) -> Iterator[Act]:
    """What nobody came to say in a turn, where least was offered first; one at a time."""
    last = max((offer.created_at for offer in picture.offers), default=picture.ring.phase_began_at)
    since = max(last, picture.ring.phase_began_at)
    if (now - since).total_seconds() * picture.ring.pace < APART:
        return
    for ask in picture.open_asks:
        for promise in _promises(picture, ask.participant_id):
            yield from _offer(picture, ask.pk, promise)


def _promises(picture: Picture, asker_pk: int) -> tuple[Promise, ...]:
    asker = next((name for name, p in seats(picture).items() if p.pk == asker_pk), "")
    return PROMISES.get(asker, FOR_ANYBODY)


def _offer(picture: Picture, ask_pk: int, promise: Promise) -> Iterator[Act]:
    helper = _seated(picture).get(promise.helper)
    ask = next(ask for ask in picture.asks if ask.pk == ask_pk)
    if helper is None or ask.status == AskStatus.WITHDRAWN or ask.participant_id == helper.pk:
        return
    if helper.pk not in picture.here:  # a phone in a pocket offers nothing
        return
    yield Act(
        secret(picture.ring, f"offer/{ask.pk}/{promise.helper}"),
        actions.offer,
        helper,
        {
            "ask": ask,
            "helper": helper,
            "kind": promise.kind,
            "strength": promise.strength,
            "note": str(promise.note),
            "private": promise.private,
        },
    )
