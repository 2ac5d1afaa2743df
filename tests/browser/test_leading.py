"""Control is lost to nothing: the owner's second device, a co-facilitator's, and calm words in between."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, Playwright, expect

from rings import actions
from rings.actions import By
from rings.models import Ring
from rings.phases import Phase
from tests.browser.conftest import DESK, PHONE, Room

Check = Callable[[Page], None]
AWAY = "is finding the ring again. You can go on offering."
FOR_THE_GRACE = 60_000  # ms to wait for what comes only after the desk's grace


@pytest.fixture
def gil(turns: Room) -> User:
    gil = User.objects.create_user("gil", "gil@example.org", first_name="Gil")
    actions.join_team(turns.ring, By(gil), user=gil, believing=0)
    return gil


def desk_of(room: Room, user: User, size: dict[str, int] = DESK) -> Page:
    client = Client()
    client.force_login(user)
    session = {"sessionid": client.cookies["sessionid"].value}
    page = room.page(size, f"/desk/{room.ring.pk}/", session)
    expect(page.locator("body[data-line=live]")).to_be_attached()
    return page


class Killable:
    """A desk in a browser process of its own, which can be ended as by a dead battery."""

    def __init__(self, playwright: Playwright, room: Room, user: User, **launch: object) -> None:
        self.browser = playwright.chromium.launch(**launch)  # type: ignore[arg-type]  # as given by pytest
        self.room = Room(self.browser, room.server, room.cast)
        self.page = desk_of(self.room, user)

    def kill(self) -> None:
        self.browser.close()


def press_next(page: Page, comes: str) -> None:
    page.locator("#turn-next button").click()
    expect(page.locator("#desk_scene")).to_contain_text(f"What {comes} asks for.")


def test_the_owner_s_second_device_has_control_when_the_first_dies_in_a_turn(
    turns: Room, playwright: Playwright, browser_type_launch_args: dict[str, object]
) -> None:
    first = Killable(playwright, turns, turns.cast.fay, **browser_type_launch_args)
    press_next(first.page, "Bo")
    first.kill()
    second = desk_of(turns, turns.cast.fay, PHONE)
    press_next(second, "Cy")
    expect(second.locator("#lead")).to_have_count(0)
    assert turns.ring.events.filter(kind="next_turn").count() == 2


def test_a_cofacilitator_takes_over_when_the_owner_s_desk_dies_and_hands_back(
    turns: Room, gil: User, playwright: Playwright, browser_type_launch_args: dict[str, object]
) -> None:
    first = Killable(playwright, turns, turns.cast.fay, **browser_type_launch_args)
    other = desk_of(turns, gil)
    press_next(first.page, "Bo")
    expect(other.locator("#desk_scene")).to_contain_text("What Bo asks for.")
    other.locator("#turn-defer button").click()
    expect(other.locator("#word")).to_contain_text("Fay is leading. Take over first.")
    first.kill()
    other.locator("#take-over button").click()
    expect(other.locator("#lead")).to_be_hidden()
    press_next(other, "Cy")
    again = desk_of(turns, turns.cast.fay)
    expect(again.locator("#lead")).to_contain_text("Gil leads")
    again.locator("#take-back button").click()
    expect(again.locator("#lead")).to_be_hidden()
    expect(other.locator("#lead")).to_contain_text("Fay leads")
    again.locator("#turn-back button").click()
    expect(other.locator("#desk_scene")).to_contain_text("What Bo asks for.")


def test_phones_and_stage_say_calmly_that_the_desk_is_away_and_pledges_land(turns: Room) -> None:
    desk = desk_of(turns, turns.cast.fay)
    bo, stage = turns.phone(turns.ring.participants.get(name="Bo")), turns.stage()
    desk.reload()
    expect(desk.locator("body[data-line=live]")).to_be_attached()
    desk.context.close()
    long_ago = timezone.now() - timedelta(minutes=1)  # as if the lease had run out meanwhile
    Ring.objects.update(desk_seen_at=long_ago)
    expect(bo.locator("#phone_host")).to_have_text(f"Fay {AWAY}", timeout=FOR_THE_GRACE)
    expect(stage.locator("#stage_host")).to_contain_text(f"Fay {AWAY}")
    bo.get_by_label("A line to go with it").fill("I can.")
    bo.get_by_role("button", name="Offer to Ada").click()
    expect(bo.locator("#phone_more")).to_contain_text("I can.")
    expect(bo.locator("#phone_host")).to_have_text(f"Fay {AWAY}")
    pushed = bo.locator("#phone_host").inner_text()
    bo.reload()
    assert bo.locator("#phone_host").inner_text() == pushed
    desk_of(turns, turns.cast.fay)
    expect(bo.locator("#phone_host")).to_be_empty()
    expect(stage.locator("#stage_host")).to_be_hidden()
    assert turns.ring.offers.count() == 1


def test_the_owner_hands_over_and_takes_somebody_off_from_the_menu(turns: Room, gil: User) -> None:
    desk, other = desk_of(turns, turns.cast.fay), desk_of(turns, gil)
    desk.locator("#menu > summary").click()
    desk.get_by_role("button", name=re.compile("Hand over")).click()
    expect(other.locator("#lead")).to_be_hidden()
    expect(desk.locator("#lead")).to_contain_text("Gil leads")
    expect(other.locator("#desk_head")).to_contain_text("Gil leads")
    other.locator("#menu > summary").click()
    expect(other.get_by_role("link", name="Lead with somebody")).to_be_hidden()
    expect(other.locator(f"#off-{gil.pk}")).to_be_hidden()
    desk.locator(f"#off-{gil.pk} > summary").click()
    desk.get_by_role("button", name="Take off the team").click()
    expect(other.locator("#banner")).to_contain_text("cannot be found")
    expect(desk.locator("#lead")).to_have_count(0)
    assert not turns.ring.team.exists()


def test_the_owner_opens_a_ring_again_that_somebody_else_has_ended(turns: Room, gil: User) -> None:
    ring = turns.ring
    actions.take_over(ring, By(gil), believing=turns.cast.fay.pk)
    actions.move(ring, By(gil), to=Phase.FOLLOW_UP, believing=Phase.TURNS)
    desk = desk_of(turns, turns.cast.fay)
    desk.locator("#menu > summary").click()
    desk.locator("#menu-take button").click()
    expect(desk.locator("#desk_head")).to_contain_text("Fay leads")
    desk.locator("#menu > summary").click()
    desk.locator("#move-reopen button").click()
    expect(desk.locator("#desk_scene")).to_have_attribute("data-phase", "closing")


def test_somebody_comes_to_lead_by_the_link(turns: Room) -> None:
    hal = User.objects.create_user("hal", "hal@example.org")
    desk = desk_of(turns, turns.cast.fay)
    desk.locator("#menu > summary").click()
    desk.get_by_role("link", name="Lead with somebody").click()
    link = desk.locator("a.link").get_attribute("href")
    client = Client()
    client.force_login(hal)
    page = turns.page(DESK, str(link), {"sessionid": client.cookies["sessionid"].value})
    page.get_by_role("button", name="Lead this ring with Fay").click()
    expect(page.locator("#lead")).to_contain_text("Fay leads")


def test_a_phone_seen_from_the_desk_cannot_be_acted_on(turns: Room) -> None:
    bo = turns.ring.participants.get(name="Bo")
    client = turns.cast.desk()
    page = turns.page(
        DESK,
        f"/desk/{turns.ring.pk}/see/{bo.pk}/",
        {"sessionid": client.cookies["sessionid"].value},
    )
    expect(page.get_by_text("You can only look.")).to_be_visible()
    expect(page.locator("#phone_scene")).to_contain_text("What Ada asks for.")
    assert page.locator(".seen").evaluate("seen => seen.inert")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.seen') === null")


def test_the_pages_of_leading_together_are_accessible(turns: Room, gil: User, axe: Check) -> None:
    for user in (turns.cast.fay, gil):
        desk = desk_of(turns, user)
        desk.locator("#menu > summary").click()
        axe(desk)
    session = {"sessionid": turns.cast.desk().cookies["sessionid"].value}
    for path in ("team/", "see/", f"see/{turns.ring.participants.first().pk}/", "see/stage/"):
        axe(turns.page(DESK, f"/desk/{turns.ring.pk}/{path}", session))
