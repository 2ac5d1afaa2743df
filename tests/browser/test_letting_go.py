"""The easy no in the hand: one tap, unseen; the asker learns from three, asks again, and is helped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rings.phases import Phase
from tests.browser.conftest import Room
from tests.browser.test_coming_back import phone

pytestmark = pytest.mark.usefixtures("device")

RING = re.compile(
    r"/r/\w+/$"
)  # a context that is closed while its page is on the way may never close


@pytest.fixture
def five(room: Room) -> Room:
    """Ada has the ring; Bo, Cy, Di and Ed listen."""
    for name in ("Ada", "Bo", "Cy", "Di", "Ed"):
        room.cast.write(room.cast.seat(name))
    room.cast.move(Phase.TURNS)
    return room


def test_the_sheets_are_accessible(five: Room, axe: Callable[[Page], None]) -> None:
    ada, bo, cy = (five.ring.participants.get(name=name) for name in ("Ada", "Bo", "Cy"))
    five.cast.offer(bo, ada)
    asked = ada.asks.get()
    offer = asked.offers.get()
    for who, path in (
        (cy, f"reply/{asked.pk}/"),
        (ada, f"help/{offer.pk}/"),
        (cy, "ask/"),
        (cy, ""),
    ):
        axe(five.phone(who, path))


def let_go(room: Room, name: str, sentence: str, words: str = "") -> Page:
    page = phone(room, name)
    page.get_by_role("link", name="Not this time").click()
    if words:
        page.get_by_label(re.compile("few words")).fill(words)
    page.get_by_role("button", name=sentence).click()
    expect(page.get_by_text(re.compile("You let this one go by|You are cheering"))).to_be_visible()
    return page


def test_three_let_it_go_by_and_the_asker_asks_again(five: Room) -> None:
    ada = phone(five, "Ada")
    bo = let_go(five, "Bo", "Not now, ask me after …", "the holidays")
    let_go(five, "Cy", "Not now, ask me after …")
    expect(ada.locator("#phone_more")).not_to_contain_text("curious")
    let_go(five, "Di", "I don’t have what this needs")
    expect(ada.locator("#phone_more")).to_contain_text("Two said timing")
    expect(ada.locator("#phone_more")).to_contain_text("After the holidays")
    let_go(five, "Ed", "I am cheering you on")
    expect(ada.locator("#phone_more")).to_contain_text("One is cheering you on")
    five.cast.next()
    ada.get_by_role("link", name="Ask again in other words").click()
    ada.get_by_label("What do you ask for?").fill("Only a first conversation, in January.")
    ada.get_by_role("button", name="Ask again").click()
    ada.wait_for_url(RING)
    expect(bo.get_by_text("Ada asks again, in other words.")).to_be_visible()
    bo.get_by_role("link", name="Read it").click()
    expect(bo.get_by_text("Only a first conversation, in January.")).to_be_visible()
    bo.get_by_role("button", name="Offer to Ada").click()
    bo.wait_for_url(RING)
    expect(bo.get_by_text("Ada asks again, in other words.")).to_have_count(0)
    expect(ada.locator("#phone_more")).not_to_contain_text("Two said timing")


def test_who_let_it_go_by_can_offer_after_all(five: Room) -> None:
    bo = let_go(five, "Bo", "I’d rather not this time")
    expect(bo.locator("#phone_scene .tray")).to_be_hidden()
    bo.get_by_role("link", name="Offer after all").click()
    bo.get_by_role("button", name="Offer to Ada").click()
    expect(bo.locator("#phone_more")).to_contain_text("Your offer")
    expect(bo.get_by_text("You let this one go by")).to_have_count(0)


def test_help_is_answered_in_two_taps_and_its_helper_hears_it(five: Room) -> None:
    ada, bo = phone(five, "Ada"), phone(five, "Bo")
    bo.get_by_role("button", name="Offer to Ada").click()
    ada.get_by_role("link", name="Answer Bo").click()
    ada.get_by_role("button", name="The most useful thing I heard").click()
    ada.wait_for_url(RING)
    expect(bo.locator("#phone_more")).to_contain_text("the most useful thing Ada heard")
