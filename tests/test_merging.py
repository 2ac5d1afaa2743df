"""Two seats of one person become one, with every offer of both and one ask."""

from rings import actions
from rings.models import Offer, Participant, Ring
from rings.phases import OfferStatus, Strength
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


def merge(circle: Circle, stays: Participant, goes: Participant) -> None:
    actions.merge(circle.ring, circle.cast.by, participant=stays, other=goes)


def test_the_offers_of_both_stand_on_the_seat_that_stays(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    merge(circle, circle.cy, circle.bo)
    assert Offer.objects.get().helper == circle.cy
    assert not Participant.objects.filter(pk=circle.bo.pk).exists()
    assert circle.cy.asks.count() == 1
    assert circle.cast.phone(circle.cy).get(f"/r/{circle.ring.code}/").status_code == 200


def test_of_two_offers_on_one_ask_the_firmer_stands(circle: Circle) -> None:
    circle.cast.offer(circle.cy, circle.ada, strength=Strength.WILL_TRY)
    circle.cast.offer(circle.bo, circle.ada, strength=Strength.FIRM, note="Surely.")
    merge(circle, circle.cy, circle.bo)
    standing = Offer.objects.exclude(status=OfferStatus.WITHDRAWN).get()
    assert (standing.helper, standing.note) == (circle.cy, "Surely.")


def test_an_offer_to_oneself_is_none(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    circle.cast.offer(circle.cy, circle.ada)
    merge(circle, circle.bo, circle.ada)
    offer = Offer.objects.get()
    assert (offer.helper, offer.asker) == (circle.cy, circle.bo)
    circle.ring.refresh_from_db()
    assert circle.ring.current == circle.bo.asks.get()
    assert circle.bo.asks.get().text == "What Ada asks for."


def test_two_asks_that_were_both_read_cannot_become_one(circle: Circle) -> None:
    circle.cast.next()
    desk = circle.cast.desk()
    path = f"/desk/{circle.ring.pk}/seats/{circle.ada.pk}/merge/"
    assert "Bo" in desk.get(path).text
    answer = desk.post(path, {"other": circle.bo.pk})
    assert answer.status_code == 422
    assert "Both Ada and Bo have asked already" in answer.text
    assert circle.ring.participants.count() == 3


def test_a_seat_without_a_phone_takes_the_phone_of_the_other(cast: Cast) -> None:
    daniel, dan = cast.proxy("Daniel"), cast.seat("Dan")
    cast.desk().post(f"/desk/{cast.ring.pk}/seats/{daniel.pk}/merge/", {"other": dan.pk})
    page = cast.phone(dan).get(f"/r/{cast.ring.code}/")
    assert "Good to see you, Daniel" in page.text


def test_the_words_of_the_seat_that_stays_are_kept_and_else_the_other_s(circle: Circle) -> None:
    merge(circle, circle.cy, circle.bo)
    assert circle.cy.asks.get().text == "What Cy asks for."
    dan = circle.cast.proxy("Dan")
    merge(circle, dan, circle.cy)
    assert dan.asks.get().text == "What Cy asks for."


def test_nothing_of_before_is_taken_back_after_a_merge(circle: Circle) -> None:
    circle.cast.next()
    merge(circle, circle.cy, circle.cast.proxy("Dan"))
    assert Ring.objects.get(pk=circle.ring.pk).last_act is None
