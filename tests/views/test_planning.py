"""Before a ring: templates, a ring like another, a ring planned for later, and what its desk offers."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from rings import actions
from rings.models import Ring, RingTemplate
from rings.phases import Phase
from rings.plans import Plan, Split
from tests.conftest import Cast

FIELDS: dict[str, Any] = {
    "title": "Autumn ring", "host": "Fay", "scope": "both", "people_expected": "15", "turn_minutes": "3.5",
    "welcome_minutes": "8", "writing_minutes": "6", "rest_minutes": "5", "wall_minutes": "7",
    "closing_minutes": "8", "rounds": "2",
}  # fmt: skip


def later(cast: Cast, **more: Any) -> Ring:
    fields = {**FIELDS, "starts_at": "2027-05-07T16:30", "later": "1", **more}
    cast.desk().post("/rings/new/", fields)
    return Ring.objects.get(title="Autumn ring")


# --- templates ------------------------------------------------------------------------------------


def test_a_plan_is_kept_under_a_name_chosen_again_and_let_go(cast: Cast) -> None:
    desk = cast.desk()
    page = desk.post("/rings/new/", {**FIELDS, "plan_name": "Evenings", "keep": "1"})
    assert "Kept as Evenings." in page.text
    assert not Ring.objects.filter(title="Autumn ring").exists()
    kept = RingTemplate.objects.get()
    assert (kept.user, kept.plan["turn_minutes"], kept.plan["rounds"]) == (cast.fay, 3.5, 2)
    page = desk.post("/rings/new/", {**FIELDS, "turn_minutes": "9", "template": kept.pk})
    assert 'value="3.5"' in page.text
    assert 'value="Autumn ring"' in page.text, "what was typed stays"
    page = desk.post("/rings/new/", {**FIELDS, "turn_minutes": "9", "forget": kept.pk})
    assert not RingTemplate.objects.exists()
    assert 'value="9"' in page.text


def test_a_template_needs_a_name_and_no_title(cast: Cast) -> None:
    fields = {**FIELDS, "title": "", "keep": "1"}
    page = cast.desk().post("/rings/new/", fields)
    assert page.status_code == 422
    assert "Give it a name, so that you find it again." in page.text
    assert "people will recognise" not in page.text
    page = cast.desk().post("/rings/new/", {**fields, "plan_name": "Evenings"})
    assert page.status_code == 200


def test_the_same_name_again_replaces_the_plan(cast: Cast) -> None:
    for people in ("10", "20"):
        fields = {**FIELDS, "people_expected": people, "plan_name": "Evenings", "keep": "1"}
        cast.desk().post("/rings/new/", fields)
    assert RingTemplate.objects.get().plan["people_expected"] == 20


def test_a_template_is_its_owner_s_alone(cast: Cast) -> None:
    kept = actions.keep_plan(cast.fay, name="Evenings", plan={"people_expected": 7})
    gus = Client()
    gus.force_login(User.objects.create_user("gus", "gus@example.org"))
    assert "Evenings" not in gus.get("/rings/new/").text
    page = gus.post("/rings/new/", {**FIELDS, "template": kept.pk}).text
    assert 'name="people_expected" value="7"' not in page
    gus.post("/rings/new/", {**FIELDS, "forget": kept.pk})
    assert RingTemplate.objects.exists()


def test_twenty_templates_are_enough(cast: Cast) -> None:
    for number in range(20):
        actions.keep_plan(cast.fay, name=f"Plan {number}", plan={})
    page = cast.desk().post("/rings/new/", {**FIELDS, "plan_name": "One more", "keep": "1"})
    assert "Let one go first" in page.text


# --- a ring like another --------------------------------------------------------------------------


def test_a_new_ring_is_filled_in_from_one_of_mine(cast: Cast) -> None:
    ring = later(cast)
    desk = cast.desk()
    assert f"?like={ring.pk}" in desk.get("/rings/").text
    page = desk.get(f"/rings/new/?like={ring.pk}").text
    assert 'value="Autumn ring"' in page
    assert 'value="3.5"' in page
    assert "2027-05-07" not in page, "another day"


def test_a_ring_of_somebody_else_fills_in_nothing(cast: Cast) -> None:
    ring = later(cast)
    gus = Client()
    gus.force_login(User.objects.create_user("gus", "gus@example.org"))
    assert "Autumn ring" not in gus.get(f"/rings/new/?like={ring.pk}").text


# --- for later ------------------------------------------------------------------------------------


def test_a_ring_planned_for_later_takes_people_and_their_asks_before_the_day(cast: Cast) -> None:
    ring = later(cast)
    assert ring.phase == Phase.DRAFT
    phone = Client()
    page = phone.get(f"/j/{ring.invite}/", follow=True)
    assert 'id="join-form"' in page.text
    phone.post(f"/r/{ring.code}/join/", {"name": "Ada"})
    phone.post(f"/r/{ring.code}/ask/", {"text": "A ladder."})
    desk = cast.desk().get(f"/desk/{ring.pk}/").text
    assert '<span class="num">1</span> of 15 have an ask ready' in desk
    assert "A ladder." not in desk


def test_the_desk_has_a_text_to_send_with_the_link_and_an_example(cast: Cast) -> None:
    ring = later(cast)
    page = cast.desk().get(f"/desk/{ring.pk}/").text
    text = page.partition('id="invite"')[2].partition("</div>")[0]
    assert ring.join_link in text
    assert "finding the slide that confuses them" in text
    assert "7 May at 16:30" in text


def test_the_ring_begins_when_people_leave_the_lobby_or_never_had_one(cast: Cast) -> None:
    ring = later(cast)
    actions.move(ring, cast.by, to=Phase.LOBBY, believing=Phase.DRAFT)
    assert Ring.objects.get(pk=ring.pk).began_at is None
    other = actions.open_ring(cast.fay, "x", title="Other", host="Fay", phase=Phase.DRAFT)
    actions.move(other, cast.by, to=Phase.WELCOME, believing=Phase.DRAFT)
    assert Ring.objects.get(pk=other.pk).began_at


def test_the_calendar_file_holds_the_day_and_the_link(cast: Cast) -> None:
    ring = later(cast)
    assert ring.starts_at == timezone.make_aware(datetime(2027, 5, 7, 16, 30))
    answer = cast.desk().get(f"/desk/{ring.pk}/ring.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    lines = answer.content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert "DTSTART:20270507T153000Z" in lines
    assert f"URL:{ring.join_link}" in lines
    assert "SUMMARY:Autumn ring" in lines


def test_a_ring_without_a_day_has_no_calendar_file(cast: Cast) -> None:
    assert cast.desk().get(f"/desk/{cast.ring.pk}/ring.ics").status_code == 404


# --- too many people, too long --------------------------------------------------------------------


def test_thirty_people_are_better_off_in_two_rings(cast: Cast) -> None:
    fields = {**FIELDS, "people_expected": "30", "turn_minutes": "4", "rounds": "1"}
    fields |= {"writing_minutes": "7", "rest_minutes": "0"}
    page = cast.desk().get("/rings/new/plan/", fields).text
    assert "30 people × 4 min is 150 minutes: two rings of 15 side by side take 90." in page


@pytest.mark.parametrize(("people", "turn", "split"), [(24, 4, None), (25, 4, 13), (12, 15, 6)])
def test_a_split_is_suggested_above_24_people_or_three_hours(
    people: int, turn: int, split: int | None
) -> None:
    data = {**FIELDS, "people_expected": people, "turn_minutes": turn, "rounds": 1}
    found = Plan.typed(data, timezone.localtime()).split
    assert (found and found.people) == split
    assert found is None or isinstance(found, Split)


def test_the_desk_of_a_draft_suggests_it_too(cast: Cast) -> None:
    ring = later(cast, people_expected="30", rounds="1")
    assert "Two rings of 15 side by side" in cast.desk().get(f"/desk/{ring.pk}/").text
