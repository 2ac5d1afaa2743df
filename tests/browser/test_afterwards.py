"""After the ring, on phones: a promise is kept in one tap, its asker reads it at once, thanks come back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rings.models import Offer
from rings.phases import OfferStatus, Phase
from tests.browser.conftest import PHONE, Room

Check = Callable[[Page], None]


@pytest.fixture
def over(turns: Room) -> Room:
    """Bo has promised something to Ada, and the ring is over."""
    ada, bo, _ = turns.ring.participants.order_by("pk")
    turns.cast.offer(bo, ada, note="Ours is long.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        turns.cast.move(phase)
    return turns


@pytest.mark.usefixtures("device")
def test_a_promise_is_kept_in_one_tap_and_thanked_for(over: Room) -> None:
    ada, bo, _ = over.ring.participants.order_by("pk")
    asker, helper = over.phone(ada), over.phone(bo)
    helper.get_by_role("button", name="Kept").tap()
    expect(helper.get_by_role("link", name="What came of it?")).to_be_visible()
    expect(asker.locator("#phone_mine .chip.thanks")).to_have_text("kept")

    helper.get_by_role("link", name="What came of it?").tap()
    helper.get_by_label("What came of it?").fill("It hangs straight.")
    helper.get_by_label("Hours it saved").fill("many")
    helper.get_by_role("button", name="Save").tap()
    expect(helper.get_by_text("Enter a number.")).to_be_visible()
    helper.get_by_label("Hours it saved").fill("2.5")
    helper.get_by_role("button", name="Save").tap()
    expect(asker.get_by_text("It hangs straight.")).to_be_visible()

    asker.get_by_role("link", name="Answer Bo").tap()
    asker.get_by_label("In your words, if you like").fill("Because of you, it hangs.")
    asker.get_by_role("button", name="Thank Bo").tap()
    expect(helper.get_by_text("Because of you, it hangs.")).to_be_visible()
    asker.get_by_role("button", name="It is fulfilled").tap()
    expect(asker.get_by_text("Tell the person who moved it.")).to_be_visible()

    helper.get_by_role("button", name="Undo").tap()
    expect(helper.get_by_role("button", name="Still coming")).to_be_visible()
    expect(asker.get_by_text("It hangs straight.")).to_have_count(0)
    assert Offer.objects.get().status == OfferStatus.PLEDGED


def test_letting_go_is_one_tap_and_is_read_kindly(over: Room) -> None:
    ada, bo, _ = over.ring.participants.order_by("pk")
    asker, helper = over.phone(ada), over.phone(bo)
    helper.get_by_role("button", name="Still coming").click()
    expect(helper.get_by_text("You said it is still coming.")).to_be_visible()
    helper.get_by_role("button", name="Let it go").click()
    expect(helper.get_by_text("let go", exact=True)).to_be_visible()
    kind = "Bo had to let this go, and wishes you well"
    expect(asker.get_by_text(kind)).to_be_visible()


def test_two_of_an_accepted_offer_reach_each_other_with_a_message(over: Room) -> None:
    ada, bo, _ = over.ring.participants.order_by("pk")
    asker, helper = (
        over.phone(ada),
        over.phone(bo, permissions=["clipboard-read", "clipboard-write"]),
    )
    asker.get_by_role("link", name="Say how, if you like").click()
    asker.get_by_label("A mail address, a number or a link").fill("ada@example.org")
    asker.get_by_role("button", name="Save").click()
    expect(asker.get_by_text("ada@example.org")).to_be_visible()
    expect(helper.get_by_text("ada@example.org")).to_have_count(0)
    asker.get_by_role("link", name="Answer Bo").click()
    asker.get_by_role("button", name="Yes, please").click()
    expect(helper.get_by_role("link", name="ada@example.org")).to_be_visible()
    helper.get_by_role("link", name="Say more").click()
    expect(helper.get_by_role("link", name="Open it for Ada")).to_be_visible()
    helper.get_by_role("button", name="Copy the text").click()
    expect(helper.get_by_role("button", name="Copied")).to_be_visible()
    copied = helper.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Hello Ada, in our ring I offered you this: “Ours is long.”")


def test_it_is_said_without_scripts_too(over: Room) -> None:
    bo = over.ring.participants.get(name="Bo")
    path = f"/r/{over.ring.code}/"
    cookies = {cookie.key: cookie.value for cookie in over.cast.phone(bo).cookies.values()}
    page = over.page(PHONE, path, cookies, java_script_enabled=False)
    page.get_by_role("link", name="Say more").click()
    page.get_by_label("By when").fill("2027-05-31")
    page.get_by_role("button", name="Still coming").last.click()
    expect(page.get_by_text("You said it is still coming.")).to_be_visible()
    page.get_by_role("button", name="Kept").click()
    expect(page.get_by_role("link", name="What came of it?")).to_be_visible()


def test_the_pages_are_accessible_and_fit(over: Room, axe: Check) -> None:
    ada, bo, _ = over.ring.participants.order_by("pk")
    offer = Offer.objects.get()
    narrow = {"viewport": {"width": 320, "height": 2400}}  # so high that nothing lies under the act
    for who, path in (
        (bo, ""),
        (bo, f"promise/{offer.pk}/"),
        (ada, ""),
        (ada, f"help/{offer.pk}/"),
    ):
        page = over.phone(who, path, **narrow)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        axe(page)
