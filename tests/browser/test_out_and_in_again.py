"""Seats in real browsers: one is removed and let in again, and a card with a PIN makes a seat a phone's."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from rings import actions
from rings.phases import Phase
from tests.browser.conftest import DESK, PHONE, Room


def test_one_is_removed_told_so_kindly_and_let_in_again(
    room: Room, axe: Callable[[Page], None]
) -> None:
    cast = room.cast
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.write(ada)
    cast.write(bo, "A ladder until Sunday.")
    cast.move(Phase.TURNS)
    desk, phone = room.desk(), room.phone(ada)
    row = desk.locator(f"#seat-{ada.pk}")
    row.locator("summary").click()
    axe(desk)
    row.get_by_role("button", name="Remove").click()
    expect(desk.locator("#desk_scene")).to_contain_text("A ladder until Sunday.")
    expect(phone.get_by_role("heading", name="You are no longer in this ring")).to_be_visible()
    axe(phone)
    phone.get_by_role("button", name="Ask to come in again").click()
    expect(phone.get_by_role("heading", name="One moment, Ada")).to_be_visible()
    desk.locator(f"#door-{ada.pk}").get_by_role("button", name="Let in").click()
    expect(phone.locator("#phone_mine")).to_be_visible()
    expect(desk.locator(f"#seat-{ada.pk}")).to_be_visible()


def test_a_proxy_becomes_a_phone_by_the_card(room: Room, axe: Callable[[Page], None]) -> None:
    cast = room.cast
    daniel = cast.proxy("Daniel")
    actions.write(cast.ring, cast.by, participant=daniel, text="A chair that folds.")
    session = {"sessionid": cast.desk().cookies["sessionid"].value}
    desk = room.page(DESK, f"/desk/{room.ring.pk}/", session)
    desk.locator(f"#seat-menu-{daniel.pk} summary").click()
    desk.get_by_role("link", name="Card with a PIN for Daniel").click()
    desk.get_by_role("button", name="Make the card").click()
    card = desk.get_by_role("region", name="The card")
    expect(card).to_contain_text(room.ring.code_shown)
    axe(desk)
    found = re.search(r"PIN\s*(\w{3} \w{3})", card.inner_text())
    assert found
    phone = room.page(PHONE, f"/pin/?code={room.ring.code}")
    phone.get_by_label("Your PIN").fill("222 222")
    phone.get_by_role("button", name="Take my seat").click()
    expect(phone.get_by_role("alert")).to_contain_text("do not go together")
    axe(phone)
    phone.get_by_label("Your PIN").fill(found[1].lower())
    phone.get_by_role("button", name="Take my seat").click()
    expect(phone.get_by_role("heading", name="Good to see you, Daniel")).to_be_visible()
    expect(phone.locator("#phone_more")).to_contain_text("A chair that folds.")
    axe(phone)
