"""A rehearsal to its end in the browser: the made-up people act while the desk is open, then all is gone."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from playwright.sync_api import Page, expect

from rings.models import Participant, Ring
from rings.troupe import LATE, TROUPE
from tests.browser.conftest import DESK, PHONE, Room

Check = Callable[[Page], None]
MARK = "Rehearsal: these people are made up"


def hurry(seconds: int) -> None:
    """As if so much time had passed in the phase and in the turn: the made-up people go by these moments."""
    ring, earlier = (
        Ring.objects.select_related("current").get(practice=True),
        timedelta(seconds=seconds),
    )
    Ring.objects.filter(pk=ring.pk).update(phase_began_at=F("phase_began_at") - earlier)
    ring.asks.exclude(began_at=None).filter(ended_at=None).update(began_at=F("began_at") - earlier)


def begin(room: Room, size: dict[str, int]) -> Page:
    session = room.cast.desk().cookies["sessionid"].value
    page = room.page(size, "/rings/new/", {"sessionid": session})
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator("#desk_rehearsal")).to_contain_text(MARK)
    return page


def go_on(desk: Page) -> None:
    """Press what moves the ring on, once the page takes it for a new press."""
    desk.wait_for_timeout(800)  # a press within 0.7 s of the last one is taken for the same
    desk.locator("#turn-next button, #move-on button").click()


def test_a_rehearsal_to_its_end(room: Room, axe: Check) -> None:
    desk = begin(room, DESK)
    hint = desk.locator("#desk_rehearsal .hint")
    ring = Ring.objects.get(practice=True)
    room.cast.ring = ring
    desk.get_by_role("button", name="Faster").click()
    expect(desk.get_by_role("button", name="Slower")).to_be_visible()
    hurry(20)
    early = [one.name for one in TROUPE if one.name != LATE]
    for name in early:
        expect(desk.locator("#desk_queue")).to_contain_text(name)
    expect(hint).to_contain_text("has no phone and waves")
    axe(desk)

    desk.locator("#add-seat summary").click()
    desk.locator("#add-seat input[name=name]").fill("Otto")
    desk.locator("#add-seat button").click()
    expect(hint).to_contain_text("begin the welcome")

    mine = room.page(PHONE, f"/j/{ring.invite}/")  # what the code under "On your phone" says
    expect(mine.get_by_text(MARK)).to_be_visible()
    mine.get_by_label("What should we call you?").fill("Fay")
    mine.get_by_role("button", name="Come in").click()
    expect(mine.get_by_text(MARK)).to_be_visible()
    stage = room.stage()
    expect(stage.get_by_text(MARK)).to_be_visible()
    expect(stage.locator("body")).not_to_contain_text(ring.code_shown)
    axe(stage)
    axe(mine)

    go_on(desk)
    expect(hint).to_contain_text("Say the lines aloud")
    go_on(desk)
    expect(hint).to_contain_text("Press the pen beside Otto")
    hurry(20)
    expect(desk.locator("#desk_scene .ready-ring .num")).to_have_text("6")
    go_on(desk)

    for helper in ("Amina", "Kofi", "Tomasz"):
        hurry(3)
        expect(desk.locator("#desk_offers")).to_contain_text(helper)
    expect(stage.locator("#stage_foot")).to_contain_text("3 offers")
    go_on(desk)
    hurry(3)
    expect(desk.locator("#door")).to_contain_text(LATE)
    desk.get_by_role("button", name=re.compile("^Let in")).click()
    expect(desk.locator("#door")).to_have_count(0)
    expect(desk.locator("#desk_queue")).to_contain_text(LATE)
    expect(hint).to_contain_text("Priya is next and away")
    desk.get_by_role(
        "button", name="Hold still"
    ).click()  # so that she stays away until we have looked
    expect(hint).to_contain_text("They hold still")
    go_on(desk)
    expect(desk.locator("#desk_queue li.now")).to_contain_text("away")
    desk.locator("#turn-defer button").click()
    desk.get_by_role("button", name="Let them go on").click()
    expect(hint).to_contain_text("Nobody knows at once")
    while desk.locator("#turn-next").count():
        turn = desk.locator(".turncard").get_attribute("id")
        go_on(desk)
        expect(desk.locator(f"#{turn}")).to_have_count(0)
    desk.wait_for_timeout(800)
    desk.locator("#move-on button").click()
    expect(hint).to_contain_text("fewest offers first")
    hurry(60)
    expect(desk.locator("#wall")).to_contain_text("1 offer")
    desk.wait_for_timeout(800)
    desk.locator("#move-on button").click()
    expect(hint).to_contain_text("This map is on the stage")
    desk.locator("#end summary").click()
    desk.get_by_role("button", name="End the ring now").click()
    expect(
        desk.get_by_role("heading", name="That was a rehearsal. Nothing of it is kept.")
    ).to_be_visible()
    axe(desk)

    desk.get_by_role("button", name="Delete it now").click()
    expect(desk).to_have_url(re.compile("/rings/$"))
    expect(desk.locator("main")).to_contain_text("The rehearsal is gone")
    expect(desk.locator("main")).not_to_contain_text("Past rings")
    axe(desk)
    assert not Ring.objects.filter(practice=True).exists()
    assert not Participant.objects.filter(ring=ring.pk).exists()
    expect(stage.locator("#banner")).to_contain_text("cannot be found any more")
    expect(mine.get_by_role("heading", name="No ring here just now")).to_be_visible()


def test_a_rehearsal_can_be_stopped_from_a_phone_alone(room: Room, axe: Check) -> None:
    desk = begin(room, PHONE)
    expect(desk.locator("#desk_queue")).to_contain_text("Ines Duarte")
    axe(desk)
    desk.get_by_text("Stop…").click()
    desk.get_by_role("button", name="Stop and delete it").click()
    expect(desk.locator("main")).to_contain_text("The rehearsal is gone")
    assert not Ring.objects.filter(practice=True).exists()
