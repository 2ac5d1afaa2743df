"""Phones sleep, lose the net, and live through restarts: they come back by themselves, typing intact."""

import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from rings.phases import Phase
from tests.browser.conftest import Room
from tests.conftest import Cast, key_of
from tests.server import Server, running, start

TYPED = "Half a sentence, not sent yet"
# What differs between a pushed and a reloaded page by design: marks of this page alone.
ALONE = [
    (re.compile(r' data-htmx-powered="[^"]*"| data-dirty="1"| data-op="[^"]*"| hidden=""'), ""),
    (re.compile(r'(name="csrfmiddlewaretoken")(?: value="[^"]*")?'), r"\1"),
    (re.compile(r' class="([^"]*?)\s*\byou\b"'), r' class="\1"'),
    (re.compile(r' class=""'), ""),
]
TIMES = """element => {
  const copy = element.cloneNode(true);
  const clocks = '[role=timer],[data-at],[data-lag],[data-clock],[data-left],[data-arc]';
  for (const time of copy.querySelectorAll(clocks)) {
    time.textContent = '';
    time.removeAttribute('stroke-dasharray');
    time.classList.remove('past');
  }
  return copy.outerHTML;
}"""
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""

COUNT = """() => {
  const tried = window.tried = {sockets: 0, knocks: 0}, Socket = WebSocket, real = window.fetch;
  window.WebSocket = class extends Socket { constructor(...given) { super(...given); tried.sockets++; } };
  window.fetch = (url, ...rest) => { if (url === '/healthz') tried.knocks++; return real(url, ...rest); };
}"""


def shown(page: Page, name: str) -> str:
    """A fragment as it stands in the page, without the running clocks."""
    html = page.locator(f"#{name}").evaluate(TIMES)
    for pattern, instead in ALONE:
        html = pattern.sub(instead, html)
    return str(html)


def phone(room: Room, name: str, **options: Any) -> Page:
    return room.phone(room.ring.participants.get(name=name), **options)


def type_an_offer(page: Page) -> None:
    page.get_by_label("A line to go with it").fill(TYPED)


def next_by_http(room: Room) -> None:
    """Next, pressed on a desk elsewhere."""
    desk = room.desk()
    desk.locator("#turn-next button").click()
    expect(desk.locator("#desk_scene")).to_contain_text("Bo")
    desk.context.close()


def test_what_is_pushed_equals_what_a_reload_shows(turns: Room) -> None:
    bo, stage, desk = phone(turns, "Bo"), turns.stage(), turns.desk()
    ada, cy = phone(turns, "Ada"), phone(turns, "Cy")
    cy.get_by_label("A line to go with it").fill("I can.")
    cy.get_by_role("button", name="Offer to Ada").click()
    expect(desk.get_by_text("I can.")).to_be_visible()
    desk.locator("#turn-next button").click()
    expect(bo.get_by_role("heading", name="The ring is yours, Bo")).to_be_visible()
    fragments = {
        "phone": (bo, ("phone_head", "phone_mine", "phone_scene", "phone_more")),
        "asker": (ada, ("phone_head", "phone_mine", "phone_scene", "phone_more")),
        "stage": (stage, ("stage_scene", "stage_foot")),
        "desk": (desk, ("desk_head", "desk_queue", "desk_scene", "desk_offers", "desk_controls")),
    }
    for page, names in fragments.values():
        page.wait_for_function(f"document.body.dataset.version === '{turns.ring.version}'")
        pushed = [shown(page, name) for name in names]
        page.reload()
        assert [shown(page, name) for name in names] == pushed


def test_offline_and_online_again(turns: Room) -> None:
    bo = phone(turns, "Cy")
    type_an_offer(bo)
    bo.context.set_offline(True)
    expect(bo.locator("#banner")).to_be_visible()
    next_by_http(turns)
    bo.context.set_offline(False)
    expect(bo.locator("#phone_scene")).to_contain_text("What Bo asks for.")
    expect(bo.locator("#banner")).to_be_hidden()
    expect(bo.locator("#unsent textarea")).to_have_value(TYPED)


def test_a_page_without_net_knocks_and_opens_no_socket_in_vain(turns: Room) -> None:
    """A browser holds up, for up to 5 s, the next socket of a page whose sockets failed often."""
    cy = phone(turns, "Cy")
    expect(cy.locator("#phone_scene")).to_contain_text("What Ada asks for.")
    cy.evaluate(COUNT)
    cy.context.set_offline(True)
    cy.wait_for_function("() => tried.knocks >= 3")
    assert cy.evaluate("() => tried.sockets") <= 3
    next_by_http(turns)
    cy.context.set_offline(False)
    expect(cy.locator("#phone_scene")).to_contain_text("What Bo asks for.")


def test_an_offer_for_the_one_just_passed_is_filed_under_that_one(turns: Room) -> None:
    cy = phone(turns, "Cy")
    type_an_offer(cy)
    next_by_http(turns)
    expect(cy.locator("#unsent")).to_contain_text("Ada’s turn ended; you can still offer.")
    cy.locator("#unsent").get_by_role("button", name="Offer to Ada").click()
    expect(cy.locator("#unsent form")).to_have_count(0)
    assert [o.asker.name for o in turns.ring.offers.all()] == ["Ada"]


def test_a_second_tap_on_next_is_the_same_tap_even_after_the_push(turns: Room) -> None:
    desk = turns.desk()
    desk.clock.set_fixed_time(timezone.now())  # both taps in the same moment
    desk.locator("#turn-next button").click()
    expect(desk.locator("#desk_scene")).to_contain_text("What Bo asks for.")
    desk.locator("#turn-next button").click()
    desk.locator("#pause button").click()
    expect(desk.locator("#pause")).to_contain_text("Go on")
    assert turns.ring.events.filter(kind="next_turn").count() == 1


def test_an_offer_whose_answer_was_lost_is_sent_again_by_itself_and_stands_once(
    turns: Room,
) -> None:
    cy = phone(turns, "Cy")
    tries: list[Route] = []
    seen: list[str] = []

    def lose_until_seen(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.fetch()  # it arrives, and is applied
        if seen:
            route.continue_()
        else:
            route.abort()

    cy.route("**/offer/*/", lose_until_seen)
    type_an_offer(cy)
    cy.get_by_role("button", name="Offer to Ada").click()
    expect(cy.locator("#waiting")).to_contain_text("Your offer to Ada: waiting for the line")
    seen.append("waiting")
    expect(cy.locator("#waiting")).to_be_hidden()
    assert len(tries) > 1
    assert turns.ring.events.filter(kind="offer").count() == 1


def test_an_offer_made_while_the_server_is_away_is_saved_when_it_is_back(
    browser: Browser, live_cast: Cast
) -> None:
    with running() as server:
        room = Room(browser, server, live_cast)
        for name in ("Ada", "Bo", "Cy"):
            live_cast.write(live_cast.seat(name))
        live_cast.move(Phase.TURNS)
        cy = phone(room, "Cy")
        type_an_offer(cy)
        server.stop()
        cy.get_by_role("button", name="Offer to Ada").click()
        expect(cy.locator("#waiting")).to_contain_text(TYPED)
        again = start(server.port)
        try:
            expect(cy.locator("#waiting")).to_be_hidden()
            assert [o.note for o in room.ring.offers.all()] == [TYPED]
        finally:
            again.stop()
            room.close()


def test_hidden_and_shown_again(turns: Room) -> None:
    cy = phone(turns, "Cy")
    type_an_offer(cy)
    cy.evaluate(HIDE, True)
    cy.evaluate("dispatchEvent(new Event('offline'))")  # the system cut the sleeping page's line
    next_by_http(turns)
    expect(cy.locator("#phone_scene")).to_contain_text("What Ada asks for.")
    cy.evaluate(HIDE, False)
    expect(cy.locator("#phone_scene")).to_contain_text("What Bo asks for.")
    expect(cy.locator("#unsent textarea")).to_have_value(TYPED)


def test_back_from_the_page_cache_is_veiled_until_the_first_word(turns: Room) -> None:
    cy = phone(turns, "Cy")
    type_an_offer(cy)
    leave, back = (
        f"dispatchEvent(new PageTransitionEvent('page{n}', {{persisted: true}}))"
        for n in ("hide", "show")
    )
    cy.evaluate(leave)
    next_by_http(turns)
    assert cy.evaluate(f"() => {{ {back}; return document.body.classList.contains('veiled'); }}")
    expect(cy.locator("#phone_scene")).to_contain_text("What Bo asks for.")
    expect(cy.locator("body.veiled")).to_have_count(0)
    expect(cy.locator("#unsent textarea")).to_have_value(TYPED)


def test_a_half_written_ask_survives_a_reload(room: Room) -> None:
    ada = room.cast.seat("Ada")
    page = room.phone(ada, "ask/")
    page.get_by_label("What do you ask for?").fill(TYPED)
    page.reload()
    expect(page.get_by_label("What do you ask for?")).to_have_value(TYPED)


def test_the_phone_polls_where_sockets_are_blocked(turns: Room) -> None:
    cy = turns.ring.participants.get(name="Cy")
    context_cookies = {f"seat-{turns.ring.pk}": key_of(cy.name)}
    page = turns.page({"width": 390, "height": 844}, "/keeping/", context_cookies)
    page.route_web_socket(re.compile("/live/"), lambda socket: socket.close(code=1013))
    page.goto(f"/r/{turns.ring.code}/")
    expect(page.locator("#phone_scene")).to_contain_text("What Ada asks for.")
    next_by_http(turns)
    expect(page.locator("#phone_scene")).to_contain_text("What Bo asks for.", timeout=40_000)
    expect(page.locator("#banner")).to_be_hidden()


def test_everything_works_without_scripts(room: Room) -> None:
    bo_seat = room.cast.seat("Bo")
    room.cast.write(bo_seat)
    page = room.page(
        {"width": 390, "height": 844}, f"/r/{room.ring.code}/", java_script_enabled=False
    )
    page.get_by_label("What should we call you?").fill("Ada")
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Write my ask").first.click()
    page.get_by_label("What do you ask for?").fill("A ladder.")
    page.get_by_role("button", name="Ready").click()
    desk = room.page(
        {"width": 1280, "height": 800},
        f"/desk/{room.ring.pk}/",
        {"sessionid": room.cast.desk().cookies["sessionid"].value},
        java_script_enabled=False,
    )
    for _ in range(3):
        desk.locator("#move-on button").click()
    page.reload()
    expect(page.get_by_text("What Bo asks for.")).to_be_visible()
    page.get_by_label("A line to go with it").fill("I can.")
    page.get_by_role("button", name="Offer to Bo").click()
    expect(page.locator("#phone_more")).to_contain_text("I can.")
    desk.locator("#turn-next button").click()
    page.reload()
    expect(page.get_by_role("heading", name="The ring is yours, Ada")).to_be_visible()


def test_a_restart_of_the_server_is_lived_through(browser: Browser, live_cast: Cast) -> None:
    with running() as server:
        room = Room(browser, server, live_cast)
        for name in ("Ada", "Bo", "Cy"):
            live_cast.write(live_cast.seat(name))
        live_cast.move(Phase.TURNS)
        cy = phone(room, "Cy")
        type_an_offer(cy)
        server.stop()
        expect(cy.locator("#banner")).to_be_visible()
        again = start(server.port)
        try:
            expect(cy.locator("#banner")).to_be_hidden()
            next_by_http(Room(browser, Server(server.port, again.process), live_cast))
            expect(cy.locator("#phone_scene")).to_contain_text("What Bo asks for.")
            expect(cy.locator("#unsent textarea")).to_have_value(TYPED)
        finally:
            again.stop()
            room.close()
