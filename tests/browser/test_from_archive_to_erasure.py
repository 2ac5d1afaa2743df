"""Staff look after a past ring by keys alone.

They find it among 2,000, read it, play it again, carry it to another installation, and erase one person.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from rings.models import Participant, Ring
from rings.phases import Phase
from tests.browser.conftest import DESK, Room
from tests.server import ROOT, Server, running
from tests.traces import left

OTHERS = 1999
WORDS = "A ladder, heliotropic, and somebody to hold it."
SIGN_IN = """
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.create_user("eve", "eve@example.org", is_staff=True))
print(client.cookies["sessionid"].value)
"""


@pytest.fixture
def over(room: Room) -> Room:
    """A ring of three, Adalinde the first of them, is over as 1,999 others are."""
    cast = room.cast
    ada, bo, cy = (cast.seat(name) for name in ("Adalinde", "Bo", "Cy"))
    cast.write(ada, WORDS)
    for who in (bo, cy):
        cast.write(who)
    cast.move(Phase.TURNS)
    cast.offer(bo, ada, note="Ours is long.")
    cast.offer(cy, ada)
    cast.next()
    cast.offer(ada, bo, note="A heliotropic lamp.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
    call_command("make_rings", OTHERS, people=3, stdout=StringIO())
    assert Ring.objects.count() == OTHERS + 1
    return room


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """Another installation with a database of its own, and the session of somebody of its staff."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"

    def manage(*words: str) -> str:
        env = {**os.environ, "DATABASE_URL": url}
        command = [sys.executable, "-W", "ignore", "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        return done.stdout.decode()

    manage("migrate", "--verbosity", "0")
    session = manage("shell", "--verbosity", "0", "--command", SIGN_IN).strip()
    with running(database=url) as server:
        yield server, session


def go_to(page: Page, there: Locator) -> None:
    """Press Tab until it is in focus, as somebody without a pointer does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if there.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {there}")


def press(page: Page, there: Locator, key: str = "Enter") -> None:
    go_to(page, there)
    page.keyboard.press(key)


def test_a_ring_is_found_read_replayed_carried_off_and_one_of_it_erased(
    over: Room, elsewhere: tuple[Server, str], tmp_path: Path
) -> None:
    sol = User.objects.create_user("sol", "sol@example.org", is_staff=True)
    client = Client()
    client.force_login(sol)
    page = over.page(DESK, "/past/", {"sessionid": client.cookies["sessionid"].value})
    file = _found_read_and_replayed(page, tmp_path)
    _brought_in(over, elsewhere, file)
    _erased(page, over)


def _found_read_and_replayed(page: Page, folder: Path) -> Path:
    expect(page.get_by_text("2000 rings")).to_be_visible()
    press(page, page.get_by_role("searchbox"), "s")
    page.keyboard.type("pring fay")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 ring", exact=True)).to_be_visible()
    press(page, page.get_by_role("link", name="Spring ring"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring ring")
    expect(page.get_by_text("people offered something")).to_be_visible()
    press(page, page.get_by_label("Follow one person"), "ArrowDown")
    press(page, page.get_by_role("button", name="Follow"))
    expect(page.get_by_role("heading", name="The threads of #2")).to_be_visible()

    press(page, page.get_by_role("link", name="Play the ring again"))
    stage = page.frame_locator("iframe")
    expect(stage.get_by_role("heading", name="Spring ring")).to_be_visible()
    press(page, page.get_by_role("slider", name="Time"), "PageUp")
    expect(stage.get_by_role("heading", name="#1 is asking")).to_be_visible()
    page.keyboard.press("End")
    expect(stage.get_by_text("offers are on their way")).to_be_visible()
    page.keyboard.press("Shift+Tab")  # and on around the page
    press(page, page.get_by_role("link", name="Back to the review"))
    expect(page.get_by_role("heading", name="All threads")).to_be_visible()

    with page.expect_download() as loading:
        press(page, page.get_by_role("link", name="Whole course (JSON)"))
    file = folder / "ring.json"
    loading.value.save_as(file)
    assert "heliotropic" not in file.read_text()
    return file


def _brought_in(room: Room, elsewhere: tuple[Server, str], file: Path) -> None:
    server, session = elsewhere
    context = room.context(DESK)
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/past/import/")
    page.get_by_label("File of a ring").set_input_files(file)
    press(page, page.get_by_role("button", name="Bring it in"))
    expect(page.get_by_text("1 ring", exact=True)).to_be_visible()
    press(page, page.get_by_role("link", name="Spring ring"))
    expect(page.locator(".map .thread")).to_have_count(3)
    expect(page.get_by_text("offers, 3 firm")).to_be_visible()


def _erased(page: Page, room: Room) -> None:
    press(page, page.get_by_label("Why do you need them?"), "A")
    page.keyboard.type("sked to be erased.")
    page.keyboard.press("Enter")
    expect(page.get_by_text(WORDS)).to_be_visible()
    press(page, page.get_by_label("Follow one person"), "Home")
    press(page, page.get_by_role("button", name="Follow"))
    press(page, page.get_by_role("link", name="Erase Adalinde…"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase Adalinde and what they wrote?")
    press(page, page.get_by_role("button", name="Erase it for good"))
    expect(page.get_by_text("These words are gone.")).to_be_visible()
    assert "Adalinde" not in page.content()
    assert Participant.objects.get(ring=room.ring, erased=True).name == "#1"
    assert left(["heliotropic", "adalinde"]) == {}
    page.goto("/past/?q=adalinde")
    expect(page.get_by_role("heading", name="No past ring is like that")).to_be_visible()
