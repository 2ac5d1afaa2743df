"""A ring's file read and brought in: whatever is not a file of ours is refused with a sentence.

Every text goes through what typed text goes through, every value must be one its column takes, and
every number must be that of a row of the same ring. Keys, codes and links are made anew.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from rings.forms import YEARS, Name, Text
from rings.models import (
    Circle,
    Event,
    Offer,
    Participant,
    Reply,
    Request,
    Ring,
    Tally,
    Wording,
    name_key,
)
from rings.past import shape
from rings.past.taking import Open
from rings.phases import OVER, NotNow, Phase, Seat

LARGEST = {"PositiveSmallIntegerField": 32_767, "PositiveIntegerField": 2**31 - 1}
KIND = re.compile(r"[a-z_]{1,24}")
PATH = re.compile(r"[A-Za-z0-9 .,-]*")  # of the sketch: one SVG path
WORD = re.compile(r"[\w ./:+-]{0,60}")  # any text among an event's refs: a state, a moment, a card
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
type Column = models.Field[Any, Any]
PIECES = 40  # of an event's refs
SORTS: dict[str, type[models.Model]] = {
    "ring": Ring,
    "request": Request,
    "participant": Participant,
}
PASSING = frozenset({"paused_at", "break_until", "card"})  # of a ring under way alone


class NotOurs(NotNow):
    """This is no file that can be brought in; nothing is. The message is a sentence."""

    status = 422


def _odd(where: str) -> NotOurs:
    return NotOurs(_("Something in this file cannot be: {where}.").format(where=where))


# --- the file -------------------------------------------------------------------------------------


def read(data: bytes) -> tuple[Open, list[dict[str, Any]]]:
    """How much a file tells, and its rings, still to be checked one by one."""
    if len(data) > shape.AT_MOST:
        raise NotOurs(_("This file is too large. At most 20 MB can be brought in."))
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotOurs(_("This is not a file of a ring: choose one that ends in .json.")) from None
    if not isinstance(said, dict) or "ringsite" not in said:
        raise NotOurs(_("This is not a file of a ring: choose one that ends in .json."))
    if said["ringsite"] is True or said["ringsite"] != shape.VERSION:
        raise NotOurs(_("This file is of another version than this site reads."))
    holds, rings = said.get("holds"), said.get("rings")
    if holds not in [how.value for how in Open]:
        raise _odd("holds")
    if not isinstance(rings, list) or not all(isinstance(each, dict) for each in rings):
        raise _odd("rings")
    if not rings:
        raise NotOurs(_("There is no ring in this file."))
    return Open(holds), rings


def _no_number(name: str) -> float:
    raise ValueError(name)


# --- a ring ---------------------------------------------------------------------------------------


def write(said: dict[str, Any], how: Open, by: User) -> Ring:
    """Make one ring of a file, with all its rows; inside the caller's transaction.

    It is its facilitator's where there is an account of that address, else of `by`.
    """
    ring = _ring(_dict(said.get("ring"), "ring"), how, by)
    numbers: shape.Numbers = {"ring": {1: ring.pk}}
    people = _people(ring, _list(said, "people"))
    numbers["participant"] = {number: person.pk for number, person in people.items()}
    asks = _asks(ring, people, _list(said, "asks"))
    numbers["request"] = {number: ask.pk for number, ask in asks.items()}
    offers = _offers(ring, people, asks, _list(said, "offers"), how)
    numbers["offer"] = {number: offer.pk for number, offer in offers.items()}
    Wording.objects.bulk_create(
        Wording(ask=_linked(each, "ask", asks, where), **_values(Wording, each, where))
        for each, where in _rows(said, "wordings")
    )
    Reply.objects.bulk_create(
        Reply(
            ring=ring,
            ask=_linked(each, "ask", asks, where),
            participant=_linked(each, "participant", people, where),
            **_values(Reply, each, where),
        )
        for each, where in (_rows(said, "replies") if how is Open.WHOLE else ())
    )
    events = [_event(ring, people, numbers, each, where) for each, where in _rows(said, "events")]
    Event.objects.bulk_create(events)
    ring.version = max((event.version for event in events), default=0)
    ring.save(update_fields=["version"])
    if said.get("tally") is not None:
        _tally(ring, _dict(said["tally"], "tally"))
    return ring


def _ring(said: dict[str, Any], how: Open, by: User) -> Ring:
    values, now = _values(Ring, said, "ring"), timezone.now()
    if values["phase"] not in OVER:
        raise NotOurs(_("This ring is not over. Only a ring that is over can be brought in."))
    values["ended_at"] = values["ended_at"] or now  # by it is reckoned how long words are kept
    if values["ended_at"] > now + timedelta(days=1):
        raise _odd("ring, ended_at")
    if not values["title"]:
        raise _odd("ring, title")
    if not LANGUAGE.fullmatch(values["language"]):
        raise _odd("ring, language")
    if how is not Open.WHOLE and values["phase"] != Phase.CANCELLED:
        values["phase"] = Phase.ARCHIVED  # it cannot go on without what is missing
    if how is Open.NUMBERS:
        values["erased_at"] = values["erased_at"] or now
    address = _text(said.get("facilitator"), 254, "ring, facilitator")
    known = User.objects.filter(email__iexact=address, is_active=True) if address else None
    facilitator = (known.order_by("pk").first() if known is not None else None) or by
    name = _text(said.get("circle"), 80, "ring, circle")
    circle = Circle.objects.get_or_create(owner=facilitator, name=name)[0] if name else None
    return Ring.objects.create(facilitator=facilitator, circle=circle, **values)


def _people(ring: Ring, said: list[Any]) -> dict[int, Participant]:
    people: dict[int, Participant] = {}
    waits: list[tuple[Participant, Any, str]] = []
    for number, where, each in _numbered(said, "people"):
        values = _values(Participant, each, where, unknown={"name"})
        name = values.pop("name")
        if name is None:
            values["erased"], name = True, f"#{number}"
        person = Participant(ring=ring, name=name, name_key=name_key(name), **values)
        if person.erased:
            person.name_key = _nobodys()
        if each.get("claims") is not None:  # of the same name as whose seat they ask for
            waits.append((person, each["claims"], where))
            person.name_key = _nobodys()
        people[number] = person
    Participant.objects.bulk_create(people.values())
    for person, claims, where in waits:
        person.claims = _linked({"claims": claims}, "claims", people, where)
        if not person.erased:
            person.name_key = name_key(person.name)
        person.save(update_fields=["claims", "name_key"])
    return people


def _nobodys() -> str:
    """A key under which no name is."""
    return f"#{uuid4().hex}"


def _asks(ring: Ring, people: dict[int, Participant], said: list[Any]) -> dict[int, Request]:
    asks = {}
    for number, where, each in _numbered(said, "asks"):
        values = _values(Request, each, where, unknown={"text", "why"})
        if values["text"] is None:
            values |= {"text": "", "why": "", "by": None, "erased": True}
        values["why"] = values["why"] or ""
        asker = _linked(each, "participant", people, where)
        asks[number] = Request(ring=ring, participant=asker, **values)
    Request.objects.bulk_create(asks.values())
    return asks


def _offers(
    ring: Ring,
    people: dict[int, Participant],
    asks: dict[int, Request],
    said: list[Any],
    how: Open,
) -> dict[int, Offer]:
    offers = {}
    for number, where, each in _numbered(said, "offers"):
        each.setdefault("thanks_aloud", False)  # older files do not say it
        values = _values(Offer, each, where, unknown={"note", "came_of", "thanks"})
        for words in ("note", "came_of", "thanks"):
            values[words] = values[words] or ""
        ask = _linked(each, "ask", asks, where)
        if each.get("helper") is None and values["private"] and how is not Open.WHOLE:
            helper = _somebody(ring, len(people) + number)
        else:
            helper = _linked(each, "helper", people, where)
        offers[number] = Offer(ring=ring, ask=ask, helper=helper, asker=ask.participant, **values)
    Offer.objects.bulk_create(offers.values())
    return offers


def _somebody(ring: Ring, number: int) -> Participant:
    """A seat for who made a private offer, whom the file does not name: in no picture of the ring."""
    return Participant.objects.create(
        ring=ring,
        name=f"#{number}",
        name_key=_nobodys(),
        seat=Seat.LEFT,
        erased=True,
        joined_at=ring.created_at,
    )


def _event(
    ring: Ring,
    people: dict[int, Participant],
    numbers: shape.Numbers,
    said: dict[str, Any],
    where: str,
) -> Event:
    values = _values(Event, said, where)
    if not KIND.fullmatch(values["kind"]) or values["kind"] in shape.RECORD:
        raise _odd(f"{where}, kind")
    desk = said.get("by") == "desk"
    by = None if desk or said.get("by") is None else _linked(said, "by", people, where)
    refs = _plain(_dict(said.get("refs"), f"{where}, refs"), f"{where}, refs")
    if values["kind"] == "move" and not {refs.get("from"), refs.get("to")} <= set(Phase):
        raise _odd(f"{where}, refs")
    was = said.get("was")
    if was is not None:
        for row, before in _dict(was, f"{where}, was").items():
            _stood(row, _dict(before, f"{where}, was"), f"{where}, was")
    return Event(
        ring=ring,
        op=uuid4().hex,
        by_user=ring.facilitator if desk else None,
        by_participant=by,
        refs=shape.refs(values["kind"], refs, numbers),
        was=shape.was(was, numbers),
        **values,
    )


def _plain(said: dict[str, Any], where: str) -> dict[str, Any]:
    """The refs of an event: numbers, states and moments by short names, and never a text."""
    if len(said) > PIECES:
        raise _odd(where)
    for name, value in said.items():
        listed = value if isinstance(value, list) else [value]
        if not re.fullmatch(r"[a-z_]{1,30}", name) or not all(map(_is_plain, listed)):
            raise _odd(where)
    return said


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return bool(WORD.fullmatch(value))
    return value is None or (isinstance(value, int) and abs(value) < 2**31)


def _stood(row: str, before: dict[str, Any], where: str) -> None:
    """How a row stood before an event: columns of it that an undo puts back, and values they take."""
    model = SORTS.get(row.partition(" ")[0])
    if model is None:
        raise _odd(where)
    columns = {column.attname: column for column in model._meta.concrete_fields}
    for name, value in before.items():
        if name in {"current_id", "leader_id"}:
            if not (value is None or type(value) is int):
                raise _odd(where)
        elif name not in columns or name not in {*shape.COLUMNS[model], *PASSING}:
            raise _odd(where)
        elif value is not None or not columns[name].null:
            _value(columns[name], value, where)


def _tally(ring: Ring, said: dict[str, Any]) -> None:
    """The numbers as they were counted where the ring was: here not all of it may be known."""
    values = _values(Tally, said, "tally")
    if not PATH.fullmatch(values["sketch"]):
        raise _odd("tally, sketch")
    Tally.objects.create(ring=ring, month=ring.ended_in, **values)


# --- values ---------------------------------------------------------------------------------------


def _dict(said: Any, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise _odd(where)
    return said


def _list(said: dict[str, Any], name: str) -> list[Any]:
    rows = said.get(name)
    if not isinstance(rows, list):
        raise _odd(name)
    return rows


def _rows(said: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any], str]]:
    for number, each in enumerate(_list(said, name), 1):
        yield _dict(each, f"{name} {number}"), f"{name} {number}"


def _numbered(said: Iterable[Any], name: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Rows that carry their number, which is their place."""
    for number, each in enumerate(said, 1):
        row = _dict(each, f"{name} {number}")
        if type(row.get("id")) is not int or row["id"] != number:
            raise _odd(f"{name} {number}, id")
        yield number, f"{name} {number}", row


def _linked[R](said: dict[str, Any], name: str, rows: dict[int, R], where: str) -> R:
    number = said.get(name)
    if type(number) is not int or number not in rows:
        raise NotOurs(
            _("Something in this file points at what is not there: {where}.").format(
                where=f"{where}, {name}"
            )
        )
    return rows[number]


def _values(
    model: type[models.Model], said: dict[str, Any], where: str, unknown: Iterable[str] = ()
) -> dict[str, Any]:
    """The columns of a row; of those that are `unknown` null may stand for what the file does not tell."""
    values: dict[str, Any] = {}
    columns = {column.name: column for column in model._meta.concrete_fields}
    for name in shape.COLUMNS[model]:
        column, value, spot = columns[name], said.get(name), f"{where}, {name}"
        if value is None:
            if not column.null and name not in unknown:
                raise _odd(spot)
            values[name] = None
        else:
            values[name] = _value(column, value, spot)
    return values


def _value(column: Column, value: Any, where: str) -> Any:
    take = TAKE[type(column).__name__]
    try:
        taken = take(column, value)
    except (ValueError, OverflowError, ValidationError):
        raise _odd(where) from None
    if column.choices and taken != "" and taken not in [key for key, _label in column.flatchoices]:
        raise _odd(where)
    if taken == "" and column.choices and not column.blank:
        raise _odd(where)
    return taken


def _text(value: Any, limit: int, where: str) -> str:
    try:
        return _typed(Text(max_length=limit, required=False), value or "")
    except (ValueError, ValidationError):
        raise _odd(where) from None


def _typed(kind: Text, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    text: str = kind.clean(value)
    return text


def _take_text(column: Column, value: Any) -> str:
    """As it would be taken from a form; what is no text of somebody's has no limit."""
    if column.model is Participant and column.name == "name":
        name = Name(max_length=column.max_length or 0, error_messages={"max_length": ""})
        return _typed(name, value)  # what is wrong with it is said by `_odd`
    return _typed(Text(max_length=column.max_length or shape.AT_MOST, required=False), value)


def _take_number(column: Column, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST[type(column).__name__]:
        raise ValueError
    return value


def _take_float(column: Column, value: Any) -> float:
    if type(value) not in {int, float} or not 0 <= value < 1e9 or not math.isfinite(value):
        raise ValueError
    return float(value)


def _take_bool(column: Column, value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError
    return value


def _take_moment(column: Column, value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError
    return moment.astimezone(UTC)


def _take_day(column: Column, value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError
    return date.fromisoformat(value)


def _take_numbers(column: Column, value: Any) -> list[int]:
    """The one JSON among the columns: seconds to first offers."""
    if not isinstance(value, list) or not all(type(n) is int and 0 <= n < 2**31 for n in value):
        raise ValueError
    return value


TAKE: dict[str, Callable[[Column, Any], Any]] = {
    "CharField": _take_text,
    "TextField": _take_text,
    "PositiveIntegerField": _take_number,
    "PositiveSmallIntegerField": _take_number,
    "FloatField": _take_float,
    "BooleanField": _take_bool,
    "DateTimeField": _take_moment,
    "DateField": _take_day,
    "JSONField": _take_numbers,
}
