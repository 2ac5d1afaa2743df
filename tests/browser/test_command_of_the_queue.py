"""Two desks at once, a wrong Next taken back, and the queue ordered by keys, seen on every screen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from rings import actions
from rings.models import Participant
from rings.phases import Phase, Turn
from tests.browser.conftest import PHONE, Room

Check = Callable[[Page], None]
COUNT_SHAKES = """() => { const count = document.documentElement.dataset; count.shakes = 0;
    navigator.vibrate = () => { count.shakes++; return true; }; }"""


def begin(room: Room, *names: str) -> list[Participant]:
    people = [room.cast.seat(name) for name in names]
    for who in people:
        room.cast.write(who)
    room.cast.move(Phase.TURNS)
    return people


def order(desk: Page) -> list[str]:
    rows = desk.locator("#desk_queue ol.queue").first.locator("> li .clip")
    return [text.strip() for text in rows.all_inner_texts()]


def test_next_on_two_desks_at_once_moves_on_once(room: Room) -> None:
    _, _, cy = begin(room, "Ada", "Bo", "Cy")
    one, two, stage, phone = room.desk(), room.desk(), room.stage(), room.phone(cy)
    for desk in (one, two):
        expect(desk.locator("#turn-next")).to_contain_text("Next: Bo")
    two.context.set_offline(True)  # the second desk has not heard of it when it is pressed
    one.locator("#turn-next button").click()
    expect(one.locator("#turn-next")).to_contain_text("Next: Cy")
    believing = two.locator("#turn-next [name=believing]").input_value()
    two.context.set_offline(False)
    said = two.evaluate(
        """believing => fetch(document.getElementById('turn-next').action, {
             method: 'POST', headers: {'HX-Request': 'true',
               'X-CSRFToken': JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken']},
             body: new URLSearchParams({believing})}).then(answer => answer.text())""",
        believing,
    )
    assert "Bo already has the ring" in said
    assert room.ring.current.participant.name == "Bo"
    expect(two.locator("#turn-next")).to_contain_text("Next: Cy")
    expect(stage.locator("#stage_scene")).to_contain_text("What Bo asks for.")
    expect(phone.locator("#phone_scene")).to_contain_text("What Bo asks for.")
    expect(phone.locator("#phone_mine")).to_contain_text("You are next.")


def test_a_wrong_next_is_taken_back_on_every_screen(room: Room, axe: Check) -> None:
    ada, _, _ = begin(room, "Ada", "Bo", "Cy")
    desk, stage, phone = room.desk(), room.stage(), room.phone(ada)
    expect(phone.get_by_role("heading", name="The ring is yours, Ada")).to_be_visible()
    desk.keyboard.press("ArrowRight")
    expect(stage.locator("#stage_scene")).to_contain_text("What Bo asks for.")
    undo = desk.get_by_role("button", name="Undo: Next to Bo")
    expect(undo).to_be_visible()
    axe(desk)
    session = room.cast.desk().cookies["sessionid"].value
    pocket = room.page(PHONE, f"/desk/{room.ring.pk}/", {"sessionid": session})
    boxes = [pocket.locator(at).bounding_box() for at in ("#undo button", "#turn-back button")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]  # over the controls, on none of them
    desk.keyboard.press("u")
    expect(stage.locator("#stage_scene")).to_contain_text("What Ada asks for.")
    expect(phone.get_by_role("heading", name="The ring is yours, Ada")).to_be_visible()
    for page in (desk, pocket):
        expect(page.locator("#turn-next")).to_contain_text("Next: Bo")
        expect(page.locator("#undo")).to_have_count(0)


def test_the_queue_is_ordered_by_keys_and_by_dragging(room: Room, axe: Check) -> None:
    _, bo, cy, dan = begin(room, "Ada", "Bo", "Cy", "Dan")
    desk = room.desk()
    menu = desk.locator(f"#seat-menu-{dan.pk} summary")
    menu.press("Enter")
    expect(desk.get_by_role("button", name="Earlier Dan")).to_be_visible()
    axe(desk)
    desk.get_by_role("button", name="Earlier Dan").press("Enter")
    expect(desk.locator("#desk_queue li").nth(2)).to_contain_text("Dan")
    assert order(desk) == ["Ada", "Bo", "Dan", "Cy"]
    expect(desk.get_by_role("button", name="Put next Dan")).to_be_visible()  # open, after the push
    menu.press("Enter")
    desk.locator(f"#seat-{cy.pk} .face").drag_to(
        desk.locator(f"#seat-{bo.pk}"), target_position={"x": 60, "y": 4}
    )
    expect(desk.locator("#turn-next")).to_contain_text("Next: Cy")
    assert order(desk) == ["Ada", "Cy", "Bo", "Dan"]


def test_keys_open_their_list_and_the_form_and_are_still_while_one_types(
    room: Room, axe: Check
) -> None:
    begin(room, "Ada", "Bo")
    desk = room.desk()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    axe(desk)
    desk.keyboard.press("n")  # no key reaches past the list
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.press("/")
    expect(desk.get_by_label("Who offers?")).to_be_focused()
    note = desk.get_by_label("What they offered")
    note.focus()
    note.type("d n / u")
    expect(note).to_have_value("d n / u")
    assert room.ring.current.participant.name == "Ada"


def test_a_key_is_heard_at_once_after_the_list_of_keys_is_closed(room: Room) -> None:
    begin(room, "Ada", "Bo")
    desk = room.desk()  # in one task, as its focus stays in the closed list until the next frame
    desk.evaluate("""() => {
        const list = document.getElementById("keys-help");
        list.showModal();
        list.close();
        const slash = new KeyboardEvent("keydown", { key: "/", bubbles: true });
        document.activeElement.dispatchEvent(slash);
    }""")
    expect(desk.get_by_label("Who offers?")).to_be_focused()


def test_a_phone_that_comes_back_takes_its_place_and_the_next_one_feels_it(room: Room) -> None:
    _, bo, cy = begin(room, "Ada", "Bo", "Cy")
    waiting = room.phone(cy)
    waiting.evaluate(COUNT_SHAKES)
    waiting.locator("body").click(position={"x": 5, "y": 5})
    ring = room.ring
    actions.absent(ring, room.cast.by, ask=bo.asks.get(), believing=ring.current_id)
    expect(waiting.locator("#phone_mine")).to_contain_text("You are next.")
    expect(waiting.locator("html")).to_have_attribute("data-shakes", "1")
    back = room.phone(bo)  # opened again: nobody has to tap
    expect(back.locator("#phone_mine")).not_to_contain_text("You were called")
    expect(back.locator("[data-back]")).to_have_count(0)
    assert bo.asks.get().turn == Turn.WAITING
    room.cast.next()
    expect(waiting.get_by_role("heading", name="The ring is yours, Cy")).to_be_visible()
    expect(waiting.locator("html")).to_have_attribute("data-shakes", "2")


def test_a_phone_whose_net_comes_back_takes_its_place_by_itself(room: Room) -> None:
    _, bo, _ = begin(room, "Ada", "Bo", "Cy")
    phone, desk = room.phone(bo), room.desk()
    phone.context.set_offline(True)
    # so long that it is not the opening of the page that counts
    expect(phone.locator("#banner")).to_contain_text("not now", timeout=40_000)
    actions.absent(room.ring, room.cast.by, ask=bo.asks.get(), believing=room.ring.current_id)
    waiting = desk.locator("#desk_queue ol.queue").first.locator("> li .clip")
    expect(waiting).to_have_text(["Ada", "Cy"])
    phone.context.set_offline(False)
    expect(waiting).to_have_text(["Ada", "Cy", "Bo"])
    assert bo.asks.get().turn == Turn.WAITING


def test_what_has_no_offer_is_one_tap_away_from_the_end(room: Room) -> None:
    _, bo = begin(room, "Ada", "Bo")
    room.cast.next()
    room.cast.move(Phase.WALL)
    room.cast.move(Phase.CLOSING)
    desk = room.desk()
    desk.locator("#end summary").click()
    desk.get_by_role("button", name="On the wall Bo").click()
    expect(desk.locator(f"#wall-{bo.asks.get().pk}")).to_be_focused()
    assert room.ring.phase == Phase.WALL
