"""The one door for change: `@command` and what a command works with.

It lets in nobody and nothing of another ring, locks the ring, answers a repeated `op` as before, lets
the command check its rule and write, counts the version up by one, writes one event, and announces after
commit. A command raises `NotNow` with a sentence when a rule refuses; nothing is changed then.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, wraps
from threading import Lock
from typing import Any, Concatenate
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from rings import live, team
from rings.models import Event, Offer, Participant, Request, Ring, Tally
from rings.past import search, tally
from rings.phases import NotNow
from rings.picture import Picture

Refs = dict[str, Any]

# SQLite has one writer at a time; who waits here is woken at once, who waits there sleeps and looks.
_line = Lock() if connection.vendor == "sqlite" else nullcontext()


# What an undo puts back: never a text, and nothing that only the people themselves change.
MEMORY: dict[type[models.Model], tuple[str, ...]] = {
    Ring: (
        *("phase", "phase_began_at", "phase_paused_seconds", "phase_extra_seconds", "round"),
        *("paused_at", "break_until", "agreed_end", "turn_seconds", "began_at", "ended_at"),
        *("current_id", "leader_id", "locked", "card"),
    ),
    Request: (
        *("place", "turn", "status", "began_at", "ended_at", "paused_seconds", "extra_seconds"),
        *("hidden", "spoken_at"),
    ),
    Participant: ("seat", "observer"),
}


class OpReused(NotNow):
    """The same op came with another body: the page is confused, nothing is applied."""


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


def undoable[C: Callable[..., Refs]](change: C) -> C:
    """Mark a facilitator's act that can be taken back for a while: its event remembers how it was."""
    change.__dict__["undoable"] = True
    return change


def anybody[C: Callable[..., Refs]](change: C) -> C:
    """Mark an undoable act that anybody of the team may do, and not only who has the ring in hand."""
    change.__dict__["anybody"] = True
    return change


def remembered[C: Callable[..., Refs]](change: C) -> C:
    """Mark another change whose event remembers how it was, so that the ring can be seen again."""
    change.__dict__["remembered"] = True
    return change


def in_hand(room: Change) -> None:
    """What advances or destroys is for who leads just now; anybody of the team can take over first."""
    who = room.by.who
    if isinstance(who, User) and who.pk != team.leader_pk(room.ring):
        raise NotNow(
            _("{name} is leading. Take over first.").format(name=team.leader_name(room.ring))
        )


def command[**P](
    change: Callable[Concatenate[Change, P], Refs],
) -> Callable[Concatenate[Ring, By, P], Event]:
    """Make `change` the inside of a door that takes the ring, who acts, and its own keywords.

    Returns the event that records the change; for an op seen before, the event of that time.
    """

    @wraps(change)
    def door(ring: Ring, by: By, /, *args: P.args, **fields: P.kwargs) -> Event:
        body = digest(change.__name__, by, fields)
        _of_this_ring(ring, by.who, *fields.values())
        with _line, transaction.atomic():
            locked = Ring.objects.select_for_update().get(pk=ring.pk)
            earlier = locked.events.filter(op=by.op).order_by().first()
            if earlier:
                if earlier.body != body:
                    raise OpReused(_("This page is out of step. Reload it and try once more."))
                return earlier
            _still_in(by.who)
            room = Change(ring=locked, by=by, now=timezone.now())
            marks = change.__dict__.keys()
            if "undoable" in marks and "anybody" not in marks:
                in_hand(room)
            was_over = locked.is_over
            before = memory(locked) if marks & {"undoable", "remembered"} else None
            refs = change(room, *args, **fields)
            locked.version += 1
            event = record(room, change.__name__, body, refs)
            if before is not None:
                event.was = _difference(before, memory(locked))
                event.save(update_fields=["was"])
            if "undoable" in marks:
                locked.last_act = event
            locked.save()  # whole, but under its lock: nobody else can have written it
            if locked.is_over or was_over:
                settle(locked)
            seats = None if room.everyone else tuple(sorted(room.seats))
            # robust: a dead channel layer must not turn a committed change into an error
            transaction.on_commit(partial(_tell, locked, seats), robust=True)
            return event

    return door


def drawn_again(room: Change, rings: QuerySet[Ring], kind: str) -> None:
    """Other rings show something of this one that has just changed: their version is counted up too."""
    for ring in rings.select_for_update():
        ring.version += 1
        other = Change(ring=ring, by=By(None), now=room.now)
        record(other, kind, digest(kind, other.by, {}), {})
        ring.save(update_fields=["version"])
        transaction.on_commit(partial(_tell, ring, None), robust=True)


def _of_this_ring(ring: Ring, *things: object) -> None:
    """Who acts and what it is about belong to the ring; what does not is as unknown as nothing at all."""
    for thing in things:
        if isinstance(thing, Participant | Request | Offer) and thing.ring_id != ring.pk:
            raise Http404("There is no such thing in this ring.")


def _still_in(who: Participant | User | None) -> None:
    """Looked at under the lock: whoever was put out a moment ago changes nothing any more."""
    if isinstance(who, Participant) and not Participant.objects.joined().filter(pk=who.pk).exists():
        raise Http404("There is no such thing in this ring.")


def settle(ring: Ring) -> None:
    """Keep the numbers of a ring that is over, and let it be searched; of one opened again neither."""
    search.forget(ring)
    if not ring.is_over:
        Tally.objects.filter(ring=ring).delete()
    elif not ring.practice:
        picture = Picture.of(ring.pk)
        search.index(picture)
        if not ring.erased_at and not _came_in_part(ring):  # the numbers are those of before
            tally.of(picture).save()


def _came_in_part(ring: Ring) -> bool:
    """Whether a ring was brought in from a file that did not tell all: it cannot be counted here."""
    return ring.events.filter(kind="bring_in", refs__whole=False).exists()


Standing = dict[str, dict[str, Any]]  # "request 7": {"turn": "done", ...}


def memory(ring: Ring) -> Standing:
    """How things stand in a ring, as far as an undo puts them back; moments as text."""
    standing = {f"ring {ring.pk}": {name: _plain(getattr(ring, name)) for name in MEMORY[Ring]}}
    for model in (Request, Participant):
        for row in model._default_manager.filter(ring=ring).values("pk", *MEMORY[model]):
            key = f"{model._meta.model_name} {row.pop('pk')}"
            standing[key] = {name: _plain(value) for name, value in row.items()}
    return standing


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _difference(before: Standing, after: Standing) -> Standing:
    """What was otherwise before, row by row; rows that came or went are not undone."""
    changed = {
        row: {name: value for name, value in was.items() if after[row][name] != value}
        for row, was in before.items()
        if row in after
    }
    return {row: was for row, was in changed.items() if was}


def _tell(ring: Ring, seats: tuple[int, ...] | None) -> None:
    live.announce(live.Word(ring.pk, ring.version, seats))


def digest(kind: str, by: By, fields: Mapping[str, object]) -> str:
    """What was asked for under an op, as a keyed hash: it can be compared, and tells nothing."""
    plain = {
        name: value.pk if isinstance(value, models.Model) else str(value)
        for name, value in sorted(fields.items())
    }
    who = [by.who._meta.model_name, by.who.pk] if by.who else []
    text = json.dumps([kind, who, plain])
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def record(room: Change, kind: str, body: str, refs: Refs) -> Event:
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
