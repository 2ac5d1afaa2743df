"""The desk's and the phone's forms over HTTP: plain posts, htmx posts, refusals, and typed text kept."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from rings import actions
from rings.models import Event, Offer, Ring
from rings.phases import AskStatus, Phase
from tests.conftest import Cast, Circle

HTMX = {"HX-Request": "true"}


def test_a_plain_post_goes_back_to_the_page(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    phone = circle.cast.phone(circle.bo)
    answer = phone.post(
        f"/r/{circle.ring.code}/offer/{ask.pk}/", {"kind": "advice", "note": "Try bees."}
    )
    assert answer["Location"] == f"/r/{circle.ring.code}/"
    assert Offer.objects.get().note == "Try bees."


def test_a_post_by_script_answers_204_since_the_push_brings_the_change(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    phone = circle.cast.phone(circle.bo)
    fields = {"kind": "advice", "stay": "1"}
    answer = phone.post(f"/r/{circle.ring.code}/offer/{ask.pk}/", fields, headers=HTMX)
    assert answer.status_code == 204
    assert "HX-Redirect" not in answer


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_bad_offer_gets_its_form_back_with_what_was_typed(
    circle: Circle, headers: dict[str, str]
) -> None:
    ask = circle.ada.asks.get()
    phone = circle.cast.phone(circle.bo)
    fields = {"kind": "", "note": "My very own words"}
    answer = phone.post(f"/r/{circle.ring.code}/offer/{ask.pk}/", fields, headers=headers)
    assert answer.status_code == 422
    assert "My very own words" in answer.text
    assert "Choose what kind of help it is." in answer.text


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_an_ask_too_long_gets_its_form_back_with_all_of_it(
    cast: Cast, headers: dict[str, str]
) -> None:
    phone = cast.phone(cast.seat("Ada"))
    text = "word " * 150
    answer = phone.post(f"/r/{cast.ring.code}/ask/", {"text": text}, headers=headers)
    assert answer.status_code == 422
    assert text.strip() in " ".join(answer.text.split())
    assert "at most 600 characters" in answer.text


def test_an_ask_is_written_and_read_back(cast: Cast) -> None:
    ada = cast.seat("Ada")
    phone = cast.phone(ada)
    fields = {"text": "A ladder.", "why": "The roof.", "by": "2027-05-01", "kind": "personal"}
    phone.post(f"/r/{cast.ring.code}/ask/", {**fields, "privacy": "on"})
    ask = ada.asks.get()
    assert (ask.text, ask.why, str(ask.by), ask.kind) == tuple(fields.values())
    assert (ask.privacy, ask.status) == ("ring_only", AskStatus.READY)
    assert "A ladder." in phone.get(f"/r/{cast.ring.code}/ask/").text


def test_a_draft_may_be_kept_unready(cast: Cast) -> None:
    ada = cast.seat("Ada")
    cast.phone(ada).post(f"/r/{cast.ring.code}/ask/", {"text": "Perhaps", "draft": "1"})
    assert ada.asks.get().status == AskStatus.DRAFT


def test_a_stale_next_answers_409_and_says_who_has_the_ring(circle: Circle) -> None:
    desk, ask = circle.cast.desk(), circle.ada.asks.get().pk
    desk.post(f"/desk/{circle.ring.pk}/turn/next/", {"believing": ask})
    version = Ring.objects.get(pk=circle.ring.pk).version
    for headers in (HTMX, {}):
        answer = desk.post(
            f"/desk/{circle.ring.pk}/turn/next/", {"believing": ask}, headers=headers
        )
        assert answer.status_code == 409
        assert "Bo already has the ring" in answer.text
    assert Ring.objects.get(pk=circle.ring.pk).version == version


def test_a_refusal_by_script_lands_in_the_page_s_word_line(circle: Circle) -> None:
    answer = circle.cast.desk().post(
        f"/desk/{circle.ring.pk}/turn/back/", {"believing": circle.ring.current_id}, headers=HTMX
    )
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#word"


def test_a_double_next_with_one_op_moves_on_once(circle: Circle) -> None:
    desk, fields = circle.cast.desk(), {"believing": circle.ring.current_id, "op": str(uuid4())}
    answers = [
        desk.post(f"/desk/{circle.ring.pk}/turn/next/", fields, headers=HTMX) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert Event.objects.filter(kind="next_turn").count() == 1


def test_the_same_op_with_another_body_answers_409(circle: Circle) -> None:
    ask, op = circle.ada.asks.get(), str(uuid4())
    path, phone = f"/r/{circle.ring.code}/offer/{ask.pk}/", circle.cast.phone(circle.bo)
    notes = ["I can.", "Something else."]
    answers = [phone.post(path, {"kind": "skill", "note": note, "op": op}) for note in notes]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert Offer.objects.get().note == "I can."


def test_the_desk_s_own_forms_move_the_ring_through_its_course_without_scripts(cast: Cast) -> None:
    """Every form a facilitator needs is on the page itself, and works as a plain post."""
    for name in ("Ada", "Bo"):
        cast.write(cast.seat(name))
    desk = cast.desk()
    seen = []
    for _ in range(8):
        page = desk.get(f"/desk/{cast.ring.pk}/").text.partition('id="desk_controls"')[2]
        primary = re.search(r'<form[^>]*id="(turn-next|move-on|move-end)".*?</form>', page, re.S)
        if primary is None:
            break
        action = re.search(r'action="([^"]+)"', primary[0])
        assert action
        fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', primary[0]))
        assert desk.post(action[1], fields).status_code == 302
        seen.append(Ring.objects.get().phase)
    assert seen[:7] == ["welcome", "writing", "turns", "turns", "wall", "closing", "follow_up"]


def test_the_facilitator_adds_somebody_without_a_phone_and_writes_for_them(cast: Cast) -> None:
    desk = cast.desk()
    desk.post(f"/desk/{cast.ring.pk}/seats/", {"name": "Daniel"})
    daniel = cast.ring.participants.get()
    assert daniel.proxy
    desk.post(f"/desk/{cast.ring.pk}/seats/{daniel.pk}/ask/", {"text": "A chair."})
    assert daniel.asks.get().text == "A chair."


def test_a_spoken_offer_is_entered_at_the_desk_and_marked_so(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    path = f"/desk/{circle.ring.pk}/asks/{ask.pk}/offers/"
    fields = {"helper": circle.cy.pk, "kind": "resource", "strength": "will_try", "note": "A cot."}
    circle.cast.desk().post(path, fields)
    offer = Offer.objects.get()
    assert (offer.helper, offer.scribed, offer.strength) == (circle.cy, True, "will_try")


def test_a_spoken_offer_without_a_helper_gets_its_form_back(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    path = f"/desk/{circle.ring.pk}/asks/{ask.pk}/offers/"
    answer = circle.cast.desk().post(path, {"kind": "resource", "note": "A cot."}, headers=HTMX)
    assert answer.status_code == 422
    assert "A cot." in answer.text
    assert "Choose who made the offer." in answer.text


def test_a_new_ring_is_planned_and_opens_in_its_lobby(cast: Cast) -> None:
    fields = {
        "title": "Autumn ring", "host": "Fay", "scope": "both", "people_expected": "12",
        "turn_minutes": "4.5", "welcome_minutes": "8", "writing_minutes": "7", "rest_minutes": "0",
        "wall_minutes": "7", "closing_minutes": "8",
    }  # fmt: skip
    answer = cast.desk().post("/rings/new/", fields)
    ring = Ring.objects.get(title="Autumn ring")
    assert answer["Location"] == f"/desk/{ring.pk}/"
    assert (ring.phase, ring.turn_seconds, ring.planned_minutes()) == (Phase.LOBBY, 270, 84)


def test_a_new_ring_with_an_odd_number_gets_its_form_back(cast: Cast) -> None:
    answer = cast.desk().post("/rings/new/", {"title": "Autumn ring", "people_expected": "1000"})
    assert answer.status_code == 422
    assert "Autumn ring" in answer.text
    assert "2 to 60" in answer.text


def test_the_plan_meter_says_when_the_ring_ends(cast: Cast) -> None:
    fields = {"people_expected": "15", "turn_minutes": "4", "welcome_minutes": "8", "writing_minutes": "7",
              "wall_minutes": "7", "closing_minutes": "8", "starts_at": "2027-05-07T15:00"}  # fmt: skip
    meter = cast.desk().get("/rings/new/plan/", fields).text
    assert "16:30" in meter
    assert "15" in meter


def test_a_preset_keeps_what_was_typed(cast: Cast) -> None:
    page = cast.desk().get("/rings/new/", {"preset": "huddle", "title": "Half-typed"}).text
    assert "Half-typed" in page
    assert 'value="6"' in page


def test_the_poll_answers_304_when_nothing_is_new(circle: Circle) -> None:
    phone = circle.cast.phone(circle.bo)
    version = Ring.objects.get(pk=circle.ring.pk).version
    assert phone.get(f"/r/{circle.ring.code}/screen/?since={version}").status_code == 304
    frame = phone.get(f"/r/{circle.ring.code}/screen/?since={version - 1}").json()
    assert frame["version"] == version
    assert {"phone_head", "phone_scene", "phone_mine"} <= set(frame["fragments"])


def test_a_withdrawal_by_plain_post_takes_the_offer_back(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    offer = Offer.objects.get()
    circle.cast.phone(circle.bo).post(f"/r/{circle.ring.code}/withdraw/{offer.pk}/")
    offer.refresh_from_db()
    assert offer.status == "withdrawn"


def test_an_answer_lost_on_its_way_is_made_up_by_sending_again(circle: Circle) -> None:
    ask, op = circle.ada.asks.get(), str(uuid4())
    fields = {"kind": "skill", "note": "I can.", "op": op}
    path = f"/r/{circle.ring.code}/offer/{ask.pk}/"
    for _ in range(3):
        circle.cast.phone(circle.bo).post(path, fields, headers=HTMX)
    assert Offer.objects.count() == 1
    assert Event.objects.filter(kind=actions.offer.__name__).count() == 1


def test_the_front_door_is_open_to_everybody(db: None) -> None:
    assert [Client().get(path).status_code for path in ("/", "/keeping/")] == [200, 200]
