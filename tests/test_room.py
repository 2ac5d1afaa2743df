"""What the facilitator does for the room: quiet, a tender moment, a card on the stage, one's own ask."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from rings import actions, live
from rings.actions import By, NameTaken
from rings.live import Audience
from rings.models import Participant, Request, Ring
from rings.phases import AskStatus, NotNow, Phase, Turn
from rings.picture import Picture
from rings.screens.desk.quiet import quiet_from
from tests.conftest import Cast, Circle

CANARY = "Canary that only Ada and Fay may read"


def drawn(ring: Ring, audience: Audience) -> str:
    return "".join(live.draw(Picture.of(ring.pk), audience).values())


def everything_shared(ring: Ring) -> str:
    """Stage, phones, and every seat's own part but Ada's, as they are pushed."""
    picture = Picture.of(ring.pk)
    own = [live.draw_personal(picture, p) for p in picture.participants if p.name != "Ada"]
    shared = [live.draw(picture, audience) for audience in (Audience.STAGE, Audience.PHONE)]
    return "".join(html for fragments in (*shared, *own) for html in fragments.values())


def quiet_since(circle: Circle) -> float:
    """Seconds since the quiet is counted; below 0 while the asker has the word."""
    picture = Picture.of(circle.ring.pk)
    assert picture.current
    since = quiet_from(picture, picture.current)
    assert since
    return (timezone.now() - since).total_seconds()


# --- quiet ----------------------------------------------------------------------------------------


def test_quiet_is_counted_after_the_asker_s_own_time(circle: Circle) -> None:
    asker_has = circle.ring.turn_seconds // 3
    assert quiet_since(circle) == pytest.approx(-asker_has, abs=2)


def test_an_offer_and_a_voice_begin_the_quiet_anew(circle: Circle) -> None:
    begins = circle.ada.asks.get().began_at
    assert begins
    with time_machine.travel(begins + timedelta(seconds=100), tick=False):
        circle.cast.offer(circle.bo, circle.ada)
        assert quiet_since(circle) == 0
    with time_machine.travel(begins + timedelta(seconds=140), tick=False):
        assert quiet_since(circle) == 40
        actions.spoke(circle.ring, circle.cast.by, believing=circle.ring.current_id)
        assert quiet_since(circle) == 0


def test_a_pause_is_no_quiet(circle: Circle) -> None:
    actions.pause(circle.ring, circle.cast.by, paused=True)
    with pytest.raises(NotNow, match="paused"):
        actions.spoke(circle.ring, circle.cast.by, believing=circle.ring.current_id)
    actions.pause(circle.ring, circle.cast.by, paused=False)
    assert quiet_since(circle) == pytest.approx(0, abs=2)


def test_a_stale_tap_says_who_has_the_ring(circle: Circle) -> None:
    believed = circle.ring.current_id
    circle.cast.next()
    with pytest.raises(NotNow, match="Bo already"):
        actions.spoke(circle.ring, circle.cast.by, believing=believed)


def test_the_meter_is_on_the_desk_in_a_turn_and_nowhere_else(circle: Circle) -> None:
    assert "data-quiet-from" in drawn(circle.ring, Audience.DESK)
    assert "quiet-meter" not in everything_shared(circle.ring)
    circle.cast.move(Phase.WALL)
    assert "data-quiet-from" not in drawn(circle.ring, Audience.DESK)


def test_without_an_offer_the_wall_is_offered_and_with_one_it_is_not(circle: Circle) -> None:
    assert 'id="ripen"' in drawn(circle.ring, Audience.DESK)
    circle.cast.offer(circle.bo, circle.ada)
    assert 'id="ripen"' not in drawn(circle.ring, Audience.DESK)


def test_leaving_the_last_ask_for_the_wall_goes_there(circle: Circle) -> None:
    circle.cast.next()
    circle.cast.next()
    desk = circle.cast.desk()
    form = re.search(r'<form id="ripen".*?</form>', desk.get(f"/desk/{circle.ring.pk}/").text, re.S)
    assert form
    action = re.search(r'action="([^"]+)"', form[0])
    assert action
    desk.post(action[1], dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form[0])))
    assert Ring.objects.get(pk=circle.ring.pk).phase == Phase.WALL


@pytest.mark.parametrize("phase", [*Phase])
def test_no_offer_is_never_a_public_zero(circle: Circle, phase: Phase) -> None:
    """Nowhere on stage or phones stands a 0, in any phase of a ring in which nobody has offered."""
    if phase != Phase.TURNS:
        Request.objects.filter(turn=Turn.ASKING).update(turn=Turn.DONE, ended_at=timezone.now())
        Ring.objects.update(phase=phase, current=None, phase_began_at=timezone.now())
    words = re.sub(r"<[^>]*>", " ", everything_shared(circle.ring))
    zeros = re.findall(r".{20}(?<![\d:.])\b0\b(?![:.]\d).{20}|\b[Nn]o offers?\b", words, re.S)
    assert zeros == []


# --- a tender moment ------------------------------------------------------------------------------


@pytest.fixture
def tender(circle: Circle) -> Circle:
    """Ada has asked for something she would rather not have on the wall of a room."""
    why, by = f"Why: {CANARY}", date(2031, 12, 24)
    circle.cast.write(circle.ada, CANARY, why=why, by=by)
    return circle


def hide(circle: Circle, *, hidden: bool = True, paused: bool = False) -> None:
    ask = circle.ada.asks.get()
    actions.tender(circle.ring, circle.cast.by, ask=ask, hidden=hidden, paused=paused)
    circle.ring.refresh_from_db()


def test_one_tap_pauses_and_hides_and_going_on_shows_it_again(tender: Circle) -> None:
    assert CANARY in everything_shared(tender.ring)
    hide(tender, paused=True)
    assert tender.ring.paused_at
    assert CANARY not in everything_shared(tender.ring)
    actions.pause(tender.ring, tender.cast.by, paused=False)
    assert not tender.ada.asks.get().hidden
    assert CANARY in everything_shared(tender.ring)


def test_showing_it_again_lets_the_clock_go_on(tender: Circle) -> None:
    hide(tender, paused=True)
    hide(tender, hidden=False)
    assert tender.ring.paused_at is None


def test_what_was_hidden_without_a_pause_stays_so_through_a_pause(tender: Circle) -> None:
    hide(tender)
    for paused in (True, False):
        actions.pause(tender.ring, tender.cast.by, paused=paused)
    assert tender.ada.asks.get().hidden


def test_a_later_pause_is_not_the_tender_one(tender: Circle) -> None:
    hide(tender, paused=True)
    tender.cast.next()
    actions.back(tender.ring, tender.cast.by, believing=tender.ring.current_id)
    for paused in (True, False):
        actions.pause(tender.ring, tender.cast.by, paused=paused)
    assert tender.ada.asks.get().hidden


def test_a_tender_moment_is_taken_back(tender: Circle) -> None:
    hide(tender, paused=True)
    act = Ring.objects.get(pk=tender.ring.pk).last_act
    assert act
    actions.undo(tender.ring, tender.cast.by, believing=act.version)
    tender.ring.refresh_from_db()
    assert (tender.ring.paused_at, tender.ada.asks.get().hidden) == (None, False)


def test_the_asker_s_own_phone_and_the_desk_keep_the_words(tender: Circle) -> None:
    hide(tender)
    picture = Picture.of(tender.ring.pk)
    mine = live.draw_personal(picture, picture.seat_of[tender.ada.pk])
    assert CANARY in "".join(mine.values())
    assert CANARY in drawn(tender.ring, Audience.DESK)


@pytest.mark.parametrize("when", ["its turn", "earlier", "the wall", "reworded", "deferred"])
def test_no_page_and_no_frame_of_stage_or_phones_holds_a_hidden_word(
    tender: Circle, when: str
) -> None:
    tender.cast.offer(tender.cy, tender.ada)
    hide(tender, paused=when == "its turn")
    if when == "earlier":
        tender.cast.next()
    elif when == "the wall":
        tender.cast.move(Phase.WALL)
    elif when == "deferred":
        actions.defer(tender.ring, tender.cast.by, believing=tender.ring.current_id)
    elif when == "reworded":
        tender.cast.write(tender.ada, f"Again: {CANARY}", by=date(2031, 12, 24))
    ask = tender.ada.asks.get()
    assert CANARY not in everything_shared(tender.ring)
    assert "24 Dec" not in everything_shared(tender.ring)
    code = tender.ring.code
    for who in (tender.bo, tender.cy):
        phone = tender.cast.phone(who)
        for path in (f"/r/{code}/", f"/r/{code}/screen/", f"/r/{code}/offer/{ask.pk}/"):
            page = phone.get(path)
            assert page.status_code == 200
            assert CANARY not in page.text, path
            assert "24 Dec" not in page.text  # not "2031" alone: a token may hold that
        bad = phone.post(f"/r/{code}/offer/{ask.pk}/", {"kind": "", "note": "I can."})
        assert (bad.status_code, CANARY in bad.text) == (422, False)
    for path in ("", "screen/"):
        assert (
            CANARY
            not in tender.cast.phone(tender.bo).get(f"/stage/{tender.ring.stage_token}/{path}").text
        )


def test_offers_to_a_hidden_ask_stay_possible(tender: Circle) -> None:
    hide(tender)
    path = f"/r/{tender.ring.code}/offer/{tender.ada.asks.get().pk}/"
    tender.cast.phone(tender.bo).post(path, {"kind": "support"})
    assert tender.ada.asks.get().offers.count() == 1


def test_only_what_was_shown_can_be_hidden(circle: Circle) -> None:
    ask = circle.bo.asks.get()
    with pytest.raises(NotNow, match="not been shown"):
        actions.tender(circle.ring, circle.cast.by, ask=ask, hidden=True)


def test_the_wall_on_the_desk_shows_a_hidden_ask_again(tender: Circle) -> None:
    hide(tender)
    tender.cast.move(Phase.WALL)
    path = f"/desk/{tender.ring.pk}/asks/{tender.ada.asks.get().pk}/tender/"
    assert path in drawn(tender.ring, Audience.DESK)
    tender.cast.desk().post(path, {"to": "show"})
    assert CANARY in everything_shared(tender.ring)


# --- a card on the stage --------------------------------------------------------------------------


def test_a_card_comes_onto_the_stage_and_goes(cast: Cast) -> None:
    cast.move(Phase.WELCOME)
    desk = cast.desk()
    desk.post(f"/desk/{cast.ring.pk}/card/", {"to": "odds"})
    assert "Flynn" in drawn(cast.ring, Audience.STAGE)
    desk.post(f"/desk/{cast.ring.pk}/card/", {})
    assert "Flynn" not in drawn(cast.ring, Audience.STAGE)


def test_a_card_has_its_places_and_leaves_with_the_phase(cast: Cast) -> None:
    cast.seat("Ada")
    cast.move(Phase.WELCOME)
    with pytest.raises(NotNow, match="no place"):
        actions.show_card(cast.ring, cast.by, card="forward")
    actions.show_card(cast.ring, cast.by, card="gap")
    cast.move(Phase.WRITING)
    assert cast.ring.card == ""


@pytest.mark.parametrize("card", ["<b>", "nothing we know", "a" * 100])
def test_a_card_of_nobody_s_is_refused(cast: Cast, card: str) -> None:
    cast.move(Phase.WELCOME)
    answer = cast.desk().post(f"/desk/{cast.ring.pk}/card/", {"to": card})
    assert answer.status_code == 409


# --- my ask as the example ------------------------------------------------------------------------


@pytest.fixture
def first(cast: Cast) -> Participant:
    """Fay has a place in her ring, in the welcome, and has written an ask."""
    cast.seat("Ada")
    cast.move(Phase.WELCOME)
    cast.desk().post(f"/desk/{cast.ring.pk}/own/seat/")
    me = Participant.objects.get(name="Fay")
    actions.write(cast.ring, cast.by, participant=me, text="A clumsy ask.")
    return me


def test_the_facilitator_takes_a_place_and_shows_their_ask_first(
    cast: Cast, first: Participant
) -> None:
    assert first.proxy
    assert "A clumsy ask." not in drawn(cast.ring, Audience.STAGE)
    cast.desk().post(f"/desk/{cast.ring.pk}/card/", {"to": "example"})
    assert "A clumsy ask." in drawn(cast.ring, Audience.STAGE)
    assert first.asks.get().turn == Turn.WAITING
    cast.move(Phase.WRITING)
    assert "A clumsy ask." not in drawn(cast.ring, Audience.STAGE)


def test_it_counts_as_done_if_they_like_and_that_can_be_taken_back(
    cast: Cast, first: Participant
) -> None:
    cast.desk().post(f"/desk/{cast.ring.pk}/own/done/")
    ask = first.asks.get()
    assert (ask.turn, ask.status) == (Turn.DONE, AskStatus.OPEN)
    act = Ring.objects.get(pk=cast.ring.pk).last_act
    assert act
    actions.undo(cast.ring, cast.by, believing=act.version)
    ask.refresh_from_db()
    assert (ask.turn, ask.status) == (Turn.WAITING, AskStatus.READY)


def test_an_ask_that_counts_as_done_is_open_in_the_turns(cast: Cast, first: Participant) -> None:
    actions.count_done(cast.ring, cast.by)
    cast.move(Phase.TURNS)
    assert cast.ring.current
    assert cast.ring.current.participant.name == "Ada"
    assert "A clumsy ask." in drawn(cast.ring, Audience.PHONE)


def test_nobody_else_s_ask_is_ever_the_example(cast: Cast) -> None:
    """Somebody with the host's name on a phone of their own is not the host."""
    fay = cast.seat("Fay")
    actions.write(cast.ring, By(fay), participant=fay, text="Mine alone.")
    cast.move(Phase.WELCOME)
    with pytest.raises(NotNow, match="Take a place"):
        actions.show_card(cast.ring, cast.by, card="example")
    with pytest.raises(NameTaken):
        actions.host_seat(cast.ring, cast.by)
    Ring.objects.update(card="example")
    assert "Mine alone." not in drawn(cast.ring, Audience.STAGE)
    assert "Mine alone." not in drawn(cast.ring, Audience.DESK)
