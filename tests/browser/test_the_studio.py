"""The Ask studio in the hand: hints while typing, chips that write, and a text nobody else touches."""

import re
import time
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from rings import access
from tests.browser.conftest import PHONE, Room
from tests.conftest import key_of

pytestmark = pytest.mark.usefixtures("device")

ASK = "a dentist near the tram line who is patient with a nervous nine-year-old"


def studio(room: Room, **options: object) -> Page:
    return room.phone(room.cast.seat("Ada"), "ask/", **options)


def test_marks_light_up_while_i_type_and_my_text_stays_mine(room: Room) -> None:
    page = studio(room)
    asked: list[float] = []
    page.on("request", lambda r: asked.append(time.monotonic()) if "/studio/" in r.url else None)
    box = page.get_by_label("What do you ask for?")
    box.press_sequentially(f"Who knows the name of {ASK}? ", delay=30)
    expect(page.locator(".five .on")).to_have_count(3)
    box.press_sequentially("Our last visit ended in tears.", delay=30)
    expect(page.locator(".five .on")).to_have_count(4)
    expect(page.get_by_text("By when, and is that date real?")).to_be_visible()
    expect(box).to_have_value(f"Who knows the name of {ASK}? Our last visit ended in tears.")
    expect(box).to_be_focused()
    assert all(later - earlier >= 0.9 for earlier, later in pairwise(asked))


def test_an_answer_that_comes_late_changes_no_word(room: Room) -> None:
    page = studio(room)
    box = page.get_by_label("What do you ask for?")
    with page.expect_response(re.compile("/studio/")):
        box.press_sequentially("A ladder", delay=10)
    box.press_sequentially(" for our roof", delay=10)
    with page.expect_response(re.compile("/studio/")):
        pass
    expect(box).to_have_value("A ladder for our roof")


def test_a_chip_writes_and_puts_the_caret_where_i_go_on(room: Room) -> None:
    page = studio(room)
    page.get_by_role("button", name="One small thing that would help is …").click()
    page.keyboard.type("a ladder")
    box = page.get_by_label("What do you ask for?")
    expect(box).to_have_value("One small thing that would help is a ladder")
    page.reload()
    expect(box).to_have_value("One small thing that would help is a ladder")  # a draft on the phone


def test_a_day_i_wrote_can_be_made_the_day(room: Room) -> None:
    page = studio(room)
    page.get_by_label("What do you ask for?").fill("Could somebody lend me a ladder by Sunday?")
    page.get_by_role("button", name=re.compile("Sunday .*: make it the day")).click()
    expect(page.get_by_label("By when?")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))


def test_three_other_examples_come_and_the_text_stays(room: Room) -> None:
    page = studio(room)
    page.get_by_label("What do you ask for?").fill("A ladder")
    page.get_by_text("Three asks that worked").click()
    expect(page.get_by_text("near the tram line")).to_be_visible()
    page.get_by_role("button", name="Three others").click()
    expect(page.get_by_text("Portuguese e-mail")).to_be_visible()
    expect(page.get_by_text("near the tram line")).to_have_count(0)
    expect(page.get_by_label("What do you ask for?")).to_have_value("A ladder")


def test_hints_never_hold_back_and_never_send(room: Room) -> None:
    page = studio(room)
    page.get_by_label("What do you ask for?").fill("help")
    expect(page.locator(".hint")).to_contain_text("What should someone do")
    assert room.ring.asks.get().text == ""
    page.get_by_role("button", name="Ready").click()
    page.wait_for_url(re.compile(r"/r/\w+/$"))
    assert room.ring.asks.get().text == "help"


def test_without_scripts_i_check_my_ask(room: Room) -> None:
    ada = room.cast.seat("Ada")
    seat = {access.seat_cookie(room.ring.pk): key_of(ada.name)}
    page = room.page(PHONE, f"/r/{room.ring.code}/ask/", seat, java_script_enabled=False)
    page.get_by_label("What do you ask for?").fill("Could somebody in Leeds lend me a roof ladder?")
    page.get_by_role("button", name="Check my ask").click()
    expect(page.locator(".five .on")).to_have_count(3)
    page.get_by_role("button", name="by Sunday").click()
    expect(page.get_by_label("What do you ask for?")).to_have_value(
        "Could somebody in Leeds lend me a roof ladder? by Sunday"
    )
    page.get_by_role("button", name="Ready").click()
    page.wait_for_url(re.compile(r"/r/\w+/$"))
    assert room.ring.asks.get().text == "Could somebody in Leeds lend me a roof ladder? by Sunday"
