"""Phone screens at 320 px, on their side, with letters twice as large, in forced colours, by keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rings import access, actions
from rings.actions import By
from rings.phases import Phase
from tests.browser.conftest import PHONE, Room
from tests.browser.test_languages import WIDE
from tests.conftest import key_of

SIZES: dict[str, dict[str, Any]] = {
    "320 px, forced colours": {
        "viewport": {"width": 320, "height": 568},
        "forced_colors": "active",
    },
    "on its side": {"viewport": {"width": 844, "height": 390}},
    "letters twice as large": {"viewport": PHONE},
}
CENTRE = "element => element.scrollIntoView({block: 'center'})"
# Buttons that a finger in their middle does not reach, each brought to the middle of the screen before.
COVERED = """() => [...document.querySelectorAll('a.btn, button')].filter(button => {
  if (!button.checkVisibility({visibilityProperty: true})) return false;
  button.scrollIntoView({block: 'center'});
  const {left, top, width, height} = button.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return !(hit && (button.contains(hit) || hit.closest('label')?.contains(button)));
}).map(button => button.outerHTML.slice(0, 90))"""
LARGER = "() => { document.documentElement.style.fontSize = '200%'; }"
LONG = "Someone who has rebuilt a Donaudampfschifffahrtsgesellschaftskapitänsmütze, by Sunday. " * 3


@pytest.fixture
def told(room: Room) -> Room:
    """Ada has the ring with a long ask; Bo has offered, Cy listens, Di let it go by."""
    names = ("Ada", "Bartholomew Featherstonehaugh-Cholmondeley", "Cy", "Di")
    ada, bo, cy, di = (room.cast.seat(name) for name in names)
    room.cast.write(ada, LONG)
    for who in (bo, cy, di):
        room.cast.write(who)
    room.cast.move(Phase.TURNS)
    room.cast.offer(bo, ada, note=LONG)
    ask = ada.asks.get()
    actions.reply(room.ring, By(di), ask=ask, participant=di, kind="later", words="after May")
    return room


def screens(room: Room, size: dict[str, Any]) -> Iterator[Page]:
    """Every screen of a phone: at the door, in a turn of mine and of others, what I write, what I answer."""
    ada, bo, cy, di = room.ring.participants.order_by("pk")
    ask, offer = ada.asks.get(), ada.help.get()
    for path in (f"/r/{room.ring.code}/", "/", "/language/"):
        yield room.page(PHONE, path, **size)
    for who in (ada, bo, cy, di):
        yield room.phone(who, **size)
    for path in ("ask/", f"offer/{ask.pk}/", f"reply/{ask.pk}/"):
        yield room.phone(cy, path, **size)
    yield room.phone(ada, f"help/{offer.pk}/", **size)
    room.cast.move(Phase.WALL)
    yield room.phone(ada, f"ask/{ask.pk}/again/", **size)
    yield room.phone(cy, **size)
    for phase in (Phase.CLOSING, Phase.FOLLOW_UP):
        room.cast.move(phase)
    yield room.phone(ada, **size)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_leaves_the_screen_and_every_button_can_be_tapped(told: Room, size: str) -> None:
    for page in screens(told, SIZES[size]):
        if size == "letters twice as large":
            page.evaluate(LARGER)
        for box in page.locator("details > summary:visible").all():
            box.evaluate(CENTRE)
            box.click()
        assert page.evaluate(WIDE) == [], page.url
        assert page.evaluate(COVERED) == [], page.url


def test_with_keys_alone_somebody_offers_and_takes_it_back(told: Room) -> None:
    cy = told.ring.participants.get(name="Cy")
    page = told.page(PHONE, f"/r/{told.ring.code}/", {access.seat_cookie(cy.ring_id): key_of("Cy")})
    expect(page.locator("body[data-line=live]")).to_be_attached()
    reach(page, "Offer to Ada")
    page.keyboard.press("Enter")
    expect(page.locator("#phone_more")).to_contain_text("Your offer")
    reach(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Offer to Ada")).to_be_visible()


def reach(page: Page, name: str) -> None:
    """Tab until what has the focus has this name, and can be seen to have it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.innerText").strip().startswith(name):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"{name} is not reached by Tab")
