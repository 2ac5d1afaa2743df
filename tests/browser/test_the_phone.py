"""What a phone does by itself: an outbox, a screen that stays awake, and a word on what was missed."""

import pytest
from playwright.sync_api import Page, Route, expect

from rings import actions
from rings.actions import By
from rings.phases import Phase
from tests.browser.conftest import Room
from tests.browser.test_coming_back import TYPED, next_by_http, phone, type_an_offer

pytestmark = pytest.mark.usefixtures("device")

LOCKS = """() => {
  window.locks = [];
  const lock = () => {
    const one = new EventTarget();
    one.release = async () => { locks.push('released'); one.dispatchEvent(new Event('release')); };
    return one;
  };
  const request = async what => { locks.push(what); return lock(); };
  Object.defineProperty(navigator, "wakeLock", {value: {request}});
}"""

KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('turn:'))"
AGO = f"""() => {{
  for (const key of ({KEPT})()) {{
    const was = JSON.parse(localStorage[key]);
    localStorage[key] = JSON.stringify({{...was, at: was.at - 60000}});
  }}
}}"""


def lose(route: Route) -> None:
    route.abort()


def offer_without_a_line(room: Room, name: str) -> Page:
    page = phone(room, name)
    type_an_offer(page)
    page.route("**/offer/*/", lose)
    page.get_by_role("button", name="Offer to Ada").click()
    expect(page.locator("#waiting")).to_contain_text("Your offer to Ada: waiting for the line")
    return page


def test_an_offer_without_a_line_waits_through_a_reload_and_is_sent_once(turns: Room) -> None:
    cy = offer_without_a_line(turns, "Cy")
    expect(cy.get_by_label("A line to go with it")).to_have_value("")
    cy.reload()
    expect(cy.locator("#waiting")).to_contain_text(TYPED)
    cy.unroute("**/offer/*/", lose)
    expect(cy.locator("#waiting")).to_be_hidden()
    assert [offer.note for offer in turns.ring.offers.all()] == [TYPED]
    assert turns.ring.events.filter(kind="offer").count() == 1


def test_what_waits_on_the_device_goes_when_its_writer_is_erased(turns: Room) -> None:
    cy = offer_without_a_line(turns, "Cy")
    kept = "JSON.stringify(localStorage)"
    assert TYPED in cy.evaluate(kept)
    cy.evaluate("localStorage.setItem('draft:/r/QQQQQQQQ:ask', '{}')")  # of another ring
    cy.goto(f"/r/{turns.ring.code}/erase/")
    cy.get_by_role("button", name="Erase it for good").click()
    expect(cy.get_by_role("heading", name="It is gone")).to_be_visible()
    cy.wait_for_function(f"() => !{kept}.includes('/r/{turns.ring.code}')")
    assert TYPED not in cy.evaluate(kept)
    assert "QQQQQQQQ" in cy.evaluate(kept)


def test_what_comes_too_late_says_so_and_keeps_its_words(turns: Room) -> None:
    cy = offer_without_a_line(turns, "Cy")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP, Phase.ARCHIVED):
        turns.cast.move(phase)
    cy.unroute("**/offer/*/", lose)
    expect(cy.locator("#waiting")).to_contain_text("the moment has passed. This ring is over.")
    expect(cy.locator("#waiting")).to_contain_text(TYPED)
    cy.get_by_role("button", name="Put it away").click()
    expect(cy.locator("#waiting")).to_be_hidden()
    assert not turns.ring.offers.exists()


def test_an_offer_that_waited_is_filed_under_the_one_it_was_for(turns: Room) -> None:
    cy = offer_without_a_line(turns, "Cy")
    next_by_http(turns)
    cy.unroute("**/offer/*/", lose)
    expect(cy.locator("#waiting")).to_be_hidden()
    assert [offer.asker.name for offer in turns.ring.offers.all()] == ["Ada"]


def test_two_offers_without_a_line_both_wait(turns: Room) -> None:
    cy = offer_without_a_line(turns, "Cy")
    next_by_http(turns)
    expect(cy.locator("#phone_scene")).to_contain_text("What Bo asks for.")
    cy.get_by_role("button", name="Offer to Bo").click()
    expect(cy.locator("#waiting .waits")).to_have_count(2)
    cy.unroute("**/offer/*/", lose)
    expect(cy.locator("#waiting")).to_be_hidden()
    assert {offer.asker.name for offer in turns.ring.offers.all()} == {"Ada", "Bo"}


def test_an_ask_without_a_line_waits_and_is_sent(room: Room) -> None:
    ada = room.phone(room.cast.seat("Ada"), "ask/")
    ada.route("**/ask/", lose)
    ada.get_by_label("What do you ask for?").fill("A ladder.")
    ada.get_by_role("button", name="Ready").click()
    expect(ada.locator("#waiting")).to_contain_text("Your ask: waiting for the line")
    ada.unroute("**/ask/", lose)
    expect(ada.locator("#waiting")).to_be_hidden()
    assert room.ring.asks.get().text == "A ladder."


def test_the_screen_stays_awake_while_the_ring_runs(turns: Room) -> None:
    cy = phone(turns, "Cy")
    cy.context.add_init_script(f"({LOCKS})()")
    cy.reload()
    cy.wait_for_function("() => locks.length === 1")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        turns.cast.move(phase)
    cy.wait_for_function("() => locks.length === 2")
    assert cy.evaluate("() => locks") == ["screen", "released"]


def test_who_was_away_is_told_what_they_missed(turns: Room) -> None:
    cy = phone(turns, "Cy")
    cy.wait_for_function(f"() => ({KEPT})().length === 1")
    cy.goto("about:blank")
    turns.cast.next()
    cy.context.add_init_script(f"if (location.protocol !== 'about:') ({AGO})()")
    cy.goto(f"/r/{turns.ring.code}/")
    expect(cy.locator("#missed")).to_contain_text("You missed an ask. You can still offer.")
    cy.get_by_role("link", name="You can still offer.").click()
    expect(cy.locator("#missed")).to_be_hidden()


def test_you_hold_five_promises_is_said_to_their_owner_alone(room: Room) -> None:
    people = [room.cast.seat(name) for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gil")]
    for who in people:
        room.cast.write(who)
    room.cast.move(Phase.TURNS)
    for asker in people[:5]:
        ask = asker.asks.get()
        actions.offer(room.ring, By(people[5]), ask=ask, helper=people[5])
        room.cast.next()
    flo, gil = phone(room, "Flo"), phone(room, "Gil")
    room.cast.next()
    expect(flo.get_by_text("You hold 5 promises.")).to_be_visible()
    expect(gil.get_by_text("promises.")).to_have_count(0)


def test_without_a_line_there_is_a_page_that_says_so_and_no_page_of_the_ring_is_kept(
    turns: Room,
) -> None:
    cy = phone(turns, "Cy", service_workers="allow")
    cy.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'"
    )
    kept = """async () => {
      const found = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
      return found;
    }"""
    assert [path for path in cy.evaluate(kept) if path.startswith(("/r/", "/desk/"))] == []
    assert "/offline/" in cy.evaluate(kept)
    cy.context.set_offline(True)
    cy.goto(f"/r/{turns.ring.code}/")
    expect(cy.get_by_role("heading", name="No line just now")).to_be_visible()
    cy.context.set_offline(False)
    cy.get_by_role("link", name="Try again").click()
    expect(cy.locator("#phone_scene")).to_contain_text("What Ada asks for.")


def test_it_can_be_put_on_the_home_screen(turns: Room) -> None:
    cy = phone(turns, "Cy")
    address = cy.locator("link[rel=manifest]").get_attribute("href")
    manifest = cy.request.get(str(address)).json()
    assert manifest["display"] == "standalone"
    icons = {icon["src"] for icon in manifest["icons"]}
    assert [cy.request.get(icon).status for icon in icons] == [200] * 3
