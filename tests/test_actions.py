"""The door: what each command changes, what it refuses, and what happens when it comes twice."""

from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from rings import access, actions, live
from rings.actions import By, NameTaken, OpReused
from rings.models import Event, Offer, Participant, Request, Ring
from rings.phases import AskStatus, NotNow, OfferStatus, Phase, Seat, Turn
from tests.conftest import Cast, Circle


def turns(ring: Ring) -> dict[str, str]:
    return {a.participant.name: a.turn for a in ring.asks.select_related("participant")}


# --- the door itself ---


def test_each_change_counts_the_version_up_and_leaves_one_event(circle: Circle) -> None:
    versions = list(circle.ring.events.values_list("version", flat=True))
    circle.ring.refresh_from_db()
    assert versions == list(range(1, circle.ring.version + 1))


def test_the_same_op_twice_is_applied_once_and_answers_the_same(circle: Circle) -> None:
    by = By(circle.bo, uuid4().hex)
    ask = circle.ada.asks.get()
    first = actions.offer(circle.ring, by, ask=ask, helper=circle.bo, note="I can.")
    again = actions.offer(circle.ring, by, ask=ask, helper=circle.bo, note="I can.")
    assert again == first
    assert Offer.objects.count() == 1
    assert Ring.objects.get(pk=circle.ring.pk).version == first.version


def test_the_same_op_with_another_body_is_refused(circle: Circle) -> None:
    by = By(circle.bo, uuid4().hex)
    ask = circle.ada.asks.get()
    actions.offer(circle.ring, by, ask=ask, helper=circle.bo, note="I can.")
    with pytest.raises(OpReused):
        actions.offer(circle.ring, by, ask=ask, helper=circle.bo, note="Something else.")
    assert Offer.objects.get().note == "I can."


def test_a_refused_change_leaves_no_trace(circle: Circle) -> None:
    version, events = Ring.objects.get(pk=circle.ring.pk).version, Event.objects.count()
    with pytest.raises(NotNow):
        actions.next_turn(circle.ring, circle.cast.by, believing=None)
    assert Ring.objects.get(pk=circle.ring.pk).version == version
    assert Event.objects.count() == events


def test_a_change_is_announced_after_commit_with_the_seats_it_touches(
    circle: Circle, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[live.Word] = []
    with (
        patch.object(live, "_listeners", [heard.append]),
        django_capture_on_commit_callbacks(execute=True),
    ):
        circle.cast.offer(circle.bo, circle.ada)
        assert heard == []
    version = Ring.objects.get(pk=circle.ring.pk).version
    [word] = heard
    seats = tuple(sorted([circle.ada.pk, circle.bo.pk]))
    assert (word.ring, word.version, word.seats) == (circle.ring.pk, version, seats)


def test_a_dead_layer_does_not_turn_a_change_into_an_error(
    circle: Circle, django_capture_on_commit_callbacks: object
) -> None:
    def dead(*word: object) -> None:
        raise ConnectionError

    with (
        patch.object(live, "_listeners", [dead]),
        django_capture_on_commit_callbacks(execute=True),
    ):
        circle.cast.offer(circle.bo, circle.ada)
    assert Offer.objects.count() == 1


def test_events_hold_no_text(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="a secret note")
    held = str(list(Event.objects.values()))
    assert "secret" not in held
    assert "asks for" not in held


def test_opening_the_same_new_ring_twice_makes_one(cast: Cast) -> None:
    again = actions.open_ring(cast.fay, "first", title="Spring ring", host="Fay")
    assert again == cast.ring
    assert Ring.objects.count() == 1


# --- coming in ---


def test_who_joins_in_the_lobby_is_in_the_ring_with_a_turn_to_come(cast: Cast) -> None:
    ada = cast.seat("Ada")
    assert ada.seat == Seat.JOINED
    assert ada.asks.get().turn == Turn.WAITING


@pytest.mark.parametrize("other", ["ada", "  ADA ", "Ａda"])
def test_a_name_is_taken_however_it_is_written(cast: Cast, other: str) -> None:
    cast.seat("Ada")
    with pytest.raises(NameTaken):
        cast.seat(other)


def test_after_the_turns_began_a_newcomer_waits_at_the_door(circle: Circle) -> None:
    dan = circle.cast.seat("Dan")
    assert dan.seat == Seat.WAITING
    assert not dan.asks.exists()


def test_who_is_let_in_late_has_the_last_turn(circle: Circle) -> None:
    dan = circle.cast.seat("Dan")
    actions.admit(circle.ring, circle.cast.by, participant=dan)
    dan.refresh_from_db()
    assert dan.seat == Seat.JOINED
    assert [a.participant.name for a in circle.ring.asks.in_queue()] == ["Bo", "Cy", "Dan"]


def test_who_is_turned_away_is_gone(circle: Circle) -> None:
    dan = circle.cast.seat("Dan")
    actions.turn_away(circle.ring, circle.cast.by, participant=dan)
    assert not Participant.objects.filter(pk=dan.pk).exists()


def test_that_s_me_gives_the_seat_to_the_other_device_once_the_facilitator_agrees(
    circle: Circle,
) -> None:
    act = By(None)
    hashed = access.key_hash("a new phone")
    event = actions.claim(circle.ring, act, participant=circle.ada, key_hash=hashed)
    waiting = Participant.objects.get(pk=event.refs["participant"])
    circle.ada.refresh_from_db()
    assert circle.ada.key_hash != hashed
    actions.admit(circle.ring, circle.cast.by, participant=waiting)
    circle.ada.refresh_from_db()
    assert circle.ada.key_hash == hashed
    assert circle.ring.participants.count() == 3


def test_nobody_joins_a_ring_that_closes(circle: Circle) -> None:
    circle.cast.move(Phase.CLOSING)
    with pytest.raises(NotNow):
        circle.cast.seat("Dan")


# --- asks ---


def test_a_written_ask_is_ready_and_opens_with_its_turn(cast: Cast) -> None:
    ada = cast.seat("Ada")
    assert cast.write(ada).status == AskStatus.READY
    cast.move(Phase.TURNS)
    assert ada.asks.get().status == AskStatus.OPEN


def test_a_passed_ask_with_an_offer_stays_open_when_its_words_come_as_a_draft(cast: Cast) -> None:
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.move(Phase.TURNS)
    cast.offer(bo, ada)  # on what Ada said aloud
    actions.skip(cast.ring, cast.by, believing=ada.asks.get().pk)
    cast.write(ada, "Said aloud, written now.", ready=False)
    assert ada.asks.get().status == AskStatus.OPEN


def test_a_draft_is_not_ready(cast: Cast) -> None:
    ada = cast.seat("Ada")
    assert cast.write(ada, ready=False).status == AskStatus.DRAFT


def test_an_open_ask_can_be_reworded_but_not_emptied(circle: Circle) -> None:
    assert circle.cast.write(circle.ada, "Better words.").text == "Better words."
    with pytest.raises(NotNow):
        actions.write(circle.ring, By(circle.ada), participant=circle.ada, text="")


# --- turns ---


def test_next_ends_one_turn_and_begins_the_next(circle: Circle) -> None:
    circle.cast.next()
    assert turns(circle.ring) == {"Ada": "done", "Bo": "asking", "Cy": "waiting"}


def test_a_stale_next_changes_nothing_and_says_who_has_the_ring(circle: Circle) -> None:
    ada = circle.ada.asks.get().pk
    circle.cast.next()
    with pytest.raises(NotNow, match="Bo already has the ring"):
        actions.next_turn(circle.ring, circle.cast.by, believing=ada)
    assert turns(circle.ring) == {"Ada": "done", "Bo": "asking", "Cy": "waiting"}


def test_next_after_the_last_turn_leads_to_the_wall(circle: Circle) -> None:
    circle.cast.next()
    circle.cast.next()
    with pytest.raises(NotNow, match="wall"):
        circle.cast.next()


def test_a_deferred_turn_comes_again_last(circle: Circle) -> None:
    actions.defer(circle.ring, circle.cast.by, believing=circle.ada.asks.get().pk)
    assert turns(circle.ring) == {"Ada": "deferred", "Bo": "asking", "Cy": "waiting"}
    assert [a.participant.name for a in circle.ring.asks.in_queue()] == ["Cy", "Ada"]
    assert circle.ada.asks.get().status == AskStatus.READY


def test_who_passes_is_not_called_again(circle: Circle) -> None:
    actions.skip(circle.ring, circle.cast.by, believing=circle.ada.asks.get().pk)
    assert turns(circle.ring) == {"Ada": "passed", "Bo": "asking", "Cy": "waiting"}


def test_back_gives_the_ring_back_with_the_time_used(circle: Circle) -> None:
    began = circle.ada.asks.get().began_at
    assert began is not None
    with time_machine.travel(began + timedelta(seconds=90), tick=False):
        circle.cast.next()
    with time_machine.travel(began + timedelta(seconds=100), tick=False):
        circle.ring.refresh_from_db()
        actions.back(circle.ring, circle.cast.by, believing=circle.ring.current_id)
        used = timezone.now() - circle.ada.asks.get().began_at
    assert used == timedelta(seconds=90)
    assert turns(circle.ring) == {"Ada": "asking", "Bo": "waiting", "Cy": "waiting"}


def test_back_on_the_first_turn_is_refused(circle: Circle) -> None:
    with pytest.raises(NotNow, match="first turn"):
        actions.back(circle.ring, circle.cast.by, believing=circle.ada.asks.get().pk)


def test_back_from_the_wall_gives_the_last_one_the_ring_again(circle: Circle) -> None:
    circle.cast.next()
    circle.cast.next()
    circle.cast.move(Phase.WALL)
    circle.cast.move(Phase.TURNS)
    assert turns(circle.ring) == {"Ada": "done", "Bo": "done", "Cy": "asking"}


def test_paused_time_is_not_in_the_turn(circle: Circle) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        actions.pause(circle.ring, circle.cast.by, paused=True)
        clock.shift(60)
        actions.pause(circle.ring, circle.cast.by, paused=False)
    assert circle.ada.asks.get().paused_seconds == 60


def test_moving_on_ends_a_pause(circle: Circle) -> None:
    actions.pause(circle.ring, circle.cast.by, paused=True)
    circle.cast.next()
    assert circle.ring.paused_at is None


def test_the_wall_opens_every_ask_that_is_ready(circle: Circle) -> None:
    circle.cast.move(Phase.WALL)
    assert set(circle.ring.asks.values_list("status", flat=True)) == {AskStatus.OPEN}


def test_an_ended_ring_can_be_opened_again_for_a_day(circle: Circle) -> None:
    circle.cast.move(Phase.CLOSING)
    circle.cast.move(Phase.FOLLOW_UP)
    with time_machine.travel(timezone.now() + timedelta(hours=25)), pytest.raises(NotNow):
        circle.cast.move(Phase.CLOSING)
    circle.cast.move(Phase.CLOSING)
    assert circle.ring.ended_at is None


def test_a_move_from_a_phase_that_has_passed_is_refused(circle: Circle) -> None:
    with pytest.raises(NotNow, match="already in its turns"):
        actions.move(circle.ring, circle.cast.by, to=Phase.WRITING, believing=Phase.LOBBY)


# --- offers ---


def test_an_offer_is_filed_under_its_ask_whoever_has_the_ring_by_then(circle: Circle) -> None:
    circle.cast.next()
    circle.cast.offer(circle.cy, circle.ada)
    assert Offer.objects.get().asker == circle.ada


def test_a_second_offer_by_the_same_helper_rewords_the_first(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="Perhaps.")
    circle.cast.offer(circle.bo, circle.ada, note="Surely.")
    assert [offer.note for offer in Offer.objects.all()] == ["Surely."]


def test_nobody_offers_to_themselves(circle: Circle) -> None:
    with pytest.raises(NotNow, match="your own"):
        circle.cast.offer(circle.ada, circle.ada)


def test_an_ask_that_has_not_been_read_takes_no_offers(circle: Circle) -> None:
    with pytest.raises(NotNow, match="once Cy has read"):
        circle.cast.offer(circle.bo, circle.cy)


def test_an_offer_to_a_ring_whose_time_is_up_is_refused(circle: Circle) -> None:
    for phase in (Phase.CLOSING, Phase.FOLLOW_UP, Phase.ARCHIVED):
        circle.cast.move(phase)
    with pytest.raises(NotNow, match="over"):
        circle.cast.offer(circle.bo, circle.ada)


def test_a_fresh_offer_can_be_taken_back(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    actions.withdraw(circle.ring, By(circle.bo), offer=Offer.objects.get())
    assert Offer.objects.get().status == OfferStatus.WITHDRAWN


def test_an_older_offer_cannot_be_taken_back(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    with time_machine.travel(timezone.now() + timedelta(seconds=16)), pytest.raises(NotNow):
        actions.withdraw(circle.ring, By(circle.bo), offer=Offer.objects.get())


def test_after_taking_back_one_may_offer_anew(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    actions.withdraw(circle.ring, By(circle.bo), offer=Offer.objects.get())
    circle.cast.offer(circle.bo, circle.ada)
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["pledged", "withdrawn"]


# --- the rules the database itself holds ---


def refused(model: type, **fields: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**fields)


def test_the_database_allows_one_current_turn_a_ring(circle: Circle) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(participant=circle.bo).update(turn=Turn.OFFERING)


def test_the_database_allows_one_request_a_participant_and_round(circle: Circle) -> None:
    refused(Request, ring=circle.ring, participant=circle.ada, place=9)


def test_the_database_allows_one_active_offer_a_helper_and_request(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    fields = {"ring": circle.ring, "ask": ask, "helper": circle.bo, "asker": circle.ada}
    Offer.objects.create(**fields)
    refused(Offer, **fields)


def test_the_database_allows_no_offer_to_oneself(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    refused(Offer, ring=circle.ring, ask=ask, helper=circle.ada, asker=circle.ada)


def test_the_database_allows_an_op_once_a_ring(circle: Circle) -> None:
    event = circle.ring.events.get(version=1)
    refused(Event, ring=circle.ring, version=99, op=event.op, body="", kind="x")


def test_the_database_allows_a_version_once_a_ring(circle: Circle) -> None:
    refused(Event, ring=circle.ring, version=1, op="another", body="", kind="x")


def test_the_database_allows_a_name_once_a_ring(circle: Circle) -> None:
    refused(Participant, ring=circle.ring, name="ADA", name_key="ada")


def test_the_database_allows_a_current_ask_in_the_turns_only(circle: Circle) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Ring.objects.filter(pk=circle.ring.pk).update(phase=Phase.WALL)


def test_an_ask_spoken_aloud_takes_offers_after_its_turn_too(cast: Cast) -> None:
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.move(Phase.TURNS)
    cast.next()
    cast.offer(bo, ada)
    assert Offer.objects.get().asker == ada
