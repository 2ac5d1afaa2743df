"""Between two rings: offers on what is still open, an ask in other words, and one small ask more."""

import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from rings import actions, insights
from rings.actions import By
from rings.models import Offer, Request, Ring
from rings.past import replay
from rings.phases import BETWEEN, NotNow, Phase
from rings.picture import Picture
from tests.conftest import Circle, page

SMALL = "Ten minutes on my first page."


@pytest.fixture
def after(circle: Circle) -> Circle:
    """The ring is over, and nobody has offered anything."""
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    return circle


def reads(circle: Circle, who: str, path: str = "") -> str:
    return page(circle.cast.phone(getattr(circle, who)), f"/r/{circle.ring.code}/{path}")


def ask_small(circle: Circle, who: str = "ada", text: str = SMALL) -> int:
    phone = circle.cast.phone(getattr(circle, who))
    return phone.post(f"/r/{circle.ring.code}/ask/small/", {"text": text}).status_code


def small() -> Request:
    return Request.objects.get(round=BETWEEN)


def test_what_is_open_still_takes_offers(after: Circle) -> None:
    ask = after.ada.asks.get()
    assert f"/offer/{ask.pk}/" in reads(after, "bo")
    path = f"/r/{after.ring.code}/offer/{ask.pk}/"
    said = {"kind": "advice", "strength": "firm", "note": "It came to me."}
    assert after.cast.phone(after.bo).post(path, said).status_code == 302
    assert "It came to me." in reads(after, "ada")
    assert after.ring.tally.offers == 1


def test_an_asker_asks_the_wall_again_after_a_promise_was_let_go(after: Circle) -> None:
    after.cast.offer(after.bo, after.ada)
    actions.release(after.ring, By(after.bo), offer=Offer.objects.get())
    ask = after.ada.asks.get()
    assert f"/ask/{ask.pk}/again/" in reads(after, "ada")
    phone = after.cast.phone(after.ada)
    phone.post(f"/r/{after.ring.code}/ask/{ask.pk}/again/", {"text": "A smaller ladder."})
    assert "A smaller ladder." in reads(after, "bo")


def test_one_small_ask_goes_to_the_same_people(after: Circle) -> None:
    assert "Ask one small thing" in reads(after, "ada")
    assert ask_small(after) == 302
    assert SMALL in reads(after, "bo")
    assert "Ask one small thing" not in reads(after, "ada")
    after.cast.phone(after.bo).post(f"/r/{after.ring.code}/offer/{small().pk}/", {"kind": "advice"})
    assert "Bo" in reads(after, "ada")
    assert Offer.objects.get().asker == after.ada


def test_a_second_small_ask_is_refused_in_words(after: Circle) -> None:
    ask_small(after)
    assert ask_small(after) == 409
    with pytest.raises(NotNow, match="one small thing already"):
        actions.ask_small(after.ring, By(after.ada), participant=after.ada, text="More.")


def test_a_small_ask_is_for_the_weeks_after(circle: Circle) -> None:
    assert ask_small(circle) == 409
    assert not Request.objects.filter(round=BETWEEN).exists()


def test_a_long_small_ask_comes_back_as_it_was_typed(after: Circle) -> None:
    phone = after.cast.phone(after.ada)
    answer = phone.post(f"/r/{after.ring.code}/ask/small/", {"text": "so long " * 30})
    assert answer.status_code == 422
    assert "at most 200 characters" in answer.content.decode()
    assert "so long so long" in answer.content.decode()


def test_what_comes_of_it_is_said_like_of_any_ask(after: Circle) -> None:
    ask_small(after)
    path = f"/r/{after.ring.code}/ask/{small().pk}/outcome/"
    after.cast.phone(after.ada).post(path, {"to": "fulfilled"})
    numbers = insights.afterwards(Picture.of(after.ring.pk))
    assert (numbers.asks, numbers.moved) == (3, 0)  # small asks are in no number
    assert SMALL not in reads(after, "bo")


def test_the_film_of_the_ring_knows_nothing_of_it(after: Circle) -> None:
    ask_small(after)
    after.cast.offer(after.bo, after.cy)
    film = replay.at(after.ring.pk, 10**6, words=True)
    assert film
    assert [ask.round for ask in (*film.heard, *film.asks)] == [1, 1, 1]
    assert film.offers == []


def test_it_goes_into_a_file_and_comes_out_of_it(after: Circle) -> None:
    ask_small(after)
    desk = after.cast.desk()
    taken = b"".join(desk.post(f"/past/{after.ring.pk}/export.json").streaming_content)
    assert SMALL in json.dumps(json.loads(taken), ensure_ascii=False)
    staff = Client()
    user = type(after.cast.fay).objects.create_user("sol", "sol@example.org", is_staff=True)
    staff.force_login(user)
    staff.post("/past/import/", {"file": SimpleUploadedFile("ring.json", taken)})
    ring = Ring.objects.latest("pk")
    assert ring != after.ring
    assert ring.asks.get(round=BETWEEN).text == SMALL


def test_it_is_erased_with_its_asker(after: Circle) -> None:
    ask_small(after)
    actions.erase_person(after.ring, By(after.ada), participant=after.ada)
    assert small().text == ""
    assert SMALL not in reads(after, "bo")


def test_a_small_ask_can_be_put_in_other_words_beside_the_one_that_is_open(after: Circle) -> None:
    ask_small(after)
    large = after.ada.asks.exclude(round=BETWEEN).get()
    mine = reads(after, "ada")
    for ask in (large, small()):
        assert f"/ask/{ask.pk}/again/" in mine


def test_an_offer_that_comes_later_is_not_the_first_of_a_turn(after: Circle) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        after.cast.offer(after.bo, after.ada)
    assert after.ring.tally.first_offers == []
    assert after.ring.tally.offers == 1


def test_numbers_of_asks_stay_what_they_were(after: Circle) -> None:
    before = after.ring.tally.asks
    ask_small(after)
    after.cast.phone(after.bo).post(f"/r/{after.ring.code}/offer/{small().pk}/", {"kind": "advice"})
    tally = Ring.objects.get(pk=after.ring.pk).tally
    assert (tally.asks, tally.helped) == (before, 0)
    counted = Ring.objects.with_counts().get(pk=after.ring.pk)
    assert (counted.asked, counted.helped) == (before, 0)


def test_nothing_more_is_said_of_an_ask_whose_words_are_erased(after: Circle) -> None:
    """Stays in the room: a day after the ring its words go, and no new ones come in their place."""
    ask = after.ada.asks.get()
    after.ada.asks.update(privacy="ring_only")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        actions.expire(after.ring, By(None))
        ask.refresh_from_db()
        assert (ask.text, ask.erased, ask.status) == ("", True, "open")
        assert f"/ask/{ask.pk}/again/" not in reads(after, "ada")
        assert f"/offer/{ask.pk}/" not in reads(after, "bo")
        for said in (
            partial(actions.reframe, after.ring, By(after.ada), ask=ask, text="Again."),
            partial(actions.offer, after.ring, By(after.bo), ask=ask, helper=after.bo),
            partial(
                actions.reply, after.ring, By(after.bo), ask=ask, participant=after.bo, kind="later"
            ),
        ):
            with pytest.raises(NotNow, match="gone for good"):
                said()
