"""A past ring as a file: JSON that another installation can bring back, and CSV for a spreadsheet.

Rings are read a batch at a time, in the same number of queries whatever their size, and given out piece
by piece. The schema, and what is told to whom, is in docs/export.md.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db import models

from rings.models import Event, Offer, Participant, Reply, Request, Ring, Tally, Wording
from rings.past import shape
from rings.phases import OfferStatus, Privacy
from rings.picture import one_moment
from rings.team import called

A_BATCH = 20  # rings
BOM = "\ufeff"  # by which a spreadsheet knows UTF-8
UNSAFE = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a formula of a cell


class Open(Enum):
    """How much a file tells."""

    NUMBERS = "numbers"  # people are numbers, no word
    WORDS = "words"  # names and words, as whoever looks back may read them
    WHOLE = "whole"  # everything but keys; for who has the server's shell


@dataclass
class Rows:
    """One ring as it was read, all its rows in the order they were made."""

    ring: Ring
    people: list[Participant] = field(default_factory=list)
    asks: list[Request] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    wordings: list[Wording] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


# --- reading --------------------------------------------------------------------------------------


def read(pks: Sequence[int]) -> Iterator[Rows]:
    """These rings in this order, whole, a batch at a time: seven queries for each batch."""
    for start in range(0, len(pks), A_BATCH):
        yield from _batch(pks[start : start + A_BATCH])


def _batch(pks: Sequence[int]) -> list[Rows]:
    with one_moment():
        rings = Ring.objects.select_related("facilitator", "circle", "tally").in_bulk(pks)
        found = {pk: Rows(rings[pk]) for pk in pks if pk in rings}
        for person in Participant.objects.filter(ring__in=pks).order_by("pk"):
            found[person.ring_id].people.append(person)
        for ask in Request.objects.filter(ring__in=pks).order_by("pk"):
            found[ask.ring_id].asks.append(ask)
        for offer in Offer.objects.filter(ring__in=pks).order_by("pk"):
            found[offer.ring_id].offers.append(offer)
        wordings = Wording.objects.filter(ask__ring__in=pks).select_related("ask")
        for wording in wordings.order_by("pk"):
            found[wording.ask.ring_id].wordings.append(wording)
        for reply in Reply.objects.filter(ring__in=pks).order_by("pk"):
            found[reply.ring_id].replies.append(reply)
        events = Event.objects.filter(ring__in=pks).exclude(kind__in=shape.RECORD)
        for event in events.order_by("ring", "version"):
            found[event.ring_id].events.append(event)
    return list(found.values())


# --- a ring as JSON -------------------------------------------------------------------------------


def entry(rows: Rows, how: Open) -> dict[str, Any]:
    """A ring as it stands in a file, ready for JSON. What this file does not tell is null."""
    ring, whole = rows.ring, how is Open.WHOLE
    telling = _Telling(rows, how)
    tally = getattr(ring, "tally", None)
    return {
        "ring": {
            **_columns(ring),
            "facilitator": None if how is Open.NUMBERS else ring.facilitator.email,
            "circle": ring.circle.name if ring.circle else None,
        },
        "people": [telling.person(person) for person in rows.people],
        "asks": [telling.ask(ask) for ask in rows.asks],
        "offers": [telling.offer(offer) for offer in rows.offers if offer.pk in telling.offers],
        "wordings": [telling.wording(w) for w in rows.wordings if telling.is_open(w.ask_id)],
        "replies": [telling.reply(reply) for reply in rows.replies] if whole else None,
        "replies_said": len(rows.replies),
        "events": [telling.event(event) for event in rows.events if telling.tells(event)],
        "tally": _columns(tally) if tally else None,
    }


def _columns(row: models.Model) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in shape.COLUMNS[type(row)]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date, too


class _Telling:
    """What a file tells of one ring, and the numbers of its rows."""

    def __init__(self, rows: Rows, how: Open) -> None:
        self.how = how
        self.asks = {ask.pk: ask for ask in rows.asks}
        whole = how is Open.WHOLE
        told = [o for o in rows.offers if whole or o.status != OfferStatus.WITHDRAWN]
        self.offers = _numbered(told)
        self.shared = {offer.pk for offer in told if whole or not offer.private}
        self.people = _numbered(rows.people)
        self.numbers: shape.Numbers = {
            "ring": {rows.ring.pk: 1},
            "participant": self.people,
            "request": _numbered(rows.asks),
            "offer": self.offers,
        }

    def is_open(self, ask_pk: int) -> bool:
        """Whether the words of an ask stand in the file."""
        ask = self.asks[ask_pk]
        if self.how is not Open.WORDS:
            return self.how is Open.WHOLE
        return ask.is_shown and not ask.hidden and ask.privacy != Privacy.RING_ONLY

    def person(self, person: Participant) -> dict[str, Any]:
        said = {"id": self.people[person.pk], **_columns(person)}
        said["claims"] = self.people.get(person.claims_id) if person.claims_id else None
        if self.how is Open.NUMBERS and not person.erased:
            said["name"] = None
        if self.how is not Open.WHOLE:
            said["seen_at"] = None
        return said

    def ask(self, ask: Request) -> dict[str, Any]:
        said = {"id": self.numbers["request"][ask.pk], **_columns(ask)}
        said["participant"] = self.people[ask.participant_id]
        if not self.is_open(ask.pk) and not ask.erased:
            said |= {"text": None, "why": None, "by": None}
        return said

    def offer(self, offer: Offer) -> dict[str, Any]:
        shared = offer.pk in self.shared
        said = {"id": self.offers[offer.pk], **_columns(offer)}
        said["ask"] = self.numbers["request"][offer.ask_id]
        said["helper"] = self.people[offer.helper_id] if shared else None
        if not shared or not self.is_open(offer.ask_id):
            said |= {"note": None, "due": None}
        if self.how is not Open.WHOLE:
            said |= _between_two(offer)
        return said

    def wording(self, wording: Wording) -> dict[str, Any]:
        return {"ask": self.numbers["request"][wording.ask_id], **_columns(wording)}

    def reply(self, reply: Reply) -> dict[str, Any]:
        links = {
            "ask": self.numbers["request"][reply.ask_id],
            "participant": self.people[reply.participant_id],
        }
        return {**links, **_columns(reply)}

    def tells(self, event: Event) -> bool:
        """Nobody learns from the events who let an ask go by, took an offer back or made it privately."""
        if self.how is Open.WHOLE:
            return True
        if event.kind in {"reply", "unreply", "release", "still_coming", "unsay"}:
            return False
        return "offer" not in event.refs or event.refs["offer"] in self.shared

    def event(self, event: Event) -> dict[str, Any]:
        by = self.people[event.by_participant_id] if event.by_participant_id else None
        return {
            **_columns(event),
            "by": "desk" if event.by_user_id else by,
            "refs": shape.refs(event.kind, event.refs, self.numbers),
            "was": shape.was(event.was, self.numbers),
        }


def _between_two(offer: Offer) -> dict[str, Any]:
    """What nobody but its two people reads: their words afterwards, and that it was not kept."""
    bare: dict[str, Any] = {"came_of": None, "thanks": None, "still_at": None}
    bare["thanks_aloud"] = False
    if offer.status == OfferStatus.RELEASED:
        bare |= {"status": str(OfferStatus.PLEDGED), "settled_at": None}
    return bare


def _numbered(rows: Iterable[models.Model]) -> dict[Any, int]:
    return {row.pk: number for number, row in enumerate(rows, 1)}


def as_json(rings: Iterable[Rows], how: Open) -> Iterator[str]:
    """The whole file, a ring at a time."""
    head = {"ringsite": shape.VERSION, "holds": how.value}
    yield json.dumps(head)[:-1] + ', "rings": [\n'
    for number, rows in enumerate(rings):
        yield (",\n" if number else "") + json.dumps(entry(rows, how), ensure_ascii=False)
    yield "\n]}\n"


# --- rows for a spreadsheet -----------------------------------------------------------------------

OFFERS = (
    *("round", "place", "asker", "ask", "why", "by", "kind", "ask_status"),
    *("helper", "offer_kind", "strength", "note", "due", "offer_status", "private"),
    *("minutes_of_turn", "seconds_to_offer"),
)
RINGS = (
    *("ring", "title", "circle", "facilitator", "language", "state", "began_at", "ended_at"),
    *(name for name in shape.COLUMNS[Tally] if name != "sketch"),
)


def offers_as_csv(rings: Iterable[Rows], how: Open) -> Iterator[str]:
    """A row for each offer, and one for each ask without; asks that were never shown are left out."""
    yield from as_csv(OFFERS, (row for rows in rings for row in _of_offers(rows, how)))


def _of_offers(rows: Rows, how: Open) -> Iterator[list[Any]]:
    told = entry(rows, how)
    names = {each["id"]: each["name"] or f"#{each['id']}" for each in told["people"]}
    on: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for offer in told["offers"]:
        on[offer["ask"]].append(offer)
    for number, ask in enumerate(rows.asks, 1):
        if not ask.is_shown and not on[number]:
            continue
        said = told["asks"][number - 1]
        first = [said[name] for name in ("round", "place")] + [names[said["participant"]]]
        first += [said[name] for name in ("text", "why", "by", "kind", "status")]
        for offer in on[number] or [{}]:
            second = [names.get(offer.get("helper"), "")]
            columns = ("kind", "strength", "note", "due", "status", "private")
            second += [offer.get(name) for name in columns]
            yield [*first, *second, _minutes(ask), _seconds(ask, offer)]


def _minutes(ask: Request) -> float | None:
    if not ask.began_at or not ask.ended_at:
        return None
    seconds = (ask.ended_at - ask.began_at).total_seconds() - ask.paused_seconds
    return round(seconds / 60, 1)


def _seconds(ask: Request, offer: Mapping[str, Any]) -> int | None:
    """From the beginning of the turn; an offer from before it came at once."""
    if not ask.began_at or not offer:
        return None
    made = datetime.fromisoformat(offer["created_at"])
    return max(0, int((made - ask.began_at).total_seconds()))


def rings_as_csv(pks: Sequence[int]) -> Iterator[str]:
    """A row for each ring with every number of its tally; empty cells are not known."""
    yield from as_csv(RINGS, _of_rings(pks))


def _of_rings(pks: Sequence[int]) -> Iterator[list[Any]]:
    size = A_BATCH * 25  # nothing but one row each
    for start in range(0, len(pks), size):
        some = pks[start : start + size]
        rings = Ring.objects.select_related("facilitator", "circle", "tally").in_bulk(some)
        for ring in (rings[pk] for pk in some if pk in rings):
            tally = getattr(ring, "tally", None)
            numbers = [getattr(tally, name, None) for name in RINGS[8:]]
            yield [
                *(ring.pk, ring.title, ring.circle.name if ring.circle else ""),
                *(called(ring.facilitator), ring.language, ring.phase),
                *(_plain(ring.began_at), _plain(ring.ended_at)),
                *(" ".join(map(str, n)) if isinstance(n, list) else n for n in numbers),
            ]


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of CSV as spreadsheets read it: with a byte order mark, CRLF, and no cell a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    sheet.write(BOM)
    writer.writerow(head)
    for row in rows:
        yield _taken(sheet)
        writer.writerow([safe(cell) for cell in row])
    yield _taken(sheet)


def _taken(sheet: io.StringIO) -> str:
    text = sheet.getvalue()
    sheet.seek(0)
    sheet.truncate()
    return text


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; yes and no as words of their own."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str) and (cell.startswith(UNSAFE) or cell.lstrip().startswith(UNSAFE)):
        return f"'{cell}"
    return cell
