"""The queue by hand: who comes sooner or later, who is not here, who has no turn, who is called at once."""

import re

import pytest

from rings import actions, live
from rings.actions import By
from rings.live import Audience
from rings.models import Participant
from rings.phases import AskStatus, NotNow, Phase, Turn
from rings.picture import Picture
from rings.screens.desk.undo import WORDS, said
from tests.conftest import Cast, Circle

HTMX = {"HX-Request": "true"}


@pytest.fixture
def five(cast: Cast) -> Circle:
    """Ada has the ring; Bo, Cy, Dan and Eve wait."""
    people = [cast.seat(name) for name in ("Ada", "Bo", "Cy", "Dan", "Eve")]
    for who in people:
        cast.write(who)
    cast.move(Phase.TURNS)
    return Circle(cast, cast.ring, *people[:3])


def names(circle: Circle) -> list[str]:
    return [ask.participant.name for ask in circle.ring.asks.in_queue()]


def press(circle: Circle, who: str, act: str, **more: object) -> int:
    """A button of the queue, as the desk sends it."""
    circle.ring.refresh_from_db()
    ask = circle.ring.asks.get(participant__name=who)
    fields = {"act": act, "believing": circle.ring.current_id or "", **more}
    path = f"/desk/{circle.ring.pk}/queue/{ask.pk}/"
    answer = circle.cast.desk().post(path, fields, headers=HTMX)
    circle.ring.refresh_from_db()
    return answer.status_code


def undo(circle: Circle) -> None:
    circle.ring.refresh_from_db()
    assert circle.ring.last_act
    actions.undo(circle.ring, circle.cast.by, believing=circle.ring.last_act.version)
    circle.ring.refresh_from_db()


def desk(circle: Circle, fragment: str) -> str:
    return live.draw(Picture.of(circle.ring.pk), Audience.DESK)[fragment]


def mine(circle: Circle, who: Participant) -> str:
    picture = Picture.of(circle.ring.pk)
    return live.draw_personal(picture, picture.seat_of[who.pk])["phone_mine"]


# --- order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "act", "then"),
    [
        ("Dan", "first", ["Dan", "Bo", "Cy", "Eve"]),
        ("Dan", "earlier", ["Bo", "Dan", "Cy", "Eve"]),
        ("Bo", "later", ["Cy", "Bo", "Dan", "Eve"]),
        ("Bo", "last", ["Cy", "Dan", "Eve", "Bo"]),
        ("Bo", "earlier", ["Bo", "Cy", "Dan", "Eve"]),
    ],
)
def test_somebody_is_called_sooner_or_later_and_an_undo_puts_them_back(
    five: Circle, who: str, act: str, then: list[str]
) -> None:
    assert press(five, who, act) == 204
    assert names(five) == then
    undo(five)
    assert names(five) == ["Bo", "Cy", "Dan", "Eve"]


def test_a_row_dropped_on_another_is_called_before_it(five: Circle) -> None:
    cy = five.cy.asks.get()
    assert press(five, "Eve", "before", before=cy.pk) == 204
    assert names(five) == ["Bo", "Eve", "Cy", "Dan"]


def test_a_shuffle_keeps_everybody_and_its_order_is_kept(five: Circle) -> None:
    believing = five.ada.asks.get().pk
    actions.shuffle(five.ring, five.cast.by, believing=believing)
    order = names(five)
    assert sorted(order) == ["Bo", "Cy", "Dan", "Eve"]
    five.cast.next()
    assert five.ring.current.participant.name == order[0]


def test_a_press_of_a_desk_that_missed_a_next_changes_nothing_and_says_who_is_on(
    five: Circle,
) -> None:
    ada, cy = five.ada.asks.get(), five.cy.asks.get()
    five.cast.next()
    with pytest.raises(NotNow, match="Bo already has the ring"):
        actions.place(five.ring, five.cast.by, ask=cy, to="last", believing=ada.pk)
    with pytest.raises(NotNow, match="Bo already has the ring"):
        actions.absent(five.ring, five.cast.by, ask=ada, believing=ada.pk)
    assert names(five) == ["Cy", "Dan", "Eve"]


def test_the_order_can_be_set_before_the_turns_begin(cast: Cast) -> None:
    people = [cast.seat(name) for name in ("Ada", "Bo", "Cy")]
    circle = Circle(cast, cast.ring, *people)
    assert press(circle, "Cy", "first") == 204
    cast.move(Phase.TURNS)
    assert cast.ring.current.participant.name == "Cy"


# --- not here -------------------------------------------------------------------------------------


def test_who_is_called_and_not_here_gives_way_to_the_next_and_is_kept(five: Circle) -> None:
    assert press(five, "Ada", "absent") == 204
    ada = five.ada.asks.get()
    assert (ada.turn, ada.status) == (Turn.ABSENT, AskStatus.READY)
    assert five.ring.current.participant.name == "Bo"
    queue = desk(five, "desk_queue")
    assert "Called, not here" in queue
    assert "Back into the queue" in queue
    undo(five)
    assert five.ring.current.participant.name == "Ada"


def test_who_waits_and_is_not_here_is_not_called(five: Circle) -> None:
    press(five, "Bo", "absent")
    assert names(five) == ["Cy", "Dan", "Eve"]
    five.cast.next()
    assert five.ring.current.participant.name == "Cy"


def test_the_desk_gives_a_place_again(five: Circle) -> None:
    press(five, "Bo", "absent")
    assert press(five, "Bo", "return") == 204
    assert names(five) == ["Cy", "Dan", "Eve", "Bo"]
    assert press(five, "Bo", "return") == 409


def test_a_phone_that_comes_back_takes_its_place_with_one_post(five: Circle) -> None:
    press(five, "Bo", "absent")
    assert 'hx-post="/r/' in mine(five, five.bo)
    assert "data-back" in mine(five, five.bo)
    assert "data-back" not in mine(five, five.cy)
    phone = five.cast.phone(five.bo)
    answer = phone.post(f"/r/{five.ring.code}/here/")  # without scripts, too
    assert answer["Location"] == f"/r/{five.ring.code}/"
    assert names(five)[-1] == "Bo"
    assert "data-back" not in mine(five, five.bo)


def test_an_own_return_does_not_take_the_undo_from_the_desk(five: Circle) -> None:
    press(five, "Bo", "absent")
    actions.return_to_queue(five.ring, By(five.bo), participant=five.bo)
    undo(five)
    assert names(five) == ["Cy", "Dan", "Eve", "Bo"]  # in the place they have taken since


def test_when_all_others_are_not_here_nobody_has_the_ring(circle: Circle) -> None:
    for name in ("Ada", "Bo", "Cy"):
        assert press(circle, name, "absent") == 204
    assert circle.ring.current is None
    press(circle, "Bo", "return")
    circle.cast.next()
    assert circle.ring.current.participant.name == "Bo"


# --- without a turn, and at once ------------------------------------------------------------------


def test_an_observer_has_no_turn_and_can_be_given_one(five: Circle) -> None:
    assert press(five, "Bo", "observe") == 204
    five.bo.refresh_from_db()
    assert (five.bo.observer, five.bo.asks.get().turn) == (True, Turn.NONE)
    assert "Turn 1 of 4" in live.draw(Picture.of(five.ring.pk), Audience.PHONE)["phone_head"]
    assert "without a turn of your own" in mine(five, five.bo)
    assert press(five, "Bo", "turn") == 204
    assert names(five) == ["Cy", "Dan", "Eve", "Bo"]
    undo(five)
    five.bo.refresh_from_db()
    assert five.bo.observer


def test_who_has_the_ring_cannot_become_an_observer(five: Circle) -> None:
    assert press(five, "Ada", "observe") == 409


def test_somebody_is_put_on_stage_at_once_from_the_wall_and_the_closing_too(five: Circle) -> None:
    assert press(five, "Dan", "call") == 204
    assert five.ring.current.participant.name == "Dan"
    assert five.ada.asks.get().turn == Turn.DONE
    five.cast.move(Phase.WALL)
    five.cast.move(Phase.CLOSING)
    assert press(five, "Eve", "call") == 204
    assert (five.ring.phase, five.ring.current.participant.name) == (Phase.TURNS, "Eve")
    undo(five)
    assert (five.ring.phase, five.ring.current) == (Phase.CLOSING, None)


# --- what the desk says ---------------------------------------------------------------------------


def test_next_says_that_the_next_one_is_away(circle: Circle) -> None:
    Participant.objects.filter(pk=circle.bo.pk).update(seen_at=None)
    assert "Next: Bo (away)" in desk(circle, "desk_controls")


def test_the_desk_names_what_it_takes_back(circle: Circle) -> None:
    circle.cast.next()
    assert "Undo: Next to Bo" in desk(circle, "desk_undo")
    believing = circle.ring.last_act.version
    path = f"/desk/{circle.ring.pk}/undo/"
    phone = circle.cast.desk()
    assert phone.post(path, {"believing": believing}, headers=HTMX).status_code == 204
    circle.ring.refresh_from_db()
    assert circle.ring.current == circle.ada.asks.get()
    assert "Undo" not in desk(circle, "desk_undo")
    answer = phone.post(path, {"believing": believing}, headers=HTMX)
    assert (answer.status_code, "taken back already" in answer.text) == (409, True)


def test_an_ended_ring_offers_its_end_to_be_taken_back(circle: Circle) -> None:
    circle.cast.move(Phase.FOLLOW_UP)
    assert "Undo: End of the ring" in desk(circle, "desk_undo")


def test_every_act_that_can_be_taken_back_has_its_words() -> None:
    undoable = {name for name in actions.__all__ if hasattr(getattr(actions, name), "undoable")}
    assert undoable - {"move", "observe"} == set(WORDS)


def test_an_act_without_words_of_its_own_is_named_by_its_kind_and_person(circle: Circle) -> None:
    picture = Picture.of(circle.ring.pk)
    assert said(picture, "remove", {"participant": circle.cy.pk}) == "Remove Cy"
    assert said(picture, "take_over", {}) == "the take-over"
    assert said(picture, "next_turn", {"began": 0}) == "Next to"


@pytest.mark.parametrize("act", ["next", "defer", "skip", "back"])
def test_every_act_on_a_turn_is_named_whole(circle: Circle, act: str) -> None:
    circle.cast.next()
    path = f"/desk/{circle.ring.pk}/turn/{act}/"
    circle.cast.desk().post(path, {"believing": circle.ring.current_id})
    assert re.search(r"Undo: [\w ]* (Ada|Bo|Cy)<", desk(circle, "desk_undo"))


# --- what would be left undone --------------------------------------------------------------------


def test_leaving_the_turns_says_who_has_had_no_turn(circle: Circle) -> None:
    head = desk(circle, "desk_head")
    assert 'id="sure-wall"' in head
    assert "No turn yet" in head
    assert "On stage<span" in head
    for _ in range(2):
        circle.cast.next()
    assert 'id="sure-wall"' not in desk(circle, "desk_head")


def test_with_only_absent_people_left_the_wall_is_asked_for_once(circle: Circle) -> None:
    for name in ("Bo", "Cy"):
        press(circle, name, "absent")
    controls = desk(circle, "desk_controls")
    assert "To the wall…" in controls
    assert "not here" in controls


def test_ending_says_which_asks_have_no_offer_and_leads_to_them(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    for _ in range(2):
        circle.cast.next()
    circle.cast.move(Phase.WALL)
    ada, cy = circle.ada.asks.get(), circle.cy.asks.get()
    head = desk(circle, "desk_head")
    assert f'href="#wall-{cy.pk}"' in head
    assert f'href="#wall-{ada.pk}"' not in head
    circle.cast.move(Phase.CLOSING)
    controls = desk(circle, "desk_controls")
    assert f'data-then="wall-{cy.pk}"' in controls
    assert "No turn yet" not in controls


def test_shared_screens_say_nothing_of_what_is_left(circle: Circle) -> None:
    press(circle, "Bo", "absent")
    picture = Picture.of(circle.ring.pk)
    for audience in (Audience.STAGE, Audience.PHONE):
        drawn = "".join(live.draw(picture, audience).values())
        assert "No turn yet" not in drawn
        assert "not here" not in drawn
