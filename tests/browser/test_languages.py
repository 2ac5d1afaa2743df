"""One ring in many languages: each page in its own, drawn once an audience and language."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rings.phases import Phase
from tests import pseudo
from tests.browser.conftest import DESK, PHONE, STAGE, Room
from tests.browser.test_coming_back import shown
from tests.conftest import Cast
from tests.server import running


def said(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or ""


def test_each_page_follows_the_ring_in_its_own_language(turns: Room) -> None:
    bo, cy = turns.cast.ring.participants.filter(name__in=("Bo", "Cy")).order_by("name")
    pages = {
        "de": turns.phone(bo, locale="de-AT"),
        "fr": turns.phone(cy, locale="fr-CH"),
        "es": turns.page(STAGE, f"/stage/{turns.ring.stage_token}/?lang=es", locale="de-DE"),
        "en": turns.desk(locale="en-US"),
    }
    assert [said(page) for page in pages.values()] == list(pages)
    pages["en"].locator("#turn-next button").click()
    expect(pages["de"].get_by_role("heading", name="Der Ring gehört dir, Bo")).to_be_visible()
    expect(pages["fr"].locator("#phone_head")).to_contain_text("Tour 2 sur 3")
    for language, page in pages.items():
        page.wait_for_function(f"document.body.dataset.version === '{turns.ring.version}'")
        audience = page.locator("body").get_attribute("data-audience")
        names = [page_id for page_id in shown_ids(page) if page_id.startswith(f"{audience}_")]
        pushed = [shown(page, name) for name in names]
        page.reload()
        assert [shown(page, name) for name in names] == pushed, language


def shown_ids(page: Page) -> list[str]:
    ids: list[str] = page.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)")
    return [name for name in ids if name.split("_")[0] in {"phone", "stage", "desk"}]


def test_a_phone_is_switched_to_another_language_and_stays_there(turns: Room) -> None:
    bo = turns.cast.ring.participants.get(name="Bo")
    page = turns.phone(bo)
    page.get_by_role("link", name="Language: English").click()
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_url(f"**/r/{turns.ring.code}/")
    expect(page.locator("body[data-line=live]")).to_be_attached()
    assert said(page) == "de"
    turns.cast.move(Phase.WALL)
    expect(page.locator("#phone_head")).to_contain_text("Die Wand")


# --- right to left, in a made-up language --------------------------------------------------------


@pytest.fixture
def mirrored(browser: Browser, live_cast: Cast) -> Iterator[Room]:
    for name in ("Ada", "Bo", "Cy"):
        live_cast.write(live_cast.seat(name))
    live_cast.move(Phase.TURNS)
    with running(("-m", "tests.pseudo")) as server:
        room = Room(browser, server, live_cast)
        yield room
        room.close()
    assert room.trouble == []


WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect(), page = document.documentElement.clientWidth;
  const apart = e.closest('.vh, .unseen, .beads, .hero, [hidden]');
  const clipped = apart || getComputedStyle(e).position === 'absolute';
  return box.width && box.height && !clipped && (box.left < -1 || box.right > page + 1);
}).map(e => e.outerHTML.slice(0, 90))"""


def test_right_to_left_nothing_leaves_the_screen(mirrored: Room) -> None:
    room, bo = mirrored, mirrored.ring.participants.get(name="Bo")
    phone = room.phone(bo, f"?lang={pseudo.XX}")
    stage = room.page(STAGE, f"/stage/{room.ring.stage_token}/?lang={pseudo.XX}")
    session = room.cast.desk().cookies["sessionid"].value
    desk = room.page(DESK, f"/desk/{room.ring.pk}/?lang={pseudo.XX}", {"sessionid": session})
    for page in (phone, stage, desk):
        expect(page.locator("body[data-line=live]")).to_be_attached()
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate(WIDE) == []
    # what is read first is at the right: the title, and on the desk the queue's first name
    title, sign = phone.locator("#phone_head p").first, phone.locator("#phone_head [data-line]")
    left, right = sign.bounding_box(), title.bounding_box()
    assert left
    assert right
    assert left["x"] < right["x"] + right["width"] / 2


def test_right_to_left_a_phone_offers_and_the_asker_sees_it(mirrored: Room) -> None:
    room = mirrored
    ada, cy = (room.ring.participants.get(name=name) for name in ("Ada", "Cy"))
    asker = room.phone(ada, f"?lang={pseudo.XX}")
    helper = room.phone(cy, f"?lang={pseudo.XX}")
    helper.locator("form[data-outbox] button.primary").click()
    expect(asker.locator("#phone_mine")).to_contain_text("Cy")
    assert asker.evaluate(WIDE) == helper.evaluate(WIDE) == []
    assert PHONE["width"] == asker.evaluate("() => document.documentElement.scrollWidth")
