"""A ring of two rounds: turns, writing once more, turns again, and then the wall with both."""

from datetime import timedelta

import pytest

from rings import actions, insights, live
from rings.access import key_hash
from rings.actions import By
from rings.live import Audience
from rings.models import Participant, Request, Ring
from rings.phases import AskStatus, NotNow, Phase, Turn, course, may_go, place_of
from rings.picture import Picture
from rings.plans import Plan
from rings.timeline import over_time, timeline
from tests.conftest import Cast, Circle


@pytest.fixture
def circle(cast: Cast) -> Circle:
    """Ada, Bo and Cy in the turns of the first of two rounds."""
    Ring.objects.update(rounds=2)
    ada, bo, cy = (cast.seat(name) for name in ("Ada", "Bo", "Cy"))
    for who in (ada, bo, cy):
        cast.write(who)
    cast.move(Phase.TURNS)
    return Circle(cast, cast.ring, ada, bo, cy)


def go(circle: Circle, to: Phase, number: int) -> None:
    circle.ring.refresh_from_db()
    believing = circle.ring.phase
    actions.move(circle.ring, circle.cast.by, to=to, believing=believing, number=number)
    circle.ring.refresh_from_db()


def picture(circle: Circle) -> Picture:
    return Picture.of(circle.ring.pk)


def undo(circle: Circle) -> None:
    act = Ring.objects.select_related("last_act").get(pk=circle.ring.pk).last_act
    assert act
    actions.undo(circle.ring, circle.cast.by, believing=act.version)
    circle.ring.refresh_from_db()


def second_round(circle: Circle) -> None:
    for _ in range(2):
        circle.cast.next()
    go(circle, Phase.WRITING, 2)


def ask(who: Participant, number: int) -> Request:
    return who.asks.get(round=number)


def let_in(circle: Circle, name: str) -> Participant:
    event = actions.join(circle.ring, By(None), name=name, key_hash=key_hash(name))
    late = Participant.objects.get(pk=event.refs["participant"])
    actions.admit(circle.ring, circle.cast.by, participant=late)
    return Participant.objects.get(pk=late.pk)


def test_the_course_has_writing_and_turns_once_a_round() -> None:
    middle = [(Phase.WRITING, 1), (Phase.TURNS, 1), (Phase.WRITING, 2), (Phase.TURNS, 2)]
    assert list(course(2))[2:6] == middle
    assert [phase for phase, _ in course(1)] == [
        phase for phase, _ in course(2)[:4] + course(2)[6:]
    ]
    assert place_of(Phase.TURNS, 2, 2) == 5
    assert place_of(Phase.WALL, 1, 2) == 6, "a second round left out"


@pytest.mark.parametrize(
    ("here", "there", "may"),
    [
        ((Phase.TURNS, 1), (Phase.WRITING, 2), True),
        ((Phase.TURNS, 1), (Phase.TURNS, 2), True),
        ((Phase.TURNS, 1), (Phase.WRITING, 1), True),
        ((Phase.TURNS, 1), (Phase.WALL, 1), True),
        ((Phase.TURNS, 2), (Phase.WRITING, 3), False),
        ((Phase.TURNS, 2), (Phase.TURNS, 1), False),
        ((Phase.WRITING, 2), (Phase.TURNS, 1), True),
        ((Phase.WRITING, 2), (Phase.TURNS, 2), True),
        ((Phase.WRITING, 2), (Phase.WELCOME, 2), False),
        ((Phase.WRITING, 2), (Phase.CANCELLED, 2), False),
        ((Phase.WRITING, 1), (Phase.TURNS, 2), False),
        ((Phase.WALL, 2), (Phase.TURNS, 2), True),
        ((Phase.WALL, 2), (Phase.TURNS, 1), False),
    ],
)
def test_from_round_to_round(here: tuple[Phase, int], there: tuple[Phase, int], may: bool) -> None:
    assert may_go(here, there, 2) is may


def test_one_round_knows_no_second() -> None:
    assert not may_go((Phase.TURNS, 1), (Phase.WRITING, 2), 1)


def test_in_the_second_writing_everybody_has_a_new_ask_in_the_same_order(circle: Circle) -> None:
    actions.defer(circle.ring, circle.cast.by, believing=circle.ring.current_id or 0)
    second_round(circle)
    asks = picture(circle).asks
    assert [a.participant.name for a in asks] == ["Bo", "Cy", "Ada"]
    assert {(a.round, a.status, a.turn, a.text) for a in asks} == {(2, "draft", "waiting", "")}
    assert ask(circle.ada, 1).text == "What Ada asks for."


def test_what_is_written_then_is_the_second_ask_and_the_first_stays_open(circle: Circle) -> None:
    second_round(circle)
    actions.write(circle.ring, By(circle.ada), participant=circle.ada, text="A second ask.")
    assert (ask(circle.ada, 1).status, ask(circle.ada, 2).text) == (AskStatus.OPEN, "A second ask.")
    phone = circle.cast.phone(circle.ada)
    assert "A second ask." in phone.get(f"/r/{circle.ring.code}/ask/").text


def test_an_offer_on_a_first_ask_lands_in_the_second_writing_too(circle: Circle) -> None:
    second_round(circle)
    actions.offer(circle.ring, By(circle.bo), ask=ask(circle.ada, 1), helper=circle.bo)
    assert ask(circle.ada, 1).offers.count() == 1
    with pytest.raises(NotNow, match="has read the ask"):
        actions.offer(circle.ring, By(circle.bo), ask=ask(circle.ada, 2), helper=circle.bo)


def test_the_second_turns_count_from_one_and_call_nobody_of_the_first(circle: Circle) -> None:
    circle.cast.next()  # Cy's first turn is left out
    go(circle, Phase.WRITING, 2)
    go(circle, Phase.TURNS, 2)
    now = picture(circle)
    assert now.current == ask(circle.ada, 2)
    assert (now.turn_number, len(now.asks), len(now.queue)) == (1, 3, 2)
    with pytest.raises(NotNow, match="first turn"):
        actions.back(circle.ring, circle.cast.by, believing=circle.ring.current_id)
    for _ in range(2):
        circle.cast.next()
    with pytest.raises(NotNow, match="wall is next"):
        circle.cast.next()


def test_the_wall_and_the_numbers_hold_both_rounds(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    second_round(circle)
    for who in (circle.ada, circle.bo):
        actions.write(circle.ring, By(who), participant=who, text=f"{who} again.")
    go(circle, Phase.WALL, 2)
    now = picture(circle)
    assert len(now.open_asks) == 5
    assert now.open_asks[-1] == ask(circle.ada, 1), "the one with an offer comes last"
    forms = live.draw(now, Audience.DESK)["desk_offers"]
    assert forms.count('<span class="meta">round 1</span>') == 3, "whose ask, and which"
    numbers = insights.numbers(now)
    assert (numbers.asks, numbers.asks_with_offer, numbers.offers) == (5, 1, 1)


def test_back_from_the_second_writing_the_last_one_has_the_ring_again(circle: Circle) -> None:
    second_round(circle)
    go(circle, Phase.TURNS, 1)
    assert circle.ring.current == ask(circle.cy, 1)
    assert [a.round for a in picture(circle).asks] == [1, 1, 1]


def test_going_on_to_the_second_round_is_undone_and_done_again_without_a_second_ask(
    circle: Circle,
) -> None:
    second_round(circle)
    undo(circle)
    assert (circle.ring.round, circle.ring.phase) == (1, Phase.TURNS)
    assert circle.ring.current == ask(circle.cy, 1)
    assert len(picture(circle).open_asks) == 3
    go(circle, Phase.WRITING, 2)
    assert Request.objects.filter(ring=circle.ring).count() == 6


def test_who_comes_in_the_second_round_asks_in_it_alone(circle: Circle) -> None:
    second_round(circle)
    flo = let_in(circle, "Flo")
    assert [a.round for a in flo.asks.all()] == [2]
    assert picture(circle).asks[-1].participant == flo


def test_who_came_in_a_second_round_that_was_taken_back_has_a_place_in_the_first(
    circle: Circle,
) -> None:
    second_round(circle)
    flo = let_in(circle, "Flo")
    undo(circle)
    assert picture(circle).ask_of[flo.pk].round == 1
    live.draw_personal(picture(circle), flo)


def test_an_observer_of_the_first_round_observes_the_second(circle: Circle) -> None:
    Request.objects.filter(participant=circle.cy).update(turn=Turn.NONE)
    circle.cast.next()
    go(circle, Phase.WRITING, 2)
    assert ask(circle.cy, 2).turn == Turn.NONE
    assert len(picture(circle).asks) == 2


def test_the_second_writing_lets_nobody_in_by_itself_and_names_nobody(circle: Circle) -> None:
    second_round(circle)
    actions.join(circle.ring, By(None), name="Flo", key_hash=key_hash("Flo"))
    assert len(picture(circle).door) == 1
    assert "no ask yet" not in live.draw(picture(circle), Audience.DESK)["desk_queue"]


def test_the_desk_shows_both_rounds_and_leads_through_them(circle: Circle) -> None:
    for _ in range(2):
        circle.cast.next()
    page = circle.cast.desk().get(f"/desk/{circle.ring.pk}/").text
    assert "Writing 1" in page
    assert "Writing 2" in page
    assert "To round 2" in page
    fields = {"to": "writing", "round": 2, "believing": "turns"}
    circle.cast.desk().post(f"/desk/{circle.ring.pk}/move/", fields)
    circle.ring.refresh_from_db()
    assert (circle.ring.phase, circle.ring.round) == (Phase.WRITING, 2)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("phase", [Phase.WRITING, Phase.TURNS, Phase.WALL, Phase.CLOSING])
def test_every_screen_can_be_drawn_in_either_round(
    circle: Circle, phase: Phase, number: int
) -> None:
    if number == 2:
        second_round(circle)
    if (circle.ring.phase, circle.ring.round) != (phase, number):
        go(circle, phase, number)
    for audience in Audience:
        live.draw(picture(circle), audience)
    for me in picture(circle).participants:
        live.draw_personal(picture(circle), me)


# --- plan and timeline ----------------------------------------------------------------------------


def test_the_plan_counts_both_rounds() -> None:
    ring = Ring(rounds=2, turn_seconds=240)
    assert ring.planned_minutes(6) == 8 + 2 * (7 + 6 * 4) + 7 + 8


def test_the_meter_counts_both_rounds(cast: Cast) -> None:
    fields = {"people_expected": 6, "turn_minutes": 4, "writing_minutes": 7, "rounds": 2}
    answer = cast.desk().get("/rings/new/plan/", fields)
    assert "2 × 6 × 4 min" in answer.text
    assert "62 minutes in all" in answer.text


def test_a_form_s_plan_is_the_ring_s_own(cast: Cast) -> None:
    fields = {
        "title": "Ring", "host": "Fay", "scope": "both", "people_expected": "6", "turn_minutes": "4",
        "welcome_minutes": "8", "writing_minutes": "7", "rest_minutes": "0", "wall_minutes": "7",
        "closing_minutes": "8", "rounds": "2",
    }  # fmt: skip
    cast.desk().post("/rings/new/", fields)
    ring = Ring.objects.get(title="Ring")
    assert ring.rounds == 2
    assert Plan.typed(fields, ring.created_at).total == ring.planned_minutes()


def test_the_strip_ends_as_planned_from_round_to_round(circle: Circle) -> None:
    """Whatever place the ring is in, what is to come is what of the plan is left."""
    Ring.objects.update(turn_seconds=240)
    at_first = timeline(picture(circle))
    assert at_first
    assert len(at_first.plan) == 2 + 3 + 1 + 3 + 2
    minutes = (at_first.ends - at_first.due).total_seconds() / 60
    assert minutes == 2 * 4 + 7 + 3 * 4 + 7 + 8
    second_round(circle)
    then = timeline(picture(circle))
    assert then
    assert (then.ends - then.due).total_seconds() / 60 == 3 * 4 + 7 + 8


def test_late_in_the_first_round_the_turns_of_the_second_can_be_trimmed_too(
    circle: Circle,
) -> None:
    ring = Ring.objects.get(pk=circle.ring.pk)
    assert ring.began_at
    began = ring.began_at - timedelta(minutes=20)  # five minutes late, over five turns to come
    Ring.objects.update(turn_seconds=240, began_at=began)
    strip = timeline(picture(circle))
    assert strip
    over = over_time(picture(circle), strip)
    assert over
    assert (over.minutes, over.turn, over.in_time) == (5, 180, True)
