"""Leading together: invitations, hands, and what a ring says while the desk of who leads is away."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from rings import actions, live, team
from rings.actions import By
from rings.live import Audience
from rings.models import Ring
from rings.phases import NotNow, Phase
from rings.picture import Picture
from tests.conftest import Cast, Circle

HTMX = {"HX-Request": "true"}


@pytest.fixture
def gil(db: None) -> User:
    return User.objects.create_user("gil", "gil@example.org", first_name="Gil", last_name="Moor")


@pytest.fixture
def hal(db: None) -> User:
    return User.objects.create_user("hal", "hal@example.org")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def join(ring: Ring, user: User) -> None:
    ring.refresh_from_db()
    actions.join_team(ring, By(user), user=user, believing=ring.team_changes)
    ring.refresh_from_db()


@pytest.fixture
def both(circle: Circle, gil: User) -> Circle:
    """Fay's ring in its turns; Gil leads with her."""
    join(circle.ring, gil)
    return circle


# --- inviting ---------------------------------------------------------------------------------------


def link_of(cast: Cast) -> str:
    page = cast.desk().get(f"/desk/{cast.ring.pk}/team/").text
    found = re.search(r'href="http://[^/]+(/lead/[^"]+)"', page)
    assert found
    return found[1]


def test_a_link_lets_in_who_signs_in_and_presses_and_not_who_only_opens_it(
    cast: Cast, gil: User
) -> None:
    link = link_of(cast)
    assert Client().get(link)["Location"].startswith("/accounts/login/?next=/lead/")
    page = browser(gil).get(link)
    assert "Lead this ring with Fay" in page.text
    assert not cast.ring.team.exists()
    answer = browser(gil).post(link)
    assert answer["Location"] == f"/desk/{cast.ring.pk}/"
    assert browser(gil).get(f"/desk/{cast.ring.pk}/").status_code == 200


def test_a_link_lets_in_one_person(cast: Cast, gil: User, hal: User) -> None:
    link = link_of(cast)
    browser(gil).post(link)
    assert browser(hal).post(link).status_code == 404
    assert list(cast.ring.team.all()) == [gil]


def test_a_link_ends_after_seven_days_when_stopped_or_when_somebody_was_taken_off(
    cast: Cast, gil: User, hal: User
) -> None:
    link, path = link_of(cast), f"/desk/{cast.ring.pk}/team/"
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert team.ring_of(link.split("/")[2], hal) is None
    cast.desk().post(f"{path}stop/")
    assert browser(hal).get(link).status_code == 404
    browser(gil).post(link_of(cast))
    link = link_of(cast)
    cast.desk().post(f"{path}{gil.pk}/off/")
    assert browser(gil).post(link).status_code == 404
    assert not cast.ring.team.exists()


def test_a_link_opened_by_two_at_once_lets_in_the_quicker(cast: Cast, gil: User, hal: User) -> None:
    actions.join_team(cast.ring, By(gil), user=gil, believing=0)
    with pytest.raises(NotNow, match="has been used"):
        actions.join_team(cast.ring, By(hal), user=hal, believing=0)


def test_a_token_of_something_else_opens_nothing(cast: Cast, gil: User) -> None:
    link = link_of(cast)
    assert browser(gil).get(link[:-3] + "x/").status_code == 404
    assert browser(gil).get("/lead/nothing/").status_code == 404


def test_an_account_invited_by_its_address_finds_it_under_my_rings(
    cast: Cast, gil: User, hal: User
) -> None:
    cast.desk().post(f"/desk/{cast.ring.pk}/team/invite/", {"address": "GIL@example.org"})
    assert not cast.ring.team.exists()
    page = browser(gil).get("/rings/").text
    found = re.search(r'href="(/lead/[^"]+)"', page)
    assert found
    assert browser(hal).post(found[1]).status_code == 404  # it is Gil's alone
    browser(gil).post(found[1])
    assert list(cast.ring.team.all()) == [gil]
    page = browser(gil).get("/rings/").text
    assert "Spring ring" in page
    assert "With Fay." in page
    assert "/lead/" not in page


def test_an_invitation_is_stopped_by_the_owner_and_by_time(cast: Cast, gil: User) -> None:
    actions.invite(cast.ring, cast.by, user=gil)
    token = team.account_token(cast.ring, gil)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert team.awaiting(gil) == []
        assert not team.is_awaited(cast.ring, gil)
    actions.stop_invitations(cast.ring, cast.by)
    assert team.ring_of(token, gil) is None
    with pytest.raises(NotNow):
        actions.join_team(cast.ring, By(gil), user=gil, believing=None)


def test_the_answer_does_not_tell_whether_there_is_such_an_account(cast: Cast, gil: User) -> None:
    desk, path = cast.desk(), f"/desk/{cast.ring.pk}/team/"
    told = []
    for address in ("gil@example.org", "nobody@example.org"):
        before = Ring.objects.get().version
        answer = desk.post(f"{path}invite/", {"address": address})
        page = desk.get(answer["Location"]).text.replace(address, "…")
        said = page.partition('class="said"')[2].partition("</div>")[0]
        told.append((answer.status_code, said, Ring.objects.get().version - before))
    assert told[0] == told[1]
    assert "If … has an account here" in told[0][1]


def test_an_address_that_is_none_comes_back_with_a_sentence(cast: Cast) -> None:
    answer = cast.desk().post(f"/desk/{cast.ring.pk}/team/invite/", {"address": "gil at home"})
    assert answer.status_code == 422
    assert "gil at home" in answer.text
    assert "not an e-mail address yet" in answer.text


def test_a_ring_that_is_over_takes_nobody_into_its_team(both: Circle, hal: User) -> None:
    ring = both.ring
    both.cast.move(Phase.FOLLOW_UP)
    with pytest.raises(NotNow, match="over"):
        actions.invite(ring, both.cast.by, user=hal)
    with pytest.raises(NotNow, match="over"):
        actions.join_team(ring, By(hal), user=hal, believing=ring.team_changes)


# --- who may ----------------------------------------------------------------------------------------


def test_only_the_owner_invites_and_takes_off(both: Circle, gil: User) -> None:
    path, desk = f"/desk/{both.ring.pk}/team/", browser(gil)
    answers = [desk.get(path), desk.post(f"{path}invite/", {"address": "a@example.org"}),
               desk.post(f"{path}stop/"), desk.post(f"{path}{gil.pk}/off/")]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 4
    assert list(both.ring.team.all()) == [gil]


def test_who_is_taken_off_finds_nothing_and_what_they_held_is_the_owner_s(
    both: Circle, gil: User
) -> None:
    actions.take_over(both.ring, By(gil), believing=both.cast.fay.pk)
    both.cast.desk().post(f"/desk/{both.ring.pk}/team/{gil.pk}/off/")
    ring = Ring.objects.get(pk=both.ring.pk)
    assert (ring.leader, ring.last_act) == (None, None)
    assert browser(gil).get(f"/desk/{ring.pk}/").status_code == 404
    actions.next_turn(ring, both.cast.by, believing=ring.current_id)


def test_an_undo_puts_no_ring_into_a_hand_that_is_gone(both: Circle, gil: User) -> None:
    ring, cast = both.ring, both.cast
    actions.take_over(ring, By(gil), believing=cast.fay.pk)
    act = actions.take_over(ring, cast.by, believing=gil.pk)
    actions.take_off(ring, cast.by, user=gil)
    with pytest.raises(NotNow):
        actions.undo(ring, cast.by, believing=act.version)
    assert Ring.objects.get(pk=ring.pk).leader is None


def test_who_no_longer_leads_cannot_be_taken_off_twice(both: Circle, gil: User, hal: User) -> None:
    with pytest.raises(NotNow, match="hal no longer leads"):
        actions.take_off(both.ring, both.cast.by, user=hal)


# --- from hand to hand --------------------------------------------------------------------------------


def leader(circle: Circle) -> User:
    ring = Ring.objects.get(pk=circle.ring.pk)
    return ring.leader or ring.facilitator


def test_a_desk_that_does_not_lead_is_told_who_does_and_changes_nothing(
    both: Circle, gil: User
) -> None:
    ring, desk = both.ring, browser(gil)
    version = Ring.objects.get(pk=ring.pk).version
    sent = {"believing": ring.current_id, "to": "wall", "paused": "yes"}
    for path in ("turn/next/", "turn/defer/", "turn/skip/", "turn/back/", "pause/"):
        answer = desk.post(f"/desk/{ring.pk}/{path}", sent, headers=HTMX)
        assert answer.status_code == 409
        assert "Fay is leading. Take over first." in answer.text
    answer = desk.post(f"/desk/{ring.pk}/move/", {"to": "wall", "believing": "turns"})
    assert "Fay is leading. Take over first." in answer.text
    assert Ring.objects.get(pk=ring.pk).version == version


def test_everybody_of_the_team_helps_at_the_door_and_writes_for_others(
    both: Circle, gil: User
) -> None:
    desk = browser(gil)
    assert desk.post(f"/desk/{both.ring.pk}/seats/", {"name": "Daniel"}).status_code == 302
    path = f"/desk/{both.ring.pk}/asks/{both.ada.asks.get().pk}/offers/"
    assert desk.post(path, {"helper": both.cy.pk, "kind": "advice"}).status_code == 302


def test_after_taking_over_one_leads_and_the_other_does_not(both: Circle, gil: User) -> None:
    desk, ring = browser(gil), both.ring
    believing = {"believing": both.cast.fay.pk}
    assert desk.post(f"/desk/{ring.pk}/take-over/", believing, headers=HTMX).status_code == 204
    assert leader(both) == gil
    actions.next_turn(ring, By(gil), believing=ring.current_id)
    ring.refresh_from_db()
    with pytest.raises(NotNow, match=r"Gil Moor is leading\. Take over first\."):
        actions.next_turn(ring, both.cast.by, believing=ring.current_id)
    assert list(ring.events.values_list("kind", "by_user"))[-2:] == [
        ("take_over", gil.pk),
        ("next_turn", gil.pk),
    ]


def test_the_owner_takes_the_ring_back_at_once_whoever_has_it(
    both: Circle, gil: User, hal: User
) -> None:
    ring = both.ring
    join(ring, hal)
    actions.take_over(ring, By(gil), believing=both.cast.fay.pk)
    actions.hand_over(ring, By(gil), to=hal, believing=gil.pk)
    actions.take_over(ring, both.cast.by, believing=gil.pk)  # as Fay's desk still believes
    assert leader(both) == both.cast.fay


def test_two_who_take_over_at_once_agree_on_one(both: Circle, gil: User, hal: User) -> None:
    ring, fay = both.ring, both.cast.fay
    join(ring, hal)
    actions.take_over(ring, By(gil), believing=fay.pk)
    with pytest.raises(NotNow, match="Gil Moor leads by now"):
        actions.take_over(ring, By(hal), believing=fay.pk)
    assert leader(both) == gil


def test_a_ring_is_handed_over_by_who_leads_to_somebody_of_the_team(
    both: Circle, gil: User, hal: User
) -> None:
    ring, fay = both.ring, both.cast.fay
    with pytest.raises(NotNow, match="hal no longer leads"):
        actions.hand_over(ring, both.cast.by, to=hal, believing=fay.pk)
    with pytest.raises(NotNow, match="Take over first"):
        actions.hand_over(ring, By(gil), to=gil, believing=fay.pk)
    desk, path = both.cast.desk(), f"/desk/{ring.pk}/hand-over/"
    assert desk.post(path, {"to": hal.pk, "believing": fay.pk}).status_code == 404
    assert desk.post(path, {"to": gil.pk, "believing": fay.pk}).status_code == 302
    assert leader(both) == gil
    assert desk.post(path, {"to": fay.pk, "believing": gil.pk}).status_code == 409
    assert browser(gil).post(path, {"to": fay.pk, "believing": gil.pk}).status_code == 302
    assert leader(both) == fay


def test_a_hand_over_by_mistake_is_taken_back_by_who_did_it(both: Circle, gil: User) -> None:
    act = actions.hand_over(both.ring, both.cast.by, to=gil, believing=both.cast.fay.pk)
    actions.undo(both.ring, both.cast.by, believing=act.version)
    assert leader(both) == both.cast.fay


def test_who_does_not_lead_takes_no_act_of_the_other_back(both: Circle, gil: User) -> None:
    both.cast.next()
    act = Ring.objects.get(pk=both.ring.pk).version
    with pytest.raises(NotNow, match="Take over first"):
        actions.undo(both.ring, By(gil), believing=act)


def test_a_ring_that_ended_can_still_change_hands_and_be_opened_again(
    both: Circle, gil: User
) -> None:
    both.cast.move(Phase.FOLLOW_UP)
    actions.take_over(both.ring, By(gil), believing=both.cast.fay.pk)
    actions.move(both.ring, By(gil), to=Phase.CLOSING, believing=Phase.FOLLOW_UP)


def test_an_account_that_is_gone_leaves_the_ring_with_its_owner(both: Circle, gil: User) -> None:
    actions.take_over(both.ring, By(gil), believing=both.cast.fay.pk)
    gil.delete()
    both.cast.next()
    assert leader(both) == both.cast.fay


# --- what desks show ----------------------------------------------------------------------------------


def test_every_desk_says_by_name_who_leads_and_a_lone_owner_s_says_nothing_of_it(
    circle: Circle, gil: User
) -> None:
    path = f"/desk/{circle.ring.pk}/"
    assert "Take over" not in circle.cast.desk().get(path).text
    join(circle.ring, gil)
    for desk in (circle.cast.desk(), browser(gil)):
        page = desk.get(path).text
        assert "<b>Fay leads</b>" in page
        assert "Gil Moor" in page
    actions.take_over(circle.ring, By(gil), believing=circle.cast.fay.pk)
    page = circle.cast.desk().get(path).text
    assert "<b>Gil Moor leads</b>" in page
    assert "Take the ring back" in page


def test_what_is_for_one_account_is_marked_so_on_its_own_page(both: Circle, gil: User) -> None:
    page = browser(gil).get(f"/desk/{both.ring.pk}/").text
    assert f'data-me="user-{gil.pk}"' in page
    assert f'data-seat="user-{both.cast.fay.pk}"' in page


# --- the desk is away ---------------------------------------------------------------------------------

AWAY = "is finding the ring again"


def look(circle: Circle, *desks: User, after: float = 0) -> set[int]:
    """What the hub does every few seconds, so many seconds from now, with the desks of these open."""
    open_now = {(circle.ring.pk, user.pk) for user in desks}
    now = timezone.now() + timedelta(seconds=after)
    return team.renew(open_now, [circle.ring.pk], now)


def drawn(circle: Circle, audience: Audience, name: str) -> str:
    return live.draw(Picture.of(circle.ring.pk), audience)[name]


def test_a_desk_that_is_away_longer_than_a_reload_is_said_to_be_finding_the_ring(
    circle: Circle,
) -> None:
    fay = circle.cast.fay
    assert look(circle, fay) == set()
    assert look(circle, after=15) == set()
    assert AWAY not in drawn(circle, Audience.PHONE, "phone_host")
    assert look(circle, after=25) == {circle.ring.pk}
    sentence = f"Fay {AWAY}. You can go on offering."
    assert sentence in drawn(circle, Audience.PHONE, "phone_host")
    assert sentence in drawn(circle, Audience.STAGE, "stage_host")
    assert look(circle, fay, after=26) == set()
    assert AWAY not in drawn(circle, Audience.PHONE, "phone_host")


def test_pledges_land_while_the_desk_is_away(circle: Circle) -> None:
    look(circle, circle.cast.fay)
    look(circle, after=60)
    circle.cast.offer(circle.bo, circle.ada)
    assert circle.ada.help.count() == 1
    assert Ring.objects.get(pk=circle.ring.pk).desk_lost


def test_before_a_ring_begins_and_after_it_ended_nobody_is_missed(cast: Cast) -> None:
    circle = Circle(cast, cast.ring, cast.seat("Ada"), cast.seat("Bo"), cast.seat("Cy"))
    look(circle, cast.fay)
    assert look(circle, after=60) == set()
    cast.move(Phase.TURNS)
    assert look(circle, after=60) == {cast.ring.pk}
    cast.move(Phase.FOLLOW_UP)
    assert look(circle, after=60) == set()


def test_it_is_the_desk_of_who_leads_that_is_missed_and_taking_over_ends_it(
    both: Circle, gil: User
) -> None:
    ring = both.ring
    look(both, both.cast.fay, gil)
    assert look(both, gil, after=30) == {ring.pk}
    assert 'class="lead for-others lost"' in drawn(both, Audience.DESK, "desk_controls")
    actions.take_over(ring, By(gil), believing=both.cast.fay.pk)
    assert AWAY not in drawn(both, Audience.PHONE, "phone_host")
    assert look(both, gil, after=30) == set()
    assert look(both, both.cast.fay, after=60) == {ring.pk}
    assert f"Gil Moor {AWAY}" in drawn(both, Audience.PHONE, "phone_host")


def test_a_page_that_asks_by_http_hears_that_the_desk_went_and_came_back(circle: Circle) -> None:
    phone, path = circle.cast.phone(circle.bo), f"/r/{circle.ring.code}/screen/?since="
    version = Ring.objects.get(pk=circle.ring.pk).version
    look(circle, circle.cast.fay)
    assert phone.get(f"{path}{version}").status_code == 304
    look(circle, after=60)
    assert AWAY in phone.get(f"{path}{version}").json()["fragments"]["phone_host"]
    assert phone.get(f"{path}{version}a").status_code == 304
    look(circle, circle.cast.fay, after=60)
    assert AWAY not in phone.get(f"{path}{version}a").json()["fragments"]["phone_host"]


# --- seeing as others see -------------------------------------------------------------------------------


def seen(circle: Circle, whose: str) -> str:
    return circle.cast.desk().get(f"/desk/{circle.ring.pk}/see/{whose}/").text


def test_a_phone_is_seen_but_for_what_is_private(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="Before everybody", kind="advice")
    circle.cast.offer(circle.cy, circle.ada, note="For Ada alone", private=True)
    page = seen(circle, str(circle.ada.pk))
    assert "What Ada asks for." in page
    assert "Before everybody" in page
    assert "For Ada alone" not in page
    assert "For Ada alone" not in seen(circle, str(circle.cy.pk))


def test_an_ask_before_its_turn_looks_the_same_written_or_not(circle: Circle) -> None:
    page = seen(circle, str(circle.bo.pk))
    assert "What Bo asks for." not in page
    wanda = circle.cast.proxy("Wanda")
    unwritten = seen(circle, str(wanda.pk))
    assert "Write my ask" not in unwritten
    circle.cast.write(wanda, "A boat.")
    again = seen(circle, str(wanda.pk))
    assert re.sub(r'value="[^"]{32,}"', "", again) == re.sub(r'value="[^"]{32,}"', "", unwritten)


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.WRITING, Phase.WALL, Phase.CLOSING])
def test_every_phase_can_be_seen_and_nothing_acts(cast: Cast, phase: Phase) -> None:
    circle = Circle(cast, cast.ring, cast.seat("Ada"), cast.seat("Bo"), cast.seat("Cy"))
    cast.write(circle.ada)
    if phase != Phase.LOBBY:
        cast.move(phase)
    for whose in (str(circle.ada.pk), str(circle.bo.pk), "stage"):
        page = seen(circle, whose)
        assert re.search(r'<div class="seen[ a-z]*" inert>', page)
        assert "You can only look." in page
        assert "<script" not in page
        assert "data-live" not in page


def test_whose_screen_to_see_is_chosen_from_a_list(circle: Circle) -> None:
    page = circle.cast.desk().get(f"/desk/{circle.ring.pk}/see/").text
    assert [name in page for name in ("Ada", "Bo", "Cy", "The stage")] == [True] * 4
    assert circle.cast.desk().get(f"/desk/{circle.ring.pk}/see/{2**40}/").status_code == 404


def test_a_team_is_read_with_one_query_more(
    both: Circle, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(7):  # type: ignore[operator]
        picture = Picture.of(both.ring.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        live.draw(picture, Audience.DESK)
