"""The Ask studio over HTTP: hints for the writer alone, and nothing kept, by script and without."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from rings import studio
from rings.models import Event, Ring
from tests.conftest import Cast
from tests.corpus import Parts

HTMX = {"HX-Request": "true"}
FULL = (
    "By Sunday I would like the name of a dentist near the tram line who is patient with a nervous "
    "nine-year-old; our last visit ended in tears."
)


@pytest.fixture
def phone(cast: Cast) -> Client:
    return cast.phone(cast.seat("Ada"))


def look(cast: Cast, phone: Client, headers: dict[str, str] | None = HTMX, **fields: str) -> Any:
    return phone.post(f"/r/{cast.ring.code}/ask/studio/", fields, headers=headers)


def marks(html: str) -> dict[str, bool]:
    found = re.findall(r"</b>([\w ]+)<span class=\"vh\">: (there|not yet)", html)
    return {name: there == "there" for name, there in found}


def test_the_hints_come_without_the_text_they_are_about(cast: Cast, phone: Client) -> None:
    given = look(cast, phone, text="Who knows a beekeeper in Leeds with a spare smoker?")
    assert given.status_code == 200
    assert marks(given.text) == {
        "Specific": True,
        "Why": False,
        "Action": True,
        "Doable": True,
        "By when": False,
    }
    assert "By when, and is that date real?" in given.text
    assert "<textarea" not in given.text


def test_nothing_of_it_is_kept_or_told(cast: Cast, phone: Client) -> None:
    version, events = Ring.objects.get().version, Event.objects.count()
    look(cast, phone, text=FULL, why="Because.", by="2027-01-01")
    assert (Ring.objects.get().version, Event.objects.count()) == (version, events)
    assert cast.ring.asks.get().text == ""


def test_it_says_when_it_has_nothing_to_add(cast: Cast, phone: Client) -> None:
    given = look(cast, phone, text=FULL)
    assert all(marks(given.text).values())
    assert "I have nothing to add" in given.text


def test_a_blank_page_gets_starters(cast: Cast, phone: Client) -> None:
    page = phone.get(f"/r/{cast.ring.code}/ask/").text
    for starter in studio.STARTERS:
        assert f'value="{starter.put}"' in page


def test_what_stands_in_the_other_fields_counts(cast: Cast, phone: Client) -> None:
    text = "Who knows a beekeeper in Leeds with a spare smoker?"
    given = look(cast, phone, text=text, why="Ours has rusted through.", by="2027-05-01")
    assert all(marks(given.text).values())


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Auckland", "2026-12-06"),
        ("America/Lima", "2026-11-29"),
        ("No/Where", "2026-11-29"),
    ],
)
def test_a_day_is_a_day_where_the_person_is(cast: Cast, phone: Client, zone: str, day: str) -> None:
    with time_machine.travel(datetime(2026, 11, 28, 23, 30, tzinfo=UTC)):
        given = look(cast, phone, text="A ladder by Sunday", zone=zone)
    assert f'name="day" value="{day}"' in given.text


def test_three_others_are_three_others(cast: Cast, phone: Client) -> None:
    first = phone.get(f"/r/{cast.ring.code}/ask/").text
    others = look(cast, phone, examples="1").text
    assert studio.EXAMPLES[0][:30] in first
    assert studio.EXAMPLES[0][:30] not in others
    assert studio.EXAMPLES[3][:30] in others


def test_without_scripts_it_is_a_page_with_all_that_was_typed(cast: Cast, phone: Client) -> None:
    given = look(cast, phone, headers={}, text="A ladder", why="Ours broke.", put="by Sunday")
    assert given.status_code == 200
    said = Parts(given.text).said
    assert "A ladder by Sunday" in said
    assert "Ours broke." in said
    assert 'role="alert"' not in given.text


def test_without_scripts_a_tap_on_a_day_sets_it(cast: Cast, phone: Client) -> None:
    given = look(cast, phone, headers={}, text="A ladder by Sunday", day="2027-01-03")
    assert 'name="by" value="2027-01-03"' in given.text


def test_a_text_too_long_is_given_back_whole(cast: Cast, phone: Client) -> None:
    given = look(cast, phone, headers={}, text="word " * 150)
    assert ("word " * 150).strip() in " ".join(given.text.split())
    assert "at most 600 characters" in given.text
