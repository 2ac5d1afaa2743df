"""Joining: codes, names, seats, the door, and finding one's seat again."""

import re

import pytest
from django.test import Client

from rings import actions, limits
from rings.access import plain_code, seat_cookie
from rings.models import CODE_ALPHABET, Participant, Ring
from rings.phases import Phase, Seat
from tests.conftest import Cast, Circle


def join(ring: Ring, name: str, client: Client | None = None, **more: str) -> tuple[Client, int]:
    client = client or Client()
    answer = client.post(f"/r/{ring.code}/join/", {"name": name, **more})
    return client, answer.status_code


@pytest.mark.parametrize("typed", ["bcdf-2345", "BCDF2345", " bcdf 2345 ", "Bcdf-2345"])
def test_a_code_is_read_in_any_case_with_or_without_its_dash(typed: str) -> None:
    assert plain_code(typed) == "BCDF2345"


@pytest.mark.parametrize(
    "typed", ["", "BCDF234", "BCDF23456", "AEIO-UUUU", "BCDF-234\0", "ＢＣＤＦ2345"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert plain_code(typed) == ""


def test_codes_have_28_symbols_that_cannot_be_confused() -> None:
    assert len(set(CODE_ALPHABET)) == 28
    assert not set(CODE_ALPHABET) & set("01OIAEUL")


def test_a_right_code_on_the_front_page_leads_to_its_ring(cast: Cast) -> None:
    answer = Client().post("/", {"code": cast.ring.code_shown.lower()})
    assert answer["Location"] == f"/r/{cast.ring.code}/"


def test_a_wrong_code_gets_the_form_back_with_what_was_typed(db: None) -> None:
    answer = Client().post("/", {"code": "BCDF-2345"})
    assert answer.status_code == 422
    assert "BCDF-2345" in answer.text
    assert "No ring with this code" in answer.text


def test_wrong_and_ended_codes_answer_alike(circle: Circle) -> None:
    circle.cast.move(Phase.CLOSING)
    circle.cast.move(Phase.FOLLOW_UP)
    ended, wrong = (Client().get(f"/r/{code}/") for code in (circle.ring.code, "BBBBBBBB"))
    assert ended.status_code == wrong.status_code == 404
    tokens = re.compile(r'value="[^"]{60,}"')
    assert tokens.sub("", ended.text) == tokens.sub("", wrong.text)


def test_guessing_codes_is_stopped_after_thirty_failures(cast: Cast) -> None:
    client = Client()
    for _ in range(limits.BURST):
        client.get("/r/BBBBBBBB/")
    assert "Wait a minute" in client.get(f"/r/{cast.ring.code}/").text


def test_guessers_keep_nobody_out_who_came_by_the_qr(cast: Cast) -> None:
    for _ in range(limits.BURST):
        Client().post("/", {"code": "BBBB-BBBB"})
    path, phone = f"/r/{cast.ring.code}/join/", Client()
    assert phone.post(path, {"name": "Ada"}).status_code == 404
    assert phone.post(path, {"name": "Ada", "invite": "a guess"}).status_code == 404
    page = phone.get(f"/j/{cast.ring.invite}/").text
    assert f'name="invite" value="{cast.ring.invite}"' in page
    answer = phone.post(path, {"name": "Ada", "invite": cast.ring.invite})
    assert answer["Location"] == f"/r/{cast.ring.code}/"


def test_a_seat_already_held_is_not_hindered_by_the_limit(cast: Cast) -> None:
    phone = cast.phone(cast.seat("Ada"))
    for _ in range(limits.BURST + 5):
        Client().get("/r/BBBBBBBB/")
    assert phone.get(f"/r/{cast.ring.code}/").status_code == 200


def test_right_codes_are_not_counted(cast: Cast) -> None:
    for number in range(limits.BURST + 5):
        assert join(cast.ring, f"Person {number}")[1] == 302


def test_the_qr_s_link_leads_to_the_ring(cast: Cast) -> None:
    path = f"/j/{cast.ring.invite}/"
    assert "What should we call you?" in Client().get(path).text
    phone, _ = join(cast.ring, "Ada")
    assert phone.get(path)["Location"] == f"/r/{cast.ring.code}/"


def test_joining_takes_a_name_and_nothing_else(cast: Cast) -> None:
    phone, _ = join(cast.ring, "Thu Hà")
    assert "Thu Hà" in phone.get(f"/r/{cast.ring.code}/").text


def test_the_same_device_keeps_the_same_seat(cast: Cast) -> None:
    phone, _ = join(cast.ring, "Ada")
    join(cast.ring, "Somebody else", phone)
    assert [p.name for p in cast.ring.participants.all()] == ["Ada"]


def test_a_double_tap_takes_one_seat(cast: Cast) -> None:
    op = "8d7f1c3a-6a53-4c8e-9b11-1a2b3c4d5e6f"
    first, _ = join(cast.ring, "Ada", op=op)
    second, _ = join(cast.ring, "Ada", op=op)
    cookie = seat_cookie(cast.ring.pk)
    assert first.cookies[cookie].value == second.cookies[cookie].value
    assert cast.ring.participants.count() == 1


def test_the_seat_s_cookie_is_for_the_server_alone(cast: Cast) -> None:
    phone, _ = join(cast.ring, "Ada")
    cookie = phone.cookies[seat_cookie(cast.ring.pk)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200d", "\u202e"])
def test_a_name_needs_something_to_see(cast: Cast, typed: str) -> None:
    _, status = join(cast.ring, typed)
    assert status == 422
    assert not cast.ring.participants.exists()


def test_bidi_overrides_and_control_characters_are_taken_out_of_names(cast: Cast) -> None:
    join(cast.ring, "A\u202eda\x07 \n Lovelace")
    assert cast.ring.participants.get().name == "Ada Lovelace"


def test_a_nul_is_refused_with_a_sentence(cast: Cast) -> None:
    _, status = join(cast.ring, "Ada\0")
    assert status == 422


def test_a_name_too_long_gets_the_form_back_with_what_was_typed(cast: Cast) -> None:
    answer = Client().post(f"/r/{cast.ring.code}/join/", {"name": "Ana " * 20})
    assert answer.status_code == 422
    assert "Ana Ana" in answer.text


def test_a_name_taken_offers_another_and_that_s_me(cast: Cast) -> None:
    ana = cast.seat("Ana")
    answer = Client().post(f"/r/{cast.ring.code}/join/", {"name": "ana"})
    assert answer.status_code == 422
    assert "ana 2" in answer.text
    assert f"/r/{cast.ring.code}/claim/{ana.pk}/" in answer.text


def test_that_s_me_waits_for_the_facilitator_and_then_has_the_seat(cast: Cast) -> None:
    ana = cast.seat("Ana")
    phone = Client()
    phone.post(f"/r/{cast.ring.code}/claim/{ana.pk}/")
    assert "http-equiv" in phone.get(f"/r/{cast.ring.code}/").text
    waiting = cast.ring.participants.at_the_door().get()
    cast.desk().post(f"/desk/{cast.ring.pk}/seats/{waiting.pk}/admit/")
    assert "Good to see you" in phone.get(f"/r/{cast.ring.code}/").text


def test_a_late_joiner_waits_at_the_door_and_sees_nothing_of_the_ring(circle: Circle) -> None:
    phone, _ = join(circle.ring, "Dan")
    page = phone.get(f"/r/{circle.ring.code}/").text
    assert "What Ada asks for" not in page
    assert phone.get(f"/r/{circle.ring.code}/screen/").status_code == 404


def test_who_is_let_in_late_lands_on_the_current_person(circle: Circle) -> None:
    phone, _ = join(circle.ring, "Dan")
    dan = Participant.objects.get(name="Dan")
    actions.admit(circle.ring, circle.cast.by, participant=dan)
    assert dan.seat == Seat.WAITING  # as read before
    assert "What Ada asks for" in phone.get(f"/r/{circle.ring.code}/").text


def test_the_return_link_shows_the_key_of_this_seat_and_acts_on_post_only(cast: Cast) -> None:
    phone, _ = join(cast.ring, "Ada")
    page = phone.get(f"/r/{cast.ring.code}/return/").text
    found = re.search(r"/back/\d+/\w+/", page)
    assert found
    other = Client()
    other.get(found[0])
    assert seat_cookie(cast.ring.pk) not in other.cookies
    other.post(found[0])
    assert "Good to see you, Ada" in other.get(f"/r/{cast.ring.code}/").text


def test_a_guessed_return_link_finds_nothing(cast: Cast) -> None:
    cast.seat("Ada")
    assert Client().get(f"/back/{cast.ring.pk}/{'0' * 32}/").status_code == 404
