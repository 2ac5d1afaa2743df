"""What a ring's file holds: which columns of which rows, and how ids stand in it (docs/export.md).

Rows are numbered within the file, from 1 in the order they were made. A completeness test holds every
column of ours against these lists.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models

from rings.models import Event, Offer, Participant, Reply, Request, Ring, Tally, Wording

VERSION = 1  # of the schema: a file says it as "ringsite"
AT_MOST = 20 * 1024 * 1024  # bytes of a file that is brought in

# As they stand in the file, under the names of their columns.
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Ring: (
        *("title", "host", "language", "keep_days", "erased_at", "scope", "starts_at"),
        *("people_expected", "welcome_minutes", "writing_minutes", "turn_seconds", "rest_minutes"),
        *("wall_minutes", "closing_minutes", "rounds", "round", "phase", "phase_began_at"),
        *("phase_paused_seconds", "phase_extra_seconds", "agreed_end", "locked"),
        *("began_at", "ended_at", "created_at"),
    ),
    Participant: ("name", "seat", "proxy", "observer", "erased", "joined_at", "seen_at"),
    Request: (
        *("round", "place", "text", "why", "by", "kind", "privacy", "status", "turn", "began_at"),
        *("ended_at", "paused_seconds", "extra_seconds", "spoken_at", "scribed", "erased"),
        "hidden",
    ),
    Offer: (
        *("kind", "strength", "note", "due", "private", "scribed", "status", "useful", "first"),
        *(
            "wanted_at",
            "settled_at",
            "still_at",
            "came_of",
            "hours",
            "money",
            "thanked_at",
            "thanks",
            "thanks_aloud",
        ),
        "created_at",
    ),
    Wording: ("text", "why", "by", "until"),
    Reply: ("kind", "words", "reworded", "at"),
    Event: ("version", "kind", "undone", "at"),
    Tally: tuple(
        column.attname
        for column in Tally._meta.concrete_fields
        if column.attname not in {"ring_id", "month"}
    ),
}
# In the file as numbers of other rows, or otherwise than as they are in the database.
LINKS: dict[type[models.Model], tuple[str, ...]] = {
    Ring: ("facilitator", "circle"),
    Participant: ("id", "claims"),
    Request: ("id", "participant"),
    Offer: ("id", "ask", "helper"),
    Wording: ("ask",),
    Reply: ("ask", "participant"),
    Event: ("by_user", "by_participant", "refs", "was"),
    Tally: (),
}
# In no file: what opens something, what is this site's alone, what follows from the rest.
NEVER: dict[type[models.Model], tuple[str, ...]] = {
    Ring: (
        *("id", "code", "invite", "stage_token", "practice", "pace", "leader", "team_changes"),
        *("desk_seen_at", "desk_lost", "paused_at", "break_until", "card", "current", "last_act"),
        "version",
    ),
    Participant: (
        *("ring", "name_key", "key_hash", "pin_hash", "contact", "mail", "mail_verified_at"),
        *("reminders", "digest", "language", "time_zone", "before"),
    ),
    Request: ("ring",),
    Offer: ("ring", "asker"),
    Wording: ("id",),
    Reply: ("id", "ring"),
    Event: ("id", "ring", "op", "body"),
    Tally: ("ring", "month"),
}
# Events of this site's own record of who read and carried what: they stay with it.
RECORD = frozenset({"open_words", "take_along", "bring_in"})

type Numbers = dict[str, dict[Any, Any]]  # for each sort of row: from ids to numbers, or back

# What the refs of events point at. The first is no row of the ring.
POINTS: dict[str, str] = {
    **dict.fromkeys(("user", "access"), "account"),
    **dict.fromkeys(("participant", "participants", "merged", "claims", "claimant"), "participant"),
    **dict.fromkeys(("ask", "ended", "began", "returned", "absent"), "request"),
    **dict.fromkeys(("deferred", "passed", "waits", "again"), "request"),
    "offer": "offer",
}
HANDING = frozenset({"hand_over", "take_over"})  # whose `from` and `to` are accounts


def refs(kind: str, said: Mapping[str, Any], numbers: Numbers) -> dict[str, Any]:
    """An event's refs with their rows in other numbers; None for a row that is no more, or an account."""
    changed = {}
    for name, value in said.items():
        sort = "account" if kind in HANDING and name in {"from", "to"} else POINTS.get(name)
        known = numbers.get(sort, {}) if sort else {}
        if sort is None:
            changed[name] = value
        elif isinstance(value, list):
            changed[name] = [known.get(each) for each in value]
        else:
            changed[name] = known.get(value)
    return changed


def was(said: Mapping[str, Mapping[str, Any]] | None, numbers: Numbers) -> dict[str, Any] | None:
    """How things stood before an event, by rows in other numbers; rows that are no more are left out."""
    if said is None:
        return None
    changed = {}
    for row, before in said.items():
        sort, _, number = row.partition(" ")
        known = numbers.get(sort, {})
        if number.isdecimal() and len(number) <= 18 and int(number) in known:
            changed[f"{sort} {known[int(number)]}"] = {
                name: _before(name, value, numbers) for name, value in before.items()
            }
    return changed


def _before(name: str, value: Any, numbers: Numbers) -> Any:
    if name == "leader_id":
        return None
    return numbers["request"].get(value) if name == "current_id" else value
