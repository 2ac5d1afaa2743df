"""The desk in a turn: the words to say, the quiet, a tender moment; with axe, and by keyboard alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from rings import actions
from rings.models import Request
from rings.phases import Phase
from tests.browser.conftest import Room

Check = Callable[[Page], None]
CANARY = "Somebody who has been through this"


@pytest.fixture
def turns(room: Room) -> Room:
    """Ada has the ring; Bo and Cy wait."""
    for name in ("Ada", "Bo", "Cy"):
        who = room.cast.seat(name)
        room.cast.write(who, CANARY if name == "Ada" else "")
    room.cast.move(Phase.TURNS)
    return room


def quiet_for(room: Room, seconds: int) -> None:
    """As if somebody had last spoken so long ago."""
    since = timezone.now() - timedelta(seconds=seconds)
    Request.objects.filter(pk=room.ring.current_id).update(
        spoken_at=since, began_at=since - timedelta(seconds=60)
    )


def test_the_arrow_turns_to_the_next_words_and_a_push_leaves_them(turns: Room) -> None:
    desk = turns.desk()
    words, arrow = desk.locator("#script li:visible .voice"), desk.locator("[data-say-next]")
    expect(words).to_have_text("“Ada, the ring is yours.”")
    arrow.click()
    expect(words).to_have_text("“Two short questions?”")
    turns.cast.proxy("Dan")
    expect(desk.locator("#desk_queue")).to_contain_text("Dan")
    expect(words).to_have_text("“Two short questions?”")
    expect(arrow).to_be_focused()  # a push never takes the focus
    turns.cast.next()
    expect(words).to_have_text("“Bo, the ring is yours.”")


def test_words_folded_away_stay_so_on_this_device(turns: Room) -> None:
    desk = turns.desk()
    desk.locator("#script summary").click()
    expect(desk.locator("#script .voice").first).to_be_hidden()
    turns.cast.next()
    expect(desk.locator(".turncard")).to_contain_text("Bo")
    expect(desk.locator("#script .voice").first).to_be_hidden()
    desk.reload()
    expect(desk.locator("#script .voice").first).to_be_hidden()
    desk.locator("#script summary").click()
    expect(desk.locator("#script li:visible")).to_have_count(1)


def test_without_scripts_all_lines_can_be_read(turns: Room) -> None:
    desk = turns.desk(java_script_enabled=False)
    expect(desk.locator("#script li:visible")).to_have_count(3)
    expect(desk.locator("#quiet .hint:visible")).to_have_count(5)
    expect(desk.locator("#script .at-over")).to_be_visible()


def test_the_quiet_meter_says_what_to_try_and_begins_anew(turns: Room) -> None:
    quiet_for(turns, 21)
    desk = turns.desk()
    hint = desk.locator("#quiet .hint:visible")
    expect(hint).to_contain_text("who comes to mind")
    expect(desk.locator("#ripen")).to_be_hidden()
    desk.locator("#spoke button").click()
    expect(hint).to_contain_text("Quiet is normal")
    quiet_for(turns, 50)
    turns.cast.proxy("Dan")  # any push brings the other moment
    expect(hint).to_contain_text("Let us leave this one ripening")
    desk.get_by_role("button", name="Leave it for the wall").click()
    expect(desk.locator(".turncard")).to_contain_text("Bo")
    for page in (turns.stage(), desk):
        expect(page.locator("[aria-live=assertive]")).to_have_count(0)


def test_over_time_brings_its_words(turns: Room) -> None:
    desk = turns.desk()
    expect(desk.locator("#script .voice:visible")).to_be_visible()
    expect(desk.locator("#script .at-over")).to_be_hidden()
    Request.objects.filter(pk=turns.ring.current_id).update(
        began_at=timezone.now() - timedelta(minutes=10)
    )
    turns.cast.proxy("Dan")
    expect(desk.locator("#script .at-over")).to_be_visible()


def test_a_tender_moment_leaves_no_word_on_stage_and_phones(turns: Room, axe: Check) -> None:
    frames: list[str] = []
    desk, stage = turns.desk(), turns.stage()
    phone = turns.phone(turns.ring.participants.get(name="Bo"))
    own = turns.phone(turns.ring.participants.get(name="Ada"))
    for page in (stage, phone):
        expect(page.get_by_text(CANARY).first).to_be_visible()
    desk.get_by_role("button", name="Tender moment").click()
    for page in (stage, phone):
        expect(page.get_by_text(CANARY)).to_have_count(0)
        assert CANARY not in page.content()
    expect(stage.locator("#stage_scene")).to_contain_text("Ada is asking")
    expect(own.get_by_text(CANARY).first).to_be_visible()
    expect(desk.locator("#script li:visible")).to_contain_text("Thank you for trusting us")
    for page in (stage, phone):
        page.on(
            "websocket",
            lambda line: line.on("framereceived", lambda got: frames.append(str(got))),
        )
        page.reload()
        expect(page.locator("body[data-line=live]")).to_be_attached()
    turns.cast.offer(
        turns.ring.participants.get(name="Cy"), turns.ring.participants.get(name="Ada")
    )
    expect(phone.locator("#phone_scene")).to_contain_text("is asking")
    expect(stage.locator("#stage_foot")).to_contain_text("1 offer")
    assert frames
    assert CANARY not in "".join(frames)
    for page in (desk, stage, phone):
        axe(page)
    desk.locator("#pause button").click()
    for page in (stage, phone):
        expect(page.get_by_text(CANARY).first).to_be_visible()


def test_each_control_is_reached_by_keyboard_alone(turns: Room, axe: Check) -> None:
    quiet_for(turns, 50)
    desk = turns.desk()
    expect(desk.locator("#ripen")).to_be_visible()
    axe(desk)
    wanted = {"script-summary", "say-next", "spoke", "ripen", "tender", "veil"}
    desk.locator("body").press("Tab")
    seen: set[str] = set()
    for _ in range(80):
        seen.add(
            desk.evaluate(
                """() => { const at = document.activeElement;
                if (at.matches('#script summary')) return 'script-summary';
                if (at.matches('[data-say-next]')) return 'say-next';
                return (at.closest('form')?.id || '').replace(/-[0-9]+$/, ''); }"""
            )
        )
        desk.keyboard.press("Tab")
    assert wanted <= seen


def test_cards_and_my_script_are_well_made(room: Room, axe: Check) -> None:
    desk = room.desk()
    actions.move(room.ring, room.cast.by, to="welcome", believing="lobby")
    expect(desk.locator("#script li:visible")).to_contain_text("one unusual thing")
    desk.locator("#cards summary").click()
    axe(desk)
    stage = room.stage()
    desk.get_by_role("button", name="Show it on the stage").first.click()
    expect(stage.locator(".research")).to_contain_text("Zhao")
    axe(stage)
    desk.locator("#cards summary").click()
    desk.get_by_role("button", name="Take a place").click()
    expect(desk.get_by_role("link", name="Write my ask")).to_be_visible()
    desk.goto("/script/")
    axe(desk)
