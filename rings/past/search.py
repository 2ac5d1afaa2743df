"""Full-text search over past rings: FTS5 on SQLite, text search on PostgreSQL, behind one function.

A row a ring in a table of its own (migration 0005): `about` is what the ring is called and by whom it
was led, `whole` that and what its facilitator may read of it. Words are folded here, case and accents
away, so that both databases find alike. Rings that are not over, and what was erased, are not in it.
"""

import re
import unicodedata

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from rings.models import Ring
from rings.models.ring import leads
from rings.phases import Privacy
from rings.picture import Picture
from rings.team import called

WORD = re.compile(r"\w+")
AT_MOST = 8  # words of a question


def folded(text: str) -> str:
    """The words of a text as they are compared: casefolded, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def index(picture: Picture) -> None:
    """Put a ring that is over into the table, in place of what stood there for it."""
    ring = picture.ring
    circle = ring.circle.name if ring.circle else ""
    about = f"{ring.title} {ring.host} {called(ring.facilitator)} {circle}"
    asks = [
        ask
        for ask in (*picture.heard, *picture.asks)
        if ask.is_shown and not ask.hidden and ask.privacy != Privacy.RING_ONLY
    ]
    said = [
        *(person.name for person in (*picture.participants, *picture.out)),
        *(f"{ask.text} {ask.why}" for ask in asks),
        *(offer.note for offer in picture.offers if not offer.private and offer.ask in asks),
    ]
    put(ring, about, "" if ring.erased_at else " ".join(said))


def put(ring: Ring, about: str, said: str) -> None:
    """Let a ring be found by what it is called, and by who led it by what was said, too."""
    forget(ring)
    values: list[int | str] = [ring.pk, folded(about), folded(f"{about} {said}")]
    with connection.cursor() as cursor:
        cursor.execute(INSERT[connection.vendor], values)


def forget(ring: Ring) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DELETE[connection.vendor], [ring.pk])


def sweep(ring: Ring) -> None:
    """Take a ring out of the table and leave nothing behind: FTS5 keeps old words until it merges.

    What may still be read of it is put in again when its change is done (`rings.actions.settle`).
    """
    forget(ring)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO rings_found(rings_found) VALUES ('optimize')")


def found(user: User, typed: str) -> Q:
    """Which rings hold all these words, the last one perhaps only begun, in what this user may read.

    Staff search what rings are called; what was said in a ring only who leads it.
    """
    words = folded(typed).split()[:AT_MOST]
    if not words:
        return Q()
    # who leads is asked first: where nobody does, all that was said is not looked through
    return Q(pk__in=_rows("about", words)) | leads(user.pk) & Q(pk__in=_rows("whole", words))


def _rows(column: str, words: list[str]) -> RawSQL:
    """The rings of which this column holds the words; they are folded, so letters and digits only."""
    if connection.vendor == "sqlite":
        terms = " AND ".join(f'"{word}"' for word in words)
        question = f"{column} : ({terms} *)"
    else:
        question = f"{' & '.join(words)}:*"
    return RawSQL(MATCH[connection.vendor, column], [question])  # noqa: S611  (two texts of our own)


INSERT = {
    "sqlite": "INSERT INTO rings_found(rowid, about, whole) VALUES (%s, %s, %s)",
    "postgresql": (
        "INSERT INTO rings_found(ring_id, about, whole)"
        " VALUES (%s, to_tsvector('simple', %s), to_tsvector('simple', %s))"
    ),
}
DELETE = {
    "sqlite": "DELETE FROM rings_found WHERE rowid = %s",
    "postgresql": "DELETE FROM rings_found WHERE ring_id = %s",
}
MATCH = {
    ("sqlite", "about"): "SELECT rowid FROM rings_found WHERE rings_found MATCH %s",
    ("sqlite", "whole"): "SELECT rowid FROM rings_found WHERE rings_found MATCH %s",
    (
        "postgresql",
        "about",
    ): "SELECT ring_id FROM rings_found WHERE about @@ to_tsquery('simple', %s)",
    (
        "postgresql",
        "whole",
    ): "SELECT ring_id FROM rings_found WHERE whole @@ to_tsquery('simple', %s)",
}
