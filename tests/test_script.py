"""The words to say: one place for the product's, a facilitator's own, and places that are safely filled."""

import pytest

from rings import live
from rings.live import Audience
from rings.models import Ring, ScriptLine
from rings.phases import Phase
from rings.picture import Picture
from rings.script import CARDS, IN_PHASE, MOMENT, MOMENTS, fill, wrong_place
from tests.conftest import Cast, Circle


def desk(ring: Ring) -> str:
    return live.draw(Picture.of(ring.pk), Audience.DESK)["desk_scene"]


# --- filling --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"next": "Bo", "then": "Cy"}, "Thank you. Next is Bo, and after that Cy."),
        ({"next": "Bo"}, "Thank you. Next is Bo."),
        ({}, "Thank you."),
        ({"next": "Bo", "then": "Ana K."}, "Thank you. Next is Bo, and after that Ana K."),
        ({"next": "{then}", "then": "Cy"}, "Thank you. Next is {then}, and after that Cy."),
    ],
)
def test_what_has_no_value_is_left_out(values: dict[str, str], said: str) -> None:
    assert fill("Thank you. Next is {next}, and after that {then}.", values) == said


@pytest.mark.parametrize("line", ["{0}", "{name.__class__}", "{name!r}", "{}", "{nmae}", "{", "}"])
def test_a_place_that_is_none_gets_a_sentence_and_is_only_text(line: str) -> None:
    assert wrong_place(line)[0].isupper()
    assert fill(f"Hear {line} now.", {"name": "Ada"}) == f"Hear {line} now."


def test_the_product_s_own_lines_have_right_places_and_fit_their_column() -> None:
    for moment in MOMENTS:
        assert wrong_place(moment.line) == ""
        assert len(moment.line) <= 600
        assert len(moment.key) <= 24
    assert all(key in MOMENT for keys in IN_PHASE.values() for key in keys)


# --- on the desk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", IN_PHASE)
def test_each_phase_says_its_lines(cast: Cast, phase: Phase) -> None:
    Ring.objects.update(phase=phase)
    for moment in IN_PHASE[phase]:
        assert MOMENT[moment].line in desk(cast.ring)


def test_a_turn_gives_the_floor_then_the_hands_then_says_who_is_next(circle: Circle) -> None:
    asked = desk(circle.ring)
    assert asked.index("Ada, the ring is yours.") < asked.index("Two short questions?")
    circle.cast.offer(circle.bo, circle.ada)
    offered = desk(circle.ring)
    assert "the ring is yours" not in offered
    assert "Next is Bo, and after that Cy." in offered


def test_half_way_is_said_once_as_the_second_half_begins(cast: Cast) -> None:
    for name in ("Ada", "Bo", "Cy", "Dan"):
        cast.write(cast.seat(name))
    cast.move(Phase.TURNS)
    said = []
    for _ in range(4):
        said.append("We are half way" in desk(cast.ring) or "Stretch, drink" in desk(cast.ring))
        if len(said) < 4:
            cast.next()
    assert said == [False, False, True, False]


def test_half_way_counts_offers_but_never_none(cast: Cast) -> None:
    people = [cast.seat(name) for name in ("Ada", "Bo", "Cy", "Dan")]
    for who in people:
        cast.write(who)
    cast.move(Phase.TURNS)
    cast.next()
    cast.next()
    assert "We are half way" not in desk(cast.ring)
    cast.offer(people[3], people[0])
    assert "We are half way: 1 offer so far." in desk(cast.ring)


def test_over_time_has_its_line_in_a_turn_and_nowhere_else(circle: Circle) -> None:
    assert MOMENT["over"].line in desk(circle.ring)
    circle.cast.move(Phase.WALL)
    assert MOMENT["over"].line not in desk(circle.ring)


def test_the_owner_s_words_stand_on_the_desk_of_whoever_opens_it(circle: Circle) -> None:
    ScriptLine.objects.create(user=circle.cast.fay, moment="floor", text="{name}, over to you.")
    assert "Ada, over to you." in desk(circle.ring)
    assert "the ring is yours." not in desk(circle.ring)


def test_words_are_on_no_shared_screen(circle: Circle) -> None:
    ScriptLine.objects.create(user=circle.cast.fay, moment="floor", text="Canary, canary.")
    for audience in (Audience.STAGE, Audience.PHONE):
        drawn = live.draw(Picture.of(circle.ring.pk), audience)
        assert "Canary" not in "".join(drawn.values())


# --- my script ------------------------------------------------------------------------------------


def test_a_line_is_put_in_one_s_own_words_and_goes_back_with_one_tap(circle: Circle) -> None:
    fay = circle.cast.desk()
    version = Ring.objects.get(pk=circle.ring.pk).version
    answer = fay.post("/script/", {"moment": "floor", "text": "{name}, over to you."})
    assert answer["Location"] == "/script/#floor"
    assert "{name}, over to you." in fay.get("/script/").text
    # a new version, so that every open desk is drawn again: a push equals a reload
    assert Ring.objects.get(pk=circle.ring.pk).version == version + 1
    assert "Ada, over to you." in fay.get(f"/desk/{circle.ring.pk}/").text
    fay.post("/script/", {"moment": "floor", "text": "anything", "back": "1"})
    assert not ScriptLine.objects.exists()
    assert "Ada, the ring is yours." in fay.get(f"/desk/{circle.ring.pk}/").text


@pytest.mark.parametrize("text", ["", MOMENT["floor"].line])
def test_no_words_and_the_product_s_words_keep_the_product_s(cast: Cast, text: str) -> None:
    ScriptLine.objects.create(user=cast.fay, moment="floor", text="Over to you.")
    cast.desk().post("/script/", {"moment": "floor", "text": text})
    assert not ScriptLine.objects.exists()


def test_a_bad_place_comes_back_at_its_field_with_what_was_typed(cast: Cast) -> None:
    page = cast.desk().post("/script/", {"moment": "floor", "text": "{nmae}, over to you."})
    assert page.status_code == 422
    assert "There is nothing to put in for {nmae}." in page.text
    field = page.text.partition('id="text-floor"')[2]
    assert field.startswith(' name="text" rows="3" aria-invalid="true"')
    assert "{nmae}, over to you.</textarea>" in field
    assert not ScriptLine.objects.exists()


def test_going_back_works_from_a_bad_line_too(cast: Cast) -> None:
    ScriptLine.objects.create(user=cast.fay, moment="floor", text="Over to you.")
    cast.desk().post("/script/", {"moment": "floor", "text": "{nmae}", "back": "1"})
    assert not ScriptLine.objects.exists()


def test_an_unknown_moment_changes_nothing(cast: Cast) -> None:
    assert cast.desk().post("/script/", {"moment": "nope", "text": "Hm."}).status_code == 422
    assert not ScriptLine.objects.exists()


# --- research cards ----------------------------------------------------------------------------------


def test_there_are_seven_cards_each_with_its_source(cast: Cast) -> None:
    assert len(CARDS) == 7
    for card, phases in CARDS.items():
        for phase in phases:
            Ring.objects.update(phase=phase, card=card)
            drawn = live.draw(Picture.of(cast.ring.pk), Audience.STAGE)
            assert "<cite>" in "".join(drawn.values())
