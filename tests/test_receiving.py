"""What an asker answers to an offer: two people hear of it, and a miss does not hurt."""

import pytest

from rings import actions
from rings.actions import By
from rings.models import Offer
from rings.phases import NotNow, OfferStatus, Phase
from tests.conftest import Circle

HTMX = {"HX-Request": "true"}


@pytest.fixture
def offered(circle: Circle) -> Circle:
    """Bo and Cy have offered to Ada."""
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    circle.cast.offer(circle.cy, circle.ada, note="Wasps.")
    return circle


def answer(circle: Circle, who: str, command: str) -> int:
    offer = Offer.objects.get(helper__name=who)
    path = f"/r/{circle.ring.code}/help/{offer.pk}/{command}/"
    return circle.cast.phone(circle.ada).post(path, headers=HTMX).status_code


def page(circle: Circle, who: str) -> str:
    seat = {"ada": circle.ada, "bo": circle.bo, "cy": circle.cy}[who]
    return circle.cast.phone(seat).get(f"/r/{circle.ring.code}/").text


@pytest.mark.parametrize(
    ("command", "ada_reads", "bo_reads"),
    [
        ("accept", "yes, please", "yes, please"),
        ("not-needed", "not needed, thank you", "heard; Ada has enough for now"),
        ("thank", "thanked", "Ada thanks you"),
        ("most-useful", "the most useful thing I heard", "the most useful thing Ada heard"),
    ],
)
def test_the_asker_answers_in_one_tap_and_the_helper_reads_it_kindly(
    offered: Circle, command: str, ada_reads: str, bo_reads: str
) -> None:
    assert answer(offered, "Bo", command) == 204
    assert ada_reads in page(offered, "ada")
    assert bo_reads in page(offered, "bo")
    assert bo_reads not in page(offered, "cy")


def test_an_answer_can_be_another_one_later(offered: Circle) -> None:
    answer(offered, "Bo", "not-needed")
    answer(offered, "Bo", "accept")
    assert Offer.objects.get(helper__name="Bo").status == OfferStatus.ACCEPTED


def test_one_offer_is_the_most_useful(offered: Circle) -> None:
    answer(offered, "Bo", "most-useful")
    answer(offered, "Cy", "most-useful")
    assert [offer.helper.name for offer in Offer.objects.filter(useful=True)] == ["Cy"]
    assert "the most useful thing Ada heard" not in page(offered, "bo")


def test_thanks_said_twice_are_said_once(offered: Circle) -> None:
    answer(offered, "Bo", "thank")
    first = Offer.objects.get(helper__name="Bo").thanked_at
    answer(offered, "Bo", "thank")
    assert first
    assert Offer.objects.get(helper__name="Bo").thanked_at == first


def test_nobody_else_answers_an_offer(offered: Circle) -> None:
    offer = Offer.objects.get(helper__name="Bo")
    path = f"/r/{offered.ring.code}/help/{offer.pk}/"
    for who in (offered.bo, offered.cy):
        phone = offered.cast.phone(who)
        assert phone.get(path).status_code == 404
        assert phone.post(f"{path}accept/").status_code == 404
    offer.refresh_from_db()
    assert offer.status == OfferStatus.PLEDGED


def test_an_offer_taken_back_cannot_be_answered(offered: Circle) -> None:
    offer = Offer.objects.get(helper__name="Bo")
    actions.withdraw(offered.ring, By(offered.bo), offer=offer)
    assert answer(offered, "Bo", "accept") == 404
    with pytest.raises(NotNow, match="taken back"):
        actions.accept(offered.ring, By(offered.ada), offer=offer, needed=True)


def test_help_is_answered_after_the_ring_too(offered: Circle) -> None:
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        offered.cast.move(phase)
    assert answer(offered, "Bo", "thank") == 204


def test_the_page_shows_the_offer_and_every_answer(offered: Circle) -> None:
    offer = Offer.objects.get(helper__name="Bo")
    text = offered.cast.phone(offered.ada).get(f"/r/{offered.ring.code}/help/{offer.pk}/").text
    assert "Bees." in text
    for words in ("Yes, please", "The most useful thing I heard", "Not needed, thank you"):
        assert words in text
