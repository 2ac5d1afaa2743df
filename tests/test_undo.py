"""Undo: the desk's last act is taken back, whatever it was, for half a minute."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from rings import actions
from rings.models import Ring
from rings.phases import AskStatus, NotNow, Phase, Turn
from tests.conftest import Circle


def last_act(circle: Circle) -> int:
    act = Ring.objects.select_related("last_act").get(pk=circle.ring.pk).last_act
    assert act
    return act.version


def undo(circle: Circle) -> None:
    actions.undo(circle.ring, circle.cast.by, believing=last_act(circle))
    circle.ring.refresh_from_db()


def test_a_wrong_next_is_taken_back_and_the_clock_goes_on(circle: Circle) -> None:
    began = circle.ada.asks.get().began_at
    circle.cast.next()
    undo(circle)
    ada, bo = circle.ada.asks.get(), circle.bo.asks.get()
    assert (circle.ring.current, ada.turn, ada.began_at) == (ada, Turn.ASKING, began)
    assert (bo.turn, bo.status, bo.began_at) == (Turn.WAITING, AskStatus.READY, None)


def test_an_offer_made_meanwhile_stays_with_its_ask_which_stays_open(circle: Circle) -> None:
    circle.cast.next()
    circle.cast.offer(circle.cy, circle.bo)
    undo(circle)
    bo = circle.bo.asks.get()
    assert (bo.turn, bo.status, bo.offers.count()) == (Turn.WAITING, AskStatus.OPEN, 1)


def test_the_end_of_a_ring_is_taken_back_into_the_turn_it_ended(circle: Circle) -> None:
    circle.cast.move(Phase.FOLLOW_UP)
    undo(circle)
    assert (circle.ring.phase, circle.ring.ended_at) == (Phase.TURNS, None)
    assert circle.ring.current == circle.ada.asks.get()


def test_an_act_is_taken_back_once(circle: Circle) -> None:
    circle.cast.next()
    believed = last_act(circle)
    undo(circle)
    with pytest.raises(NotNow, match="already"):
        actions.undo(circle.ring, circle.cast.by, believing=believed)


def test_an_act_followed_by_another_is_no_longer_the_last(circle: Circle) -> None:
    circle.cast.next()
    believed = last_act(circle)
    circle.cast.next()
    with pytest.raises(NotNow, match="Something else"):
        actions.undo(circle.ring, circle.cast.by, believing=believed)


def test_after_half_a_minute_an_act_stands(circle: Circle) -> None:
    circle.cast.next()
    with (
        time_machine.travel(timezone.now() + timedelta(seconds=40), tick=False),
        pytest.raises(NotNow, match="30 seconds"),
    ):
        undo(circle)


def test_an_undo_is_an_event_of_its_own(circle: Circle) -> None:
    circle.cast.next()
    believed = last_act(circle)
    undo(circle)
    event = circle.ring.events.last()
    assert (event.kind, event.refs) == ("undo", {"undid": believed, "kind": "next_turn"})
    assert "What Bo asks for." not in str(list(circle.ring.events.values()))
