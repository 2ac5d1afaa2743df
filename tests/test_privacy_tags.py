"""Every column says what it tells about somebody, and erasing goes by that."""

from django.apps import apps
from django.db import models

from rings.privacy import TAGS, Tag

OURS = list(apps.get_app_config("rings").get_models())
TEXTS = (models.CharField, models.TextField, models.JSONField)
# Texts that hold no more than a state, a choice, a number of ours or a drawing of numbers.
STATES = {
    "Ring": {"scope", "phase", "card", "language"},
    "Participant": {"seat", "language"},
    "Request": {"kind", "privacy", "status", "turn"},
    "Offer": {"kind", "strength", "status"},
    "Reply": {"kind"},
    "Reminder": {"occasion"},  # which may hold a day; its row goes with the name
    "Event": {"op", "body", "kind", "refs", "was"},
    "ScriptLine": {"moment"},
    "Tally": {"first_offers", "sketch"},
}


def test_every_column_of_every_model_has_a_tag_and_no_tag_is_of_nothing() -> None:
    there = {model: {field.name for field in model._meta.concrete_fields} for model in OURS}
    assert {model: set(columns) for model, columns in TAGS.items()} == there


def test_a_text_is_never_a_plain_fact_unless_it_is_known_to_hold_a_state() -> None:
    facts = {
        model.__name__: {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, TEXTS) and TAGS[model][field.name] == Tag.FACT
        }
        for model in OURS
    }
    assert {name: columns for name, columns in facts.items() if columns} == STATES


def test_what_joins_two_tables_holds_no_more_than_their_ids() -> None:
    for model in OURS:
        for field in model._meta.many_to_many:
            columns = field.remote_field.through._meta.concrete_fields
            assert [c for c in columns if isinstance(c, TEXTS)] == []
