"""A whole evening of twenty: latecomers, one without a phone, one put out and let in, a reload, a take-over.

One play from lobby to closing in which all of it happens; each step is looked for on desk, stage and phones.
"""

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from rings import actions
from rings.actions import By
from rings.phases import Phase
from tests.browser.conftest import PHONE, Room
from tests.browser.test_leading import desk_of

NAMES = [*("Ada", "Bo", "Cy", "Dan", "Eve", "Flo", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea", "Max")]
NAMES += ["Noa", "Ole", "Pia", "Quy"]


def come_late(room: Room, name: str) -> Page:
    page = room.page(PHONE, f"/j/{room.ring.invite}/")
    page.get_by_label("What should we call you?").fill(name)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", name=f"One moment, {name}")).to_be_visible()
    return page


def press(desk: Page, button: str, comes: str) -> None:
    desk.locator(f"#{button} button").click()
    expect(desk.locator("#desk_scene")).to_contain_text(f"What {comes} asks for.")


def test_an_evening_of_twenty(room: Room, browser: Browser, browser_type_launch_args: Any) -> None:
    cast, ring = room.cast, room.cast.ring
    people = {name: cast.seat(name) for name in NAMES}
    people["Rosa"] = cast.proxy("Rosa")
    for name in NAMES:
        cast.write(people[name])
    actions.write(ring, cast.by, participant=people["Rosa"], text="What Rosa asks for.")
    cast.move(Phase.WRITING)
    gil = User.objects.create_user("gil", "gil@example.org", first_name="Gil")
    actions.join_team(ring, By(gil), user=gil, believing=0)
    own = browser.browser_type.launch(**browser_type_launch_args)
    laptop = Room(own, room.server, cast)  # a browser of its own, to be killed
    desk, stage = desk_of(laptop, cast.fay), room.stage()
    ada, bo = room.phone(people["Ada"]), room.phone(people["Bo"])

    # the turns begin, and two come late: they knock, and are let in together
    press(desk, "move-on", "Ada")
    late = [come_late(room, name) for name in ("Sam", "Tia")]
    desk.get_by_role("button", name="Let all 2 in").click()
    for page in late:
        expect(page.locator("#phone_scene")).to_contain_text("What Ada asks for.")
    expect(desk.locator("#desk_queue .queue").first.locator("li")).to_have_count(20)
    expect(stage.locator("#stage_scene")).to_contain_text("What Ada asks for.")

    # a wrong Next, taken back from one place that names it
    press(desk, "turn-next", "Bo")
    expect(bo.locator("#phone_mine")).to_have_class("my-turn")
    desk.get_by_role("button", name="Undo: Next to Bo").click()
    for page in (desk, stage, late[0]):
        expect(page.locator("main").first).to_contain_text("What Ada asks for.")
    expect(ada.locator("#phone_mine")).to_have_class("my-turn")

    # a desk reload in a turn: the same turn, and what was half typed
    desk.get_by_placeholder("What they offered").fill("Half a sentence")
    desk.reload()
    expect(desk.locator("#desk_scene")).to_contain_text("What Ada asks for.")
    expect(desk.get_by_placeholder("What they offered")).to_have_value("Half a sentence")
    press(desk, "turn-next", "Bo")  # a press of its own, as the page is a new one

    # one is put out while they have the ring, told so, and let in again from the list
    desk.locator(f"#seat-menu-{people['Bo'].pk} > summary").click()
    desk.locator(f"#remove-{people['Bo'].pk} button").click()
    expect(desk.locator("#desk_scene")).to_contain_text("What Cy asks for.")
    expect(bo.get_by_role("heading", name="You are no longer in this ring")).to_be_visible()
    expect(stage.locator("#stage_scene")).to_contain_text("What Cy asks for.")
    desk.locator("#out > summary").click()
    desk.locator(f"#let-in-{people['Bo'].pk} button").click()
    expect(desk.locator(f"#seat-{people['Bo'].pk}")).to_be_visible()
    bo.goto(f"/r/{ring.code}/")
    expect(bo.locator("#phone_scene")).to_contain_text("What Cy asks for.")

    # the laptop dies; the co-facilitator takes over on a second browser, and the ring goes on
    second = desk_of(room, gil)
    own.close()
    second.get_by_role("button", name="Take over").first.click()
    press(second, "turn-next", "Dan")
    for page in (stage, ada, late[1]):
        expect(page.locator("main").first).to_contain_text("What Dan asks for.")
    assert laptop.trouble == []
