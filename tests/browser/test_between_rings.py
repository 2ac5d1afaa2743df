"""Between two rings, on phones: offers on what is open, one small ask, reminders, the next opening."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rings import actions, mails
from rings.actions import By
from rings.models import Circle, Offer, Participant, Ring
from rings.phases import Phase
from tests.browser.conftest import DESK, PHONE, STAGE, Room
from tests.browser.test_languages import WIDE

Check = Callable[[Page], None]
NARROW = {"viewport": {"width": 320, "height": 2400}}  # so high that nothing lies under the act


@pytest.fixture
def over(turns: Room) -> Room:
    """A ring of Lantern Street is over: Ada thanks Bo aloud for a promise, and Bo wants reminders."""
    ada, bo, _ = turns.ring.participants.order_by("pk")
    turns.cast.offer(bo, ada, note="Ours is long.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        turns.cast.move(phase)
    group = Circle.objects.create(owner=turns.cast.fay, name="Lantern Street")
    Ring.objects.filter(pk=turns.ring.pk).update(circle=group)
    offer = Offer.objects.get()
    actions.thank(turns.ring, By(ada), offer=offer, thanks="Because of you, it hangs.", aloud=True)
    wish = {"mail": "bo@example.org", "language": "en", "time_zone": "Europe/London"}
    actions.want_reminders(turns.ring, By(bo), participant=bo, **wish)
    actions.verify_mail(turns.ring, By(bo), participant=bo)
    return turns


def from_a_mail(who: Participant) -> str:
    who.refresh_from_db()
    return f"/mail/{who.pk}/{mails._sign(who, 'reminders')}/"


def coming(over: Room) -> Ring:
    """The next ring of the circle, in its lobby."""
    group = Circle.objects.get()
    return actions.open_ring(over.cast.fay, "next", title="Summer ring", host="Fay", circle=group)


@pytest.mark.usefixtures("device")
def test_a_small_ask_is_seen_at_once_and_answered(over: Room) -> None:
    ada, _, cy = over.ring.participants.order_by("pk")
    asker, helper = over.phone(cy), over.phone(ada)
    asker.get_by_role("link", name="Ask one small thing").tap()
    asker.get_by_label("What would help, and is small?").fill("Ten minutes on my first page.")
    asker.get_by_role("button", name="Ask", exact=True).tap()
    expect(asker.get_by_role("heading", name="My small ask")).to_be_visible()
    row = helper.locator("#phone_scene details", has_text="Ten minutes on my first page.")
    expect(row).to_be_visible()
    if row.get_attribute("open") is None:
        row.locator("summary").tap()
    row.get_by_role("link", name="Offer to Cy").tap()
    helper.get_by_role("button", name="Offer to Cy").tap()
    expect(asker.get_by_role("heading", name="Coming to me")).to_be_visible()
    expect(asker.locator("#phone_mine")).to_contain_text("Ada")
    expect(helper.get_by_role("heading", name="My promises")).to_be_visible()  # it has come back


def test_it_all_works_without_scripts(over: Room) -> None:
    cy = over.ring.participants.get(name="Cy")
    cookies = {cookie.key: cookie.value for cookie in over.cast.phone(cy).cookies.values()}
    page = over.page(PHONE, f"/r/{over.ring.code}/ask/small/", cookies, java_script_enabled=False)
    page.get_by_label("What would help, and is small?").fill("One name in Lyon.")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("One name in Lyon.").first).to_be_visible()
    page.goto(f"/r/{over.ring.code}/reminders/")
    page.get_by_label("Your mail address").fill("cy@example.org")
    page.get_by_label("Also what others newly ask").check()
    page.get_by_role("button", name="Remind me").click()
    expect(page.get_by_text("A mail is on its way to cy@example.org")).to_be_visible()
    page.get_by_role("button", name="No more reminders").click()
    expect(page.get_by_role("link", name="Remind me by mail")).to_be_visible()
    assert not Participant.objects.get(pk=cy.pk).reminders


def test_a_link_from_a_mail_acts_without_scripts(over: Room) -> None:
    bo = over.ring.participants.get(name="Bo")
    page = over.page(PHONE, from_a_mail(bo), java_script_enabled=False)
    page.get_by_role("button", name="Kept").click()
    expect(page.locator(".chip.thanks")).to_have_text("kept")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="No more reminders").click()
    page.get_by_role("button", name="No more reminders").click()
    expect(page.get_by_text("Nothing more is sent about Spring ring.")).to_be_visible()


def test_somebody_comes_into_the_next_ring_with_what_is_still_open(over: Room) -> None:
    cy = over.ring.participants.get(name="Cy")
    words = cy.asks.get().text
    coming(over)
    page = over.phone(cy)
    page.goto("/mine/")
    page.get_by_role("link", name="Come in").click()
    expect(page.get_by_label("What should we call you?")).to_have_value("Cy")
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Write my ask").click()
    page.get_by_role("link", name="Bring it along").click()
    expect(page.get_by_label("What do you ask for?")).to_have_value(words)


def test_the_pages_are_accessible_and_fit(over: Room, axe: Check) -> None:
    ada, bo, cy = over.ring.participants.order_by("pk")
    for who, path in ((bo, "reminders/"), (cy, "reminders/"), (cy, "ask/small/"), (ada, "")):
        page = over.phone(who, path, **NARROW)
        assert page.evaluate(WIDE) == [], page.url
        axe(page)
    link = from_a_mail(bo)
    for path in ("/mine/", link, f"{link}stop/"):
        page = over.page(PHONE, path, **NARROW)
        assert page.evaluate(WIDE) == [], page.url
        axe(page)


def test_the_opening_fits_a_stage_and_is_accessible_everywhere(over: Room, axe: Check) -> None:
    """With the longest thanks there can be, and on a small projector too."""
    offer = Offer.objects.get()
    actions.thank(
        over.ring, By(offer.asker), offer=offer, thanks="Because of you. " * 25, aloud=True
    )
    ring = coming(over)
    actions.move(ring, over.cast.by, to=Phase.WELCOME, believing=Phase.LOBBY)
    for size in (STAGE, DESK):
        stage = over.page(size, f"/stage/{ring.stage_token}/")
        expect(stage.get_by_role("heading", name="Since last time")).to_be_visible()
        foot = stage.locator("#stage_foot").bounding_box()
        read = stage.locator("blockquote").last.bounding_box()
        assert foot
        assert read
        assert read["y"] + read["height"] <= foot["y"]
        axe(stage)
    session = over.cast.desk().cookies["sessionid"].value
    desk = over.page(DESK, f"/desk/{ring.pk}/", {"sessionid": session})
    expect(desk.get_by_role("heading", name="Since last time")).to_be_visible()
    axe(desk)
