"""Canaries: a word of its own in every personal column of a ring, and where in the database it still is."""

from collections.abc import Iterable
from datetime import date
from secrets import token_hex
from typing import Any

from django.db import connection, models

from rings.models import Participant, Ring
from rings.privacy import TAGS, Tag

PERSONAL = (Tag.WORDS, Tag.NAME, Tag.KEY, Tag.ABOUT)
A_DAY = date(2031, 3, 17)  # for columns that hold a day
TAIL = 10  # signs: an index keeps of a word perhaps only what its neighbour has not

# which row, which column
type Place = tuple[type[models.Model], int, str]


def rows_of(ring: Ring, model: type[models.Model]) -> models.QuerySet[Any]:
    """Every row of a model that belongs to a ring."""
    if model is Ring:
        return Ring.objects.filter(pk=ring.pk)
    names = {field.name for field in model._meta.concrete_fields}
    way = "ring" if "ring" in names else "ask__ring" if "ask" in names else None
    rows = model._default_manager.order_by("pk")
    return rows.filter(**{way: ring}) if way else rows.none()


def columns(model: type[models.Model], *tags: Tag) -> list[Any]:
    wanted = {name for name, tag in TAGS[model].items() if tag in tags}
    return [field for field in model._meta.concrete_fields if field.name in wanted]


def plant(ring: Ring, *tags: Tag) -> dict[Place, str]:
    """Put a canary into every column of every row of a ring that has one of these tags, or a personal one.

    Gives where each one stands.
    """
    planted = {}
    for model in TAGS:
        for row in rows_of(ring, model):
            words: dict[str, Any] = {}
            for field in columns(model, *(tags or PERSONAL)):
                if isinstance(field, models.DateField):
                    words[field.name] = A_DAY
                else:
                    words[field.name] = token_hex(16)[: field.max_length]
                    planted[model, row.pk, field.name] = words[field.name]
            if words:
                model._default_manager.filter(pk=row.pk).update(**words)
    return planted


def dump() -> dict[str, bytes]:
    """Every row of every table of the whole database, an index's own tables among them, as bytes."""
    tables = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  (a table's own name)
            rows = [b"\x00".join(map(_bytes, row)) for row in cursor.fetchall()]
            tables[table] = b"\n".join(rows).lower()
    return tables


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def left(canaries: Iterable[str]) -> dict[str, list[str]]:
    """Those of the canaries that are still anywhere, and in which tables."""
    tables, found = dump(), {}
    for canary in canaries:
        tail = canary[-TAIL:].encode()
        where = [table for table, rows in tables.items() if tail in rows]
        if where:
            found[canary] = where
    return found


def of_person(planted: dict[Place, str], person: Participant) -> dict[Place, str]:
    """The canaries of what somebody is called, wrote or was told in answer to their asks."""
    return {place: word for place, word in planted.items() if _is_of(place, person)}


def _is_of(place: Place, person: Participant) -> bool:
    model, pk, _ = place
    row = model._default_manager.get(pk=pk)
    match model.__name__:
        case "Participant":
            return person.pk in {row.pk, row.claims_id}
        case "Request":
            return bool(row.participant_id == person.pk)
        case "Wording":
            return bool(row.ask.participant_id == person.pk)
        case "Offer":
            return person.pk in {row.helper_id, row.asker_id}
        case "Reply":
            return person.pk in {row.participant_id, row.ask.participant_id}
    return False
