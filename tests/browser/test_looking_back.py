"""Past rings in the browser: found and read by keys alone, words opened, oneself erased."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from rings import actions
from rings.models import Ring
from rings.phases import Phase
from tests.browser.conftest import DESK, PHONE, Room

Check = Callable[[Page], None]
SECRET = "A ladder, and somebody to hold it."


@pytest.fixture
def over(turns: Room) -> Room:
    """The ring of three is over: Bo and Cy have offered to Ada; thirty others are over as well."""
    cast, people = turns.cast, list(turns.ring.participants.order_by("pk"))
    ada, bo, cy = people
    cast.write(ada, SECRET)
    cast.offer(bo, ada, note="Ours is long.")
    cast.offer(cy, ada)
    cast.next()
    cast.offer(ada, bo)
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
    for n in range(30):
        ring = actions.open_ring(cast.fay, f"other {n}", title=f"Other ring {n}", host="Fay")
        Ring.objects.filter(pk=ring.pk).update(phase=Phase.ARCHIVED, ended_at=timezone.now())
        ring.refresh_from_db()
        actions.settle(ring)
    return turns


def signed_in(room: Room, user: User, path: str, size: dict[str, int] = DESK) -> Page:
    client = Client()
    client.force_login(user)
    return room.page(size, path, {"sessionid": client.cookies["sessionid"].value})


@pytest.fixture
def sol(over: Room) -> User:
    return User.objects.create_user("sol", "sol@example.org", is_staff=True)


def test_a_ring_is_found_and_followed_by_keys_alone(over: Room, sol: User) -> None:
    page = signed_in(over, sol, "/past/")
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()
    page.locator("#id_q").focus()
    page.keyboard.type("spring")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Spring ring").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring ring")
    page.locator("#person").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Follow").press("Enter")
    expect(page.get_by_role("heading", name="The threads of #2")).to_be_visible()
    expect(page.locator("#who tbody tr")).to_have_count(2)


def test_staff_open_words_for_a_reason_and_the_page_shows_them(over: Room, sol: User) -> None:
    page = signed_in(over, sol, f"/past/{over.ring.pk}/")
    expect(page.get_by_text(SECRET)).to_have_count(0)
    page.get_by_role("button", name="Open for an hour").click()
    expect(page.get_by_text("Say why in a sentence")).to_be_visible()
    page.get_by_label("Why do you need them?").fill("Ada asked what we keep of her.")
    page.get_by_role("button", name="Open for an hour").click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    expect(page.get_by_text("Ada asked what we keep of her.")).to_be_visible()


def test_whoever_the_pointer_is_on_their_threads_stand_out(over: Room) -> None:
    page = signed_in(over, over.cast.fay, f"/past/{over.ring.pk}/")
    ada, bo, cy = over.ring.participants.order_by("pk")
    page.locator(f".map [data-seat='{cy.pk}']").hover()
    expect(page.locator(".map.following .thread.of")).to_have_count(1)
    page.locator(f".map [data-seat='{ada.pk}']").hover()
    expect(page.locator(".map.following .thread.of")).to_have_count(3)
    page.locator(f".map [data-seat='{bo.pk}']").click()
    expect(page.get_by_role("heading", name="The threads of Bo")).to_be_visible()


def test_somebody_erases_what_is_theirs_and_no_trace_of_it_is_shown(over: Room) -> None:
    ada = over.ring.participants.get(name="Ada")
    phone = over.phone(ada)
    phone.get_by_role("link", name="Erase what is mine…").click()
    phone.get_by_role("button", name="Erase it for good").click()
    expect(phone.get_by_role("heading", name="It is gone")).to_be_visible()
    phone.goto(f"/r/{over.ring.code}/")
    expect(phone.locator("#phone_mine")).to_have_count(0)
    page = signed_in(over, over.cast.fay, f"/past/{over.ring.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring ring")
    assert SECRET not in page.content()
    assert re.search(r"\bAda\b", page.content()) is None


@pytest.mark.parametrize("people", [3, 30, 60])
def test_a_ring_is_printed_on_two_sheets_without_words(over: Room, people: int) -> None:
    ring = over.ring
    if people > 3:
        call_command("make_rings", 1, people=people, stdout=StringIO())
        ring = Ring.objects.latest("pk")
    page = signed_in(over, over.cast.fay if people == 3 else ring.facilitator, f"/past/{ring.pk}/")
    expect(page.get_by_role("button", name="Print two pages")).to_be_visible()
    sheets = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 2
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    expect(page.get_by_text("What was asked")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_pages_are_accessible_at_a_desk_and_on_a_phone(
    over: Room, sol: User, axe: Check
) -> None:
    for size in (DESK, PHONE):
        for path in ("/past/", "/past/?since=never", f"/past/{over.ring.pk}/"):
            page = signed_in(over, sol, path, size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            axe(page)
    axe(signed_in(over, over.cast.fay, f"/past/{over.ring.pk}/erase/"))
    axe(over.phone(over.ring.participants.get(name="Bo")))
