"""The pages around a ring: the front door, the errors, the plan; they work without scripts or a request."""

import re

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from rings.phases import Phase, Seat
from rings.templatetags.front import at_the_door
from tests.conftest import Cast, Circle

ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")


def states(people: int, expected: int) -> list[str]:
    return [bead.state for bead in at_the_door(people, expected).beads]


# --- the ring at the door -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "expected", "inside", "empty"),
    [
        (0, 24, 0, 23),
        (19, 24, 19, 4),
        (24, 24, 24, 0),
        (30, 24, 30, 0),
        (0, 0, 0, 1),
        (500, 8, 60, 0),
    ],
)
def test_the_door_shows_who_is_in_who_is_expected_and_one_place(
    people: int, expected: int, inside: int, empty: int
) -> None:
    beads = states(people, expected)
    assert beads.count("plain") == inside
    assert beads.count("empty") == empty
    assert beads[0] == "asking"
    assert beads.count("asking") == 1


# --- coming in ------------------------------------------------------------------------------------


def test_a_wrong_code_keeps_what_was_typed_and_says_so_at_the_field(
    client: Client, db: None
) -> None:
    answer = client.post(reverse("home"), {"code": "bcdf-ghjk"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="bcdf-ghjk"' in shown
    assert 'aria-describedby="code-wrong code-hint"' in shown


def test_a_taken_name_offers_another_and_thats_me(cast: Cast, client: Client) -> None:
    cast.seat("Ana")
    shown = client.post(reverse("join", args=[cast.ring.code]), {"name": "ana"}).content.decode()
    assert 'value="ana"' in shown
    assert "Come in as ana 2" in shown
    assert "That’s me" in shown


def test_one_who_waits_at_the_door_cannot_be_claimed(circle: Circle, client: Client) -> None:
    code = circle.ring.code
    circle.cast.seat("Zoe")
    assert circle.ring.participants.get(name="Zoe").seat == Seat.WAITING
    shown = client.post(reverse("join", args=[code]), {"name": "Zoe"}).content.decode()
    assert "Come in as Zoe 2" in shown
    assert "That’s me" not in shown


def test_at_the_door_a_page_without_scripts_looks_again_by_itself(circle: Circle) -> None:
    zoe = circle.cast.seat("Zoe")
    shown = circle.cast.phone(zoe).get(reverse("ring", args=[circle.ring.code])).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown
    assert "Fay will let you in." in shown


def test_a_closing_ring_asks_for_no_name(circle: Circle, client: Client) -> None:
    circle.cast.move(Phase.CLOSING)
    shown = client.get(reverse("ring", args=[circle.ring.code])).content.decode()
    assert "This ring is closing" in shown
    assert 'name="name"' not in shown


# --- the plan -------------------------------------------------------------------------------------


def test_return_in_a_field_opens_the_ring_and_is_no_preset(cast: Cast) -> None:
    shown = cast.desk().get(reverse("new_ring")).content.decode()
    first = re.search(r"<button[^>]*>", shown[shown.index('id="new-ring"') :])
    assert first
    assert "name=" not in first[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"people_expected": "15", "turn_minutes": "4"}, "15 × 4 min: ends 16:00"),
        ({"people_expected": "10", "turn_minutes": "4.5"}, "10 × 4.5 min: ends 15:45"),
        ({"people_expected": "25", "turn_minutes": "4"}, "two rings of 13 side by side take 52"),
        ({"people_expected": "20", "turn_minutes": "10"}, "two rings of 10 side by side take 100"),
        ({"people_expected": "", "turn_minutes": "4"}, "Say how many people"),
    ],
)
def test_the_plan_meter_says_when_it_ends(typed: dict[str, str], said: str, cast: Cast) -> None:
    answer = cast.desk().get(reverse("plan"), {"starts_at": "2027-05-07T15:00", **typed})
    assert said in answer.content.decode()


def test_what_was_typed_stays_when_a_plan_is_refused(cast: Cast) -> None:
    typed = {"title": "Harbour ring", "host": "Fay", "people_expected": "1", "scope": "personal"}
    answer = cast.desk().post(reverse("new_ring"), typed)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Harbour ring"' in shown
    assert 'id="id_people_expected_error" role="alert"' in shown


# --- pages of one sentence ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_neither_request_nor_database(name: str) -> None:
    shown = render_to_string(name)
    assert shown.count("<h1>") == 1
    assert 'href="/"' in shown


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("http://testserver/r/BCDFGHJK/", "http://testserver/r/BCDFGHJK/"),
        ("/rings/", "/rings/"),
        ("https://evil.example/http://testserver/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_the_way_back_stays_on_this_site(link: str | None, leads: str) -> None:
    tag = Template("{% load front %}{% same_site link as way %}{{ way }}")
    assert tag.render(Context({"request": RequestFactory().get("/"), "link": link})) == leads
