"""A card with a PIN: a seat opens on any phone, and nobody guesses one."""

import re

import pytest
from django.test import Client

from rings import access, actions
from rings.actions import By, WrongPin
from rings.models import Participant, Ring
from tests.conftest import Cast, Circle

HTMX = {"HX-Request": "true"}


def remove(circle: Circle, who: Participant) -> None:
    actions.remove(circle.ring, circle.cast.by, participant=who)
    circle.ring.refresh_from_db()


def let_in(circle: Circle, who: Participant) -> None:
    actions.let_in(circle.ring, circle.cast.by, participant=who)
    circle.ring.refresh_from_db()


def undo(circle: Circle) -> None:
    act = Ring.objects.select_related("last_act").get(pk=circle.ring.pk).last_act
    assert act
    actions.undo(circle.ring, circle.cast.by, believing=act.version)
    circle.ring.refresh_from_db()


def queue(circle: Circle) -> list[str]:
    return [ask.participant.name for ask in circle.ring.asks.in_queue()]


def card(cast: Cast, who: Participant) -> str:
    page = cast.desk().post(f"/desk/{cast.ring.pk}/seats/{who.pk}/pin/").text
    found = re.search(r"<dt>PIN</dt><dd class=\"num\">(\w{3} \w{3})</dd>", page)
    assert found
    return found[1]


def test_a_proxy_becomes_a_phone_by_code_and_pin(cast: Cast) -> None:
    daniel = cast.proxy("Daniel")
    actions.write(cast.ring, cast.by, participant=daniel, text="A chair.")
    pin, phone = card(cast, daniel), Client()
    fields = {"code": cast.ring.code_shown.lower(), "pin": pin.lower().replace(" ", "-")}
    answer = phone.post("/pin/", fields)
    assert answer["Location"] == f"/r/{cast.ring.code}/"
    assert "A chair." in phone.get(f"/r/{cast.ring.code}/").text
    daniel.refresh_from_db()
    assert not daniel.proxy


def test_looking_at_the_pages_of_a_pin_does_nothing(cast: Cast) -> None:
    daniel = cast.proxy("Daniel")
    version = Ring.objects.get().version
    cast.desk().get(f"/desk/{cast.ring.pk}/seats/{daniel.pk}/pin/")
    assert Client().get(f"/pin/?code={cast.ring.code}").status_code == 200
    daniel.refresh_from_db()
    assert (daniel.pin_hash, Ring.objects.get().version) == ("", version)


def test_a_pin_is_kept_as_a_keyed_hash_alone(cast: Cast) -> None:
    daniel = cast.proxy("Daniel")
    pin = card(cast, daniel).replace(" ", "")
    daniel.refresh_from_db()
    assert len(daniel.pin_hash) == 64
    assert pin not in str(list(Participant.objects.values())) + str(list(cast.ring.events.values()))
    assert daniel.pin_hash != access.key_hash(pin)


def test_wrong_pins_are_counted_like_wrong_codes(cast: Cast) -> None:
    card(cast, cast.proxy("Daniel"))
    phone = Client()
    for _ in range(30):
        page = phone.post("/pin/", {"code": cast.ring.code, "pin": "222222"})
        assert "do not go together" in page.text
    assert "Many codes were tried" in phone.post("/", {"code": "BBBBBBBB"}).text
    assert "Many codes were tried" in phone.post("/pin/", {"code": "x", "pin": "y"}).text


def test_a_wrong_code_and_a_wrong_pin_are_not_told_apart(cast: Cast) -> None:
    pin = card(cast, cast.proxy("Daniel"))
    wrong = [
        Client().post("/pin/", {"code": code, "pin": typed})
        for code, typed in [(cast.ring.code, "222222"), ("BBBBBBBB", pin), (cast.ring.code, "")]
    ]
    assert [page.status_code for page in wrong] == [422] * 3
    assert ["do not go together" in page.text for page in wrong] == [True] * 3


def test_a_new_card_makes_the_old_one_useless_and_a_removed_seat_both(circle: Circle) -> None:
    old, new = card(circle.cast, circle.bo), card(circle.cast, circle.bo)

    def comes_in(pin: str) -> bool:
        answer = Client().post("/pin/", {"code": circle.ring.code, "pin": pin})
        return answer.status_code == 302

    assert (comes_in(old), comes_in(new)) == (False, True)
    remove(circle, circle.bo)
    assert not comes_in(new)
    with pytest.raises(WrongPin):
        actions.take_seat(circle.ring, By(None), pin_hash="", key_hash="a key")


def test_a_phone_with_a_seat_of_its_own_keeps_it(circle: Circle) -> None:
    pin = card(circle.cast, circle.cast.proxy("Daniel"))
    page = circle.cast.phone(circle.bo).post("/pin/", {"code": circle.ring.code, "pin": pin})
    assert page.status_code == 422
    assert "as Bo" in page.text
