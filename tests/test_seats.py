"""Seats: removed, blocked, let in again, left, locked out, renamed, brought together, and taken by a PIN."""

import pytest
from django.http import Http404
from django.test import Client

from rings import actions
from rings.actions import By, NameTaken
from rings.models import Offer, Participant, Request, Ring
from rings.phases import AskStatus, NotNow, OfferStatus, Phase, Seat, Turn
from rings.picture import Picture
from tests.conftest import Cast, Circle, key_of

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


# --- removed and blocked ----------------------------------------------------------------------------


def test_the_turn_of_one_removed_ends_as_absent_and_the_next_begins(circle: Circle) -> None:
    remove(circle, circle.ada)
    ada = circle.ada.asks.get()
    assert (ada.turn, ada.ended_at is not None) == (Turn.ABSENT, True)
    assert circle.ring.current == circle.bo.asks.get()


def test_the_ask_of_one_removed_leaves_the_queue(circle: Circle) -> None:
    remove(circle, circle.bo)
    assert queue(circle) == ["Cy"]
    circle.cast.next()
    assert circle.ring.current == circle.cy.asks.get()


def test_the_last_one_removed_leaves_the_ring_with_nobody(circle: Circle) -> None:
    for who in (circle.bo, circle.cy, circle.ada):
        remove(circle, who)
    assert circle.ring.current is None


def test_back_never_gives_the_ring_to_somebody_who_is_out(circle: Circle) -> None:
    circle.cast.next()
    remove(circle, circle.ada)
    with pytest.raises(NotNow, match="first turn"):
        actions.back(circle.ring, circle.cast.by, believing=circle.ring.current_id)


def test_a_pause_goes_on_while_somebody_is_removed(circle: Circle) -> None:
    actions.pause(circle.ring, circle.cast.by, paused=True)
    remove(circle, circle.ada)
    assert circle.ring.paused_at
    assert circle.ring.paused_at >= circle.bo.asks.get().began_at


def test_a_removal_is_taken_back_with_the_turn_it_ended(circle: Circle) -> None:
    began = circle.ada.asks.get().began_at
    remove(circle, circle.ada)
    undo(circle)
    circle.ada.refresh_from_db()
    ada = circle.ada.asks.get()
    assert (circle.ada.seat, ada.turn, ada.began_at) == (Seat.JOINED, Turn.ASKING, began)
    assert circle.ring.current == ada


def test_who_is_let_in_again_asks_at_the_end(circle: Circle) -> None:
    remove(circle, circle.ada)
    let_in(circle, circle.ada)
    assert queue(circle) == ["Cy", "Ada"]
    assert circle.ada.asks.get().status == AskStatus.READY


def test_who_has_had_a_turn_gets_no_second_one(circle: Circle) -> None:
    circle.cast.next()
    remove(circle, circle.ada)
    let_in(circle, circle.ada)
    assert circle.ada.asks.get().turn == Turn.DONE


def test_an_ask_let_in_at_the_wall_is_on_the_wall(circle: Circle) -> None:
    remove(circle, circle.ada)
    circle.cast.move(Phase.WALL)
    let_in(circle, circle.ada)
    assert circle.ada.asks.get() in Picture.of(circle.ring.pk).open_asks


def test_offers_of_one_removed_stay_with_those_they_were_for(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="A ladder of mine.")
    remove(circle, circle.bo)
    page = circle.cast.phone(circle.ada).get(f"/r/{circle.ring.code}/")
    assert "A ladder of mine." in page.text
    stage = Client().get(f"/stage/{circle.ring.stage_token}/")
    assert "Offers so far from Bo." in stage.text


@pytest.mark.parametrize("act", [actions.remove, actions.block])
def test_who_is_out_finds_404_and_kind_words(circle: Circle, act: object) -> None:
    act(circle.ring, circle.cast.by, participant=circle.bo)  # type: ignore[operator]
    phone, code, ask = circle.cast.phone(circle.bo), circle.ring.code, circle.ada.asks.get().pk
    paths = ["screen/", "ask/", f"offer/{ask}/", "return/"]
    assert [phone.get(f"/r/{code}/{path}").status_code for path in paths] == [404] * 4
    assert phone.post(f"/r/{code}/offer/{ask}/", {"kind": "advice"}).status_code == 404
    assert phone.get(f"/back/{circle.ring.pk}/{key_of('Bo')}/").status_code == 404
    page = phone.get(f"/r/{code}/")
    assert page.status_code == 404
    assert "You are no longer in this ring" in page.text
    assert "What Ada asks for." not in page.text
    assert not Offer.objects.exists()


def test_a_change_on_its_way_while_one_is_removed_changes_nothing(circle: Circle) -> None:
    """The page was let through a moment before; under the lock the seat is looked at again."""
    remove(circle, circle.bo)
    with pytest.raises(Http404):
        actions.offer(
            circle.ring, By(circle.bo), ask=circle.ada.asks.get(), helper=circle.bo, kind="advice"
        )
    assert not Offer.objects.exists()


@pytest.mark.parametrize("locked", [False, True])
def test_who_was_removed_may_knock_again_whatever_the_phase(cast: Cast, locked: bool) -> None:
    bo = cast.seat("Bo")
    if locked:
        actions.lock(cast.ring, cast.by, locked=True)
    actions.remove(cast.ring, cast.by, participant=bo)
    phone = cast.phone(bo)
    assert "Ask to come in again" in phone.get(f"/r/{cast.ring.code}/").text
    phone.post(f"/r/{cast.ring.code}/again/")
    assert 'id="door"' in phone.get(f"/r/{cast.ring.code}/").text
    assert "was in before" in cast.desk().get(f"/desk/{cast.ring.pk}/").text
    actions.admit(cast.ring, cast.by, participant=bo)
    bo.refresh_from_db()
    assert (bo.seat, bo.asks.count()) == (Seat.JOINED, 1)


def test_who_knocks_again_and_is_not_let_in_loses_nothing(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    remove(circle, circle.bo)
    actions.knock(circle.ring, By(None), participant=circle.bo)
    actions.turn_away(circle.ring, circle.cast.by, participant=circle.bo)
    circle.bo.refresh_from_db()
    assert (circle.bo.seat, circle.bo.offers.count()) == (Seat.REMOVED, 1)


def test_the_code_typed_again_by_one_removed_is_a_knock(circle: Circle) -> None:
    remove(circle, circle.bo)
    circle.cast.phone(circle.bo).post(f"/r/{circle.ring.code}/join/", {"name": "Bo"})
    circle.bo.refresh_from_db()
    assert circle.bo.seat == Seat.WAITING


def test_who_is_blocked_comes_in_by_no_way(circle: Circle) -> None:
    actions.block(circle.ring, circle.cast.by, participant=circle.bo)
    phone, code = circle.cast.phone(circle.bo), circle.ring.code
    phone.post(f"/r/{code}/again/")
    phone.post(f"/r/{code}/join/", {"name": "Bo"})
    circle.bo.refresh_from_db()
    assert circle.bo.seat == Seat.BLOCKED
    fresh = Client()
    page = fresh.post(f"/r/{code}/join/", {"name": " bO "})
    assert page.status_code == 422
    assert "Come in as" not in page.text
    assert "That’s me" not in page.text
    assert fresh.post(f"/r/{code}/claim/{circle.bo.pk}/").status_code == 404
    assert circle.ring.participants.count() == 3


def test_the_claims_on_a_seat_go_when_it_is_blocked(circle: Circle) -> None:
    event = actions.claim(circle.ring, By(None), participant=circle.bo, key_hash="another")
    actions.block(circle.ring, circle.cast.by, participant=circle.bo)
    assert not Participant.objects.filter(pk=event.refs["participant"]).exists()


def test_the_desk_lists_who_is_out_and_lets_them_in(circle: Circle) -> None:
    desk, pk = circle.cast.desk(), circle.ring.pk
    desk.post(f"/desk/{pk}/seats/{circle.bo.pk}/remove/")
    desk.post(f"/desk/{pk}/seats/{circle.cy.pk}/block/")
    page = desk.get(f"/desk/{pk}/").text
    assert "Not in the ring" in page
    for who in (circle.bo, circle.cy):
        assert f'action="/desk/{pk}/seats/{who.pk}/let-in/"' in page
        desk.post(f"/desk/{pk}/seats/{who.pk}/let-in/")
    assert set(circle.ring.participants.values_list("seat", flat=True)) == {Seat.JOINED}


def test_a_second_remove_changes_nothing(circle: Circle) -> None:
    remove(circle, circle.bo)
    with pytest.raises(NotNow, match="not in the ring"):
        remove(circle, circle.bo)


# --- leaving ----------------------------------------------------------------------------------------


def test_one_leaves_and_comes_back_with_one_tap(circle: Circle) -> None:
    phone, code = circle.cast.phone(circle.bo), circle.ring.code
    assert "Leave the ring" in phone.get(f"/r/{code}/").text
    answer = phone.post(f"/r/{code}/leave/", headers=HTMX)
    assert answer["HX-Redirect"] == f"/r/{code}/"
    assert queue(circle) == ["Cy"]
    page = phone.get(f"/r/{code}/")
    assert page.status_code == 200
    assert "You have left, Bo" in page.text
    phone.post(f"/r/{code}/again/")
    assert queue(circle) == ["Cy", "Bo"]
    assert 'id="phone_mine"' in phone.get(f"/r/{code}/").text


def test_who_left_finds_their_promises_after_the_ring(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="A ladder of mine.")
    actions.leave(circle.ring, By(circle.bo), participant=circle.bo)
    circle.cast.move(Phase.FOLLOW_UP)
    phone = circle.cast.phone(circle.bo)
    phone.post(f"/r/{circle.ring.code}/again/")
    assert "A ladder of mine." in phone.get(f"/r/{circle.ring.code}/").text


def test_an_undo_never_gives_the_ring_to_one_who_left(circle: Circle) -> None:
    circle.cast.next()
    version = circle.ring.version
    actions.leave(circle.ring, By(circle.ada), participant=circle.ada)
    with pytest.raises(NotNow, match="Something else"):
        actions.undo(circle.ring, circle.cast.by, believing=version)


def test_the_leaving_of_the_one_on_stage_is_not_undone_with_the_act_before(circle: Circle) -> None:
    circle.cast.next()
    version = circle.ring.version
    actions.leave(circle.ring, By(circle.bo), participant=circle.bo)
    circle.ring.refresh_from_db()
    assert circle.ring.current == circle.cy.asks.get()
    with pytest.raises(NotNow, match="Something else"):
        actions.undo(circle.ring, circle.cast.by, believing=version)


# --- the door ---------------------------------------------------------------------------------------


def test_a_locked_door_lets_everybody_wait_and_all_in_at_once(cast: Cast) -> None:
    desk, pk = cast.desk(), cast.ring.pk
    desk.post(f"/desk/{pk}/lock/", {"to": "locked"})
    assert "The door is locked" in desk.get(f"/desk/{pk}/").text
    stage = Client().get(f"/stage/{cast.ring.stage_token}/")
    assert "The door is locked: you are let in by hand." in stage.text
    ana, ben = cast.seat("Ana"), cast.seat("Ben")
    assert "The door is locked just now" in cast.phone(ana).get(f"/r/{cast.ring.code}/").text
    assert (ana.seat, ben.seat) == (Seat.WAITING, Seat.WAITING)
    assert "Let all 2 in" in desk.get(f"/desk/{pk}/").text
    desk.post(f"/desk/{pk}/door/")
    assert cast.ring.participants.joined().count() == 2
    assert Request.objects.count() == 2


def test_letting_all_in_answers_nobody_who_says_thats_me(circle: Circle) -> None:
    actions.claim(circle.ring, By(None), participant=circle.bo, key_hash="another")
    with pytest.raises(NotNow, match="Nobody new"):
        actions.admit_all(circle.ring, circle.cast.by)
    circle.cast.seat("Dan")
    actions.admit_all(circle.ring, circle.cast.by)
    assert [who.name for who in circle.ring.participants.at_the_door()] == ["Bo"]


def test_letting_all_in_is_taken_back(circle: Circle) -> None:
    dan = circle.cast.seat("Dan")
    actions.admit_all(circle.ring, circle.cast.by)
    undo(circle)
    dan.refresh_from_db()
    assert dan.seat == Seat.WAITING
    assert queue(circle) == ["Bo", "Cy"]


def test_the_door_is_locked_by_itself_once_the_turns_begin(circle: Circle) -> None:
    with pytest.raises(NotNow, match="open the door to each one"):
        actions.lock(circle.ring, circle.cast.by, locked=True)
    assert (
        "The door is locked since the turns began"
        in circle.cast.desk().get(f"/desk/{circle.ring.pk}/").text
    )


# --- names ------------------------------------------------------------------------------------------


def test_a_name_is_put_right(circle: Circle) -> None:
    desk, pk = circle.cast.desk(), circle.ring.pk
    answer = desk.post(f"/desk/{pk}/seats/{circle.bo.pk}/name/", {"name": "Bodil"}, headers=HTMX)
    assert answer.status_code == 204
    assert "Bodil" in desk.get(f"/desk/{pk}/").text


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_name_that_is_taken_comes_back_with_the_sentence_of_the_door(
    circle: Circle, headers: dict[str, str]
) -> None:
    path = f"/desk/{circle.ring.pk}/seats/{circle.bo.pk}/name/"
    answer = circle.cast.desk().post(path, {"name": "  aDA "}, headers=headers)
    assert answer.status_code == 422
    assert "There is already somebody called Ada here." in answer.text
    assert 'value="aDA"' in answer.text


def test_one_s_own_name_may_be_written_otherwise(circle: Circle) -> None:
    actions.rename(circle.ring, circle.cast.by, participant=circle.bo, name="BO")
    circle.bo.refresh_from_db()
    assert circle.bo.name == "BO"
    with pytest.raises(NameTaken):
        actions.rename(circle.ring, circle.cast.by, participant=circle.bo, name="Cy")


# --- written for somebody ---------------------------------------------------------------------------


def test_an_offer_written_down_is_shown_to_its_helper_who_takes_it_back(circle: Circle) -> None:
    desk, ask = circle.cast.desk(), circle.ada.asks.get()
    fields = {"kind": "advice", "helper": circle.bo.pk, "note": "Ask my aunt."}
    desk.post(f"/desk/{circle.ring.pk}/asks/{ask.pk}/offers/", fields)
    phone, code = circle.cast.phone(circle.bo), circle.ring.code
    assert "Fay wrote this for you." in phone.get(f"/r/{code}/").text
    asker = circle.cast.phone(circle.ada).get(f"/r/{code}/").text
    assert "Spoken in the ring; Fay wrote it down." in asker
    offer = Offer.objects.get()
    Offer.objects.update(created_at=offer.created_at.replace(year=2020))
    phone.post(f"/r/{code}/withdraw/{offer.pk}/")
    assert Offer.objects.get().status == OfferStatus.WITHDRAWN


def test_an_offer_reworded_by_its_helper_is_theirs(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, scribed=True)
    circle.cast.offer(circle.bo, circle.ada, note="In my own words.")
    assert not Offer.objects.get().scribed


def test_an_ask_written_for_somebody_is_shown_to_them_who_take_it_back(cast: Cast) -> None:
    bo = cast.seat("Bo")
    path = f"/desk/{cast.ring.pk}/seats/{bo.pk}/ask/"
    cast.desk().post(path, {"text": "A chair."})
    assert bo.asks.get().scribed
    assert "A chair." in cast.desk().get(path).text
    phone, code = cast.phone(bo), cast.ring.code
    assert "Fay wrote this for you" in phone.get(f"/r/{code}/").text
    phone.post(f"/r/{code}/ask/", {"text": "", "draft": "1"})
    ask = bo.asks.get()
    assert (ask.text, ask.scribed, ask.status) == ("", False, AskStatus.DRAFT)


def test_an_ask_reworded_by_its_writer_is_theirs_alone_again(cast: Cast) -> None:
    bo = cast.seat("Bo")
    actions.write(cast.ring, cast.by, participant=bo, text="A chair.")
    cast.write(bo, "A better chair.")
    answer = cast.desk().get(f"/desk/{cast.ring.pk}/seats/{bo.pk}/ask/")
    assert answer.status_code == 409
    assert "A better chair." not in answer.text
