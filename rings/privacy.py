"""What each column of ours says about somebody, and how the words and names among them are erased.

The table is complete: a test fails for a column without a line. Erasing goes by it, so that a new
column with somebody's words in it cannot be forgotten.
"""

from enum import StrEnum

from django.db import models
from django.db.models import QuerySet

from rings.models import (
    Access,
    Circle,
    Event,
    Offer,
    Participant,
    Reminder,
    Reply,
    Request,
    Ring,
    RingTemplate,
    ScriptLine,
    Tally,
    Wording,
)


class Tag(StrEnum):
    FACT = "fact"  # ids, counts, states and moments: stay
    WORDS = "words"  # what somebody wrote in a ring: goes with the ring's retention
    NAME = "name"  # what somebody is called in a ring: becomes a number
    KEY = "key"  # opens a seat or a page: goes with the name
    ABOUT = "about"  # what the facilitator calls the ring: goes when the owner erases it
    OWN = "own"  # of an account, about its own work: goes with the account
    RECORD = "record"  # why somebody of the staff read words: stays, as the record of it


_FACTS: dict[type[models.Model], str] = {
    Circle: "id owner",
    Ring: (
        "id facilitator leader team_changes desk_seen_at desk_lost circle language keep_days "
        "erased_at practice pace scope starts_at people_expected welcome_minutes writing_minutes "
        "turn_seconds rest_minutes wall_minutes closing_minutes rounds round phase phase_began_at "
        "phase_paused_seconds phase_extra_seconds paused_at break_until agreed_end locked card "
        "began_at ended_at current last_act version created_at"
    ),
    Participant: (
        "id ring seat proxy observer erased claims mail_verified_at reminders digest language before "
        "seen_at joined_at"
    ),
    Request: (
        "id ring participant round place kind privacy status turn began_at ended_at paused_seconds "
        "extra_seconds spoken_at scribed erased hidden"
    ),
    Offer: (
        "id ring ask helper asker kind strength private scribed status useful first wanted_at settled_at "
        "still_at hours money thanked_at thanks_aloud created_at"
    ),
    Wording: "id ask until",
    Reply: "id ring ask participant kind reworded at",
    Reminder: "id participant occasion made_at handed_at tried_at sent_at",
    Event: "id ring version op body kind by_user by_participant refs was undone at",
    ScriptLine: "id user moment",
    RingTemplate: "id user",
    Tally: (
        "ring month people asks helped offers firm gave gave_and_got onward all_round offers_an_ask "
        "first_offers first_offer answered kept kept_14 kept_30 moved outcomes planned_minutes "
        "actual_minutes sketch"
    ),
    Access: "id ring user at",
}
_OTHERS: dict[Tag, dict[type[models.Model], str]] = {
    Tag.WORDS: {
        Request: "text why by",
        Offer: "note due came_of thanks",
        Wording: "text why by",
        Reply: "words",
        Participant: "contact time_zone",
    },
    Tag.NAME: {Participant: "name name_key"},
    Tag.KEY: {Participant: "key_hash pin_hash mail", Ring: "code invite stage_token"},
    Tag.ABOUT: {Ring: "title host"},
    Tag.OWN: {ScriptLine: "text", RingTemplate: "name plan", Circle: "name"},
    Tag.RECORD: {Access: "reason"},
}
TAGS: dict[type[models.Model], dict[str, Tag]] = {
    model: dict.fromkeys(facts.split(), Tag.FACT)
    | {name: tag for tag, columns in _OTHERS.items() for name in columns.get(model, "").split()}
    for model, facts in _FACTS.items()
}


def erase[M: models.Model](rows: QuerySet[M], *tags: Tag, **also: object) -> None:
    """Empty every column of these rows that has one of the tags, and set what else is given."""
    columns = {column.attname: column for column in rows.model._meta.concrete_fields}
    empty = {
        name: None if columns[name].null else ""
        for name, tag in TAGS[rows.model].items()
        if tag in tags
    }
    rows.update(**empty, **also)
