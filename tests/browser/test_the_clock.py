"""What only a browser shows of time: the asker's quiet cue, the desk's taps, and a text to copy."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from rings.models import Participant, Request, Ring
from rings.phases import Phase
from tests.browser.conftest import Room

SPY = """() => { navigator.vibrate = ms => {
  const { dataset } = document.documentElement;
  dataset.felt = `${dataset.felt || ''}${ms} `;
}; }"""


def turns(room: Room) -> list[Participant]:
    people = [room.cast.seat(name) for name in ("Ada", "Bo", "Cy")]
    for who in people:
        room.cast.write(who)
    room.cast.move(Phase.WELCOME)
    room.cast.move(Phase.TURNS)
    return people


def test_thirty_seconds_before_the_end_the_asker_feels_it_once_and_nobody_else(room: Room) -> None:
    ada, bo, _ = turns(room)
    mine, theirs = room.phone(ada), room.phone(bo)
    for page in (mine, theirs):
        page.evaluate(SPY)
        page.mouse.click(5, 300)  # a browser lets a page vibrate only once it was touched
    # Only now does the clock come to its last seconds: pages may take their time to open.
    began = timezone.now() - timedelta(seconds=240 - 35)
    Request.objects.filter(participant=ada).update(began_at=began)
    room.cast.seat("Di")  # whose coming brings the new clock to every page
    expect(mine.get_by_text("time to come to a close")).to_be_visible()
    expect(mine.locator("#say")).to_have_text("30 seconds to go.")
    expect(mine.locator("html")).to_have_attribute("data-felt", "80 ")
    assert theirs.locator("html").get_attribute("data-felt") is None
    expect(theirs.locator("#say")).to_be_empty()


def test_a_minute_more_and_a_break_are_one_tap_each_and_undisturbed_by_the_page(room: Room) -> None:
    _, bo, _ = turns(room)
    desk, phone, stage = room.desk(), room.phone(bo), room.stage()
    desk.get_by_role("button", name="1 min").click()
    expect(desk.get_by_text("of 5:00")).to_be_visible()
    desk.get_by_role("button", name="Pause", exact=True).click()
    desk.get_by_role("button", name="10 min").click()
    expect(stage.get_by_role("heading", name="Back at")).to_be_visible()
    expect(phone.locator("#phone_head")).to_contain_text("back at")
    expect(phone.locator("#phone_head [role=timer]")).to_contain_text("9:")
    desk.get_by_role("button", name="Go on").click()
    expect(stage.get_by_role("heading", name="Back at")).to_have_count(0)


def test_over_time_is_settled_in_one_tap(room: Room) -> None:
    turns(room)
    Ring.objects.update(began_at=timezone.now() - timedelta(minutes=24))  # five later than planned
    desk = room.desk()
    desk.get_by_role("button", name="End at").click()
    expect(desk.locator("#over-time")).to_have_count(0)
    assert room.ring.agreed_end


def test_the_invitation_is_copied_by_a_button(room: Room) -> None:
    Ring.objects.update(phase=Phase.DRAFT)
    desk = room.desk()
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="Copy it").click()
    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    assert f"/j/{room.ring.invite}/" in desk.evaluate("navigator.clipboard.readText()")
