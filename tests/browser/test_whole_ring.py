"""A short ring from the lobby to its end: one desk, one stage, three phones, all through the screens."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from rings.models import Offer
from rings.phases import OfferStatus
from tests.browser.conftest import PHONE, Room

Check = Callable[[Page], None]


def join(room: Room, name: str) -> Page:
    """Type the code in lower case on the front page, then a name."""
    page = room.page(PHONE, "/")
    page.get_by_label("Code on the screen").fill(room.ring.code_shown.lower())
    page.get_by_label("Code on the screen").press("Enter")
    page.get_by_label("What should we call you?").fill(name)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", name=f"Good to see you, {name}")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    page.get_by_role("link", name="Write my ask").first.click()
    page.get_by_label("What do you ask for?").fill(text)
    page.get_by_role("button", name="Ready").click()
    expect(page.locator("#phone_mine")).to_contain_text(text)


def test_a_short_ring_from_lobby_to_end(room: Room, axe: Check) -> None:
    desk, stage = room.desk(), room.stage()
    axe(desk)
    axe(stage)
    ada, bo, cy = (join(room, name) for name in ("Ada", "Bo", "Cy"))
    axe(ada)
    for name in ("Ada", "Bo", "Cy"):
        expect(desk.locator("#desk_scene, #desk_queue").filter(has_text=name).first).to_be_visible()
        expect(stage.locator("#stage_scene")).to_contain_text(name)

    desk.locator("#move-on button").click()
    expect(stage.locator("#stage_scene.stage-welcome")).to_be_visible()
    for page in (desk, stage, ada):
        axe(page)
    desk.locator("#move-on button").click()
    expect(stage.locator("#stage_scene.stage-writing")).to_be_visible()
    for page, text in (
        (ada, "A ladder for the roof."),
        (bo, "Somebody who knows bees."),
        (cy, "A name."),
    ):
        write(page, text)
    for page in (desk, stage, ada):
        axe(page)

    desk.locator("#move-on button").click()
    expect(ada.get_by_role("heading", name="The ring is yours, Ada")).to_be_visible()
    for page in (stage, bo, cy):
        expect(page.get_by_text("A ladder for the roof.").first).to_be_visible()
    for page in (desk, stage, ada, bo):
        axe(page)

    bo.get_by_text("How, how sure, and when").click()
    bo.get_by_role("radio", name="I can do it").check()
    bo.get_by_label("A line to go with it").fill("Ours is eight metres.")
    bo.get_by_role("button", name="Offer to Ada").click()
    expect(bo.locator("#phone_more")).to_contain_text("Ours is eight metres.")
    for page in (ada, desk):
        expect(page.get_by_text("Ours is eight metres.").first).to_be_visible()
    axe(bo)
    cy.get_by_label("A line to go with it").fill("Oh, not that.")
    cy.get_by_role("button", name="Offer to Ada").click()
    expect(ada.get_by_text("Oh, not that.")).to_be_visible()
    cy.get_by_role("button", name="Undo").click()
    expect(ada.get_by_text("Oh, not that.")).to_have_count(0)
    assert Offer.objects.exclude(status=OfferStatus.WITHDRAWN).count() == 1

    desk.locator("#turn-next button").click()
    expect(bo.get_by_role("heading", name="The ring is yours, Bo")).to_be_visible()
    expect(ada.get_by_text("Somebody who knows bees.")).to_be_visible()
    axe(cy)
    desk.wait_for_timeout(800)  # a press within 0.7 s of the last one is taken for the same
    desk.keyboard.press("n")
    expect(cy.get_by_role("heading", name="The ring is yours, Cy")).to_be_visible()

    desk.locator("#move-on button").click()
    expect(ada.get_by_role("heading", name="All asks are open")).to_be_visible()
    for page in (desk, stage, ada):
        axe(page)
    desk.locator("#move-on button").click()
    expect(stage.locator("#stage_scene.stage-closing")).to_be_visible()
    for page in (desk, stage, ada, bo):
        axe(page)
    desk.locator("#end summary").click()
    desk.get_by_role("button", name="End the ring now").click()
    expect(stage.locator("#stage_scene.stage-follow_up")).to_be_visible()
    expect(ada.get_by_text("Ours is eight metres.").first).to_be_visible()
    for page in (desk, stage, ada):
        axe(page)
