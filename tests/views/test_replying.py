"""The sheet for an easy no over HTTP, what other pages show of it, and asking again."""

import pytest
from django.test import Client

from rings import actions
from rings.actions import By
from rings.models import Reply
from rings.phases import Phase, ReplyKind
from tests.conftest import Cast, Circle

HTMX = {"HX-Request": "true"}
WORDS = "the-very-words"


def path(circle: Circle, end: str = "") -> str:
    return f"/r/{circle.ring.code}/reply/{circle.ada.asks.get().pk}/{end}"


def test_each_sentence_is_one_tap(circle: Circle) -> None:
    page = circle.cast.phone(circle.bo).get(path(circle)).text
    for kind in ReplyKind:
        assert f'name="kind" value="{kind}"' in page


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_tap_lets_it_go_by_and_the_tray_makes_room(
    circle: Circle, headers: dict[str, str]
) -> None:
    phone = circle.cast.phone(circle.bo)
    given = phone.post(path(circle), {"kind": "later", "words": "May"}, headers=headers)
    assert given.status_code == (204 if headers else 302)
    page = phone.get(f"/r/{circle.ring.code}/").text
    assert "You let this one go by." in page
    assert 'id="phone_mine" class="offered"' in page


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_too_many_words_come_back_with_a_sentence(circle: Circle, headers: dict[str, str]) -> None:
    phone = circle.cast.phone(circle.bo)
    given = phone.post(path(circle), {"kind": "later", "words": "w" * 121}, headers=headers)
    assert given.status_code == 422
    assert "w" * 121 in given.text
    assert "A few words are enough" in given.text


def test_it_can_be_taken_back(circle: Circle) -> None:
    phone = circle.cast.phone(circle.bo)
    phone.post(path(circle), {"kind": "later"})
    phone.post(path(circle, "back/"))
    assert not Reply.objects.exists()


def test_nobody_answers_an_ask_of_their_own(circle: Circle) -> None:
    assert circle.cast.phone(circle.ada).get(path(circle)).status_code == 404


@pytest.fixture
def let_go(cast: Cast) -> Circle:
    """Three have let Ada's ask go by, with words; she has had her turn."""
    people = {name: cast.seat(name) for name in ("Ada", "Bo", "Cy", "Di")}
    for who in people.values():
        cast.write(who)
    cast.move(Phase.TURNS)
    ask = people["Ada"].asks.get()
    for name in ("Bo", "Cy", "Di"):
        who = people[name]
        said = {"ask": ask, "participant": who, "kind": "later", "words": WORDS}
        actions.reply(cast.ring, By(who), **said)
    cast.next()
    return Circle(cast, cast.ring, people["Ada"], people["Bo"], people["Cy"])


@pytest.mark.parametrize("phase", [Phase.TURNS, Phase.WALL, Phase.CLOSING])
def test_the_card_is_the_askers_alone(let_go: Circle, phase: Phase) -> None:
    if phase != Phase.TURNS:
        let_go.cast.move(phase)
    code, pk = let_go.ring.code, let_go.ring.pk
    ada = let_go.cast.phone(let_go.ada).get(f"/r/{code}/").text
    assert "Three said timing" in ada
    assert WORDS in ada
    others = [
        let_go.cast.phone(let_go.bo).get(f"/r/{code}/").text,
        Client().get(f"/stage/{let_go.ring.stage_token}/").text,
        let_go.cast.desk().get(f"/desk/{pk}/").text,
    ]
    assert not [page for page in others if WORDS in page or "said timing" in page]


def test_asking_again_begins_with_my_words_and_ends_with_others(let_go: Circle) -> None:
    phone, ask = let_go.cast.phone(let_go.ada), let_go.ada.asks.get()
    again = f"/r/{let_go.ring.code}/ask/{ask.pk}/again/"
    page = phone.get(again).text
    assert "What Ada asks for." in page
    assert again in phone.get(f"/r/{let_go.ring.code}/").text
    phone.post(again, {"text": "Only the first conversation."})
    ask.refresh_from_db()
    assert ask.text == "Only the first conversation."
    assert "Ada asks again" in let_go.cast.phone(let_go.bo).get(f"/r/{let_go.ring.code}/").text


def test_asking_again_with_no_words_gets_the_form_back(let_go: Circle) -> None:
    phone, ask = let_go.cast.phone(let_go.ada), let_go.ada.asks.get()
    again = f"/r/{let_go.ring.code}/ask/{ask.pk}/again/"
    given = phone.post(again, {"text": "", "why": "Because of bees."})
    assert given.status_code == 422
    assert "Because of bees." in given.text


def test_the_studio_looks_at_an_ask_that_is_asked_again(let_go: Circle) -> None:
    phone, ask = let_go.cast.phone(let_go.ada), let_go.ada.asks.get()
    given = phone.post(
        f"/r/{let_go.ring.code}/ask/studio/", {"text": "A ladder", "again": str(ask.pk)}
    )
    assert "Ask again" in given.text
    assert f'value="{ask.pk}"' in given.text


def test_nobody_asks_again_for_somebody_else(let_go: Circle) -> None:
    ask = let_go.ada.asks.get()
    phone = let_go.cast.phone(let_go.bo)
    again = f"/r/{let_go.ring.code}/ask/{ask.pk}/again/"
    assert [phone.get(again).status_code, phone.post(again, {"text": "x"}).status_code] == [
        404,
        404,
    ]
