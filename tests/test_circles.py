"""A group that meets again: its next ring, what closed since the last, and who brings what along."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rings import actions, circles
from rings.actions import By
from rings.models import Circle as Group
from rings.models import Offer, Participant, Ring
from rings.phases import AskStatus, NotNow, Phase
from rings.picture import Picture
from tests.conftest import Cast, Circle, page

PLAN = {
    "title": "Summer ring",
    "host": "Fay",
    "scope": "both",
    "people_expected": "12",
    "turn_minutes": "4",
    **dict.fromkeys(("welcome_minutes", "writing_minutes", "rest_minutes"), "5"),
    **dict.fromkeys(("wall_minutes", "closing_minutes"), "5"),
}


@pytest.fixture
def last(circle: Circle) -> Circle:
    """The last ring of Lantern Street is over: Bo and Cy have promised Ada something, and Cy Bo."""
    group = Group.objects.create(owner=circle.cast.fay, name="Lantern Street")
    Ring.objects.filter(pk=circle.ring.pk).update(circle=group)
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    circle.cast.offer(circle.cy, circle.ada, note="Wasps.", private=True)
    circle.cast.next()
    circle.cast.offer(circle.cy, circle.bo, note="Ants.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    return circle


def next_ring(last: Circle) -> Ring:
    desk = last.cast.desk()
    begun = page(desk, f"/rings/new/?like={last.ring.pk}")
    assert 'value="Lantern Street"' in begun
    answer = desk.post("/rings/new/", {**PLAN, "circle_name": "Lantern Street"})
    return Ring.objects.get(pk=answer["Location"].split("/")[2])


def open_it(ring: Ring, last: Circle) -> None:
    actions.move(ring, By(last.cast.fay), to=Phase.WELCOME, believing=Phase.LOBBY)


def promise(last: Circle, helper: str) -> Offer:
    return last.ring.offers.get(helper__name=helper, asker__name="Ada")


def thank(last: Circle, helper: str, **said: str) -> None:
    pk = promise(last, helper).pk
    phone = last.cast.phone(last.ada)
    phone.post(f"/r/{last.ring.code}/help/{pk}/thank/", {"thanks": f"Thanks, {helper}!", **said})


def stage(ring: Ring) -> str:
    return page(Client(), f"/stage/{ring.stage_token}/")


def come(last: Circle, ring: Ring, name: str) -> tuple[Client, Participant]:
    """Somebody of the last ring comes into this one with the same device."""
    phone = last.cast.phone(getattr(last, name.lower()))
    phone.post(f"/r/{ring.code}/join/", {"name": name, "op": f"of {name} again"})
    return phone, ring.participants.get(name=name)


# --- planning the next one ----------------------------------------------------------------------------


def test_a_ring_that_is_followed_by_another_becomes_the_first_of_a_circle(circle: Circle) -> None:
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    desk = circle.cast.desk()
    assert "Plan the next one" in page(desk, "/rings/")
    begun = page(desk, f"/rings/new/?like={circle.ring.pk}")
    assert f'name="after" value="{circle.ring.pk}"' in begun
    desk.post("/rings/new/", {**PLAN, "circle_name": "Spring ring", "after": circle.ring.pk})
    ring = Ring.objects.get(title="Summer ring")
    assert ring.circle
    assert circles.last_of(ring) == circle.ring


def test_another_persons_ring_is_followed_by_nothing_of_mine(last: Circle) -> None:
    gus = Cast.__new__(Cast)
    gus.fay = type(last.cast.fay).objects.create_user("gus", "gus@example.org")
    Ring.objects.filter(pk=last.ring.pk).update(circle=None)
    desk = gus.desk()
    assert "The next ring after" not in page(desk, f"/rings/new/?like={last.ring.pk}")
    desk.post("/rings/new/", {**PLAN, "circle_name": "Mine", "after": last.ring.pk})
    assert Ring.objects.get(pk=last.ring.pk).circle is None


def test_the_last_ring_is_the_one_that_ended_last(last: Circle) -> None:
    older = last.cast.another()
    now = timezone.now()
    Ring.objects.filter(pk=older.pk).update(
        circle=Group.objects.get(), phase=Phase.FOLLOW_UP, ended_at=now - timedelta(days=40)
    )
    assert circles.last_of(next_ring(last)) == last.ring


# --- the opening --------------------------------------------------------------------------------------


def test_the_opening_says_what_closed_since_last_time(last: Circle) -> None:
    actions.keep(last.ring, By(last.bo), offer=promise(last, "Bo"))
    ask = last.ada.asks.get()
    actions.outcome(last.ring, By(last.ada), ask=ask, status=AskStatus.PARTLY)
    ring = next_ring(last)
    assert "Since last time" not in stage(ring)
    open_it(ring, last)
    for shown in (stage(ring), page(last.cast.desk(), f"/desk/{ring.pk}/")):
        assert "1 of 3 promises were kept." in shown
        assert "1 of 3 asks moved." in shown


def test_so_few_promises_or_asks_that_a_number_names_somebody_are_not_counted(last: Circle) -> None:
    actions.keep(last.ring, By(last.bo), offer=promise(last, "Bo"))
    last.ring.offers.filter(note="Ants.").delete()
    ring = next_ring(last)
    open_it(ring, last)
    assert "Since last time" not in stage(ring)


def test_small_asks_are_not_counted(last: Circle) -> None:
    ask = last.ada.asks.get()
    actions.outcome(last.ring, By(last.ada), ask=ask, status=AskStatus.PARTLY)
    actions.ask_small(last.ring, By(last.bo), participant=last.bo, text="Ten minutes.")
    ring = next_ring(last)
    open_it(ring, last)
    assert "1 of 3 asks moved." in stage(ring)


@pytest.mark.parametrize("secret", [{"hidden": True}, {"privacy": "ring_only"}])
def test_thanks_for_what_stays_in_the_room_are_not_read(
    last: Circle, secret: dict[str, Any]
) -> None:
    thank(last, "Bo", aloud="on")
    last.ada.asks.update(**secret)
    ring = next_ring(last)
    open_it(ring, last)
    assert "Thanks, Bo!" not in stage(ring)


def test_nobody_who_was_put_out_is_named(last: Circle) -> None:
    thank(last, "Bo", aloud="on")
    Participant.objects.filter(pk=last.bo.pk).update(seat="blocked")
    ring = next_ring(last)
    open_it(ring, last)
    assert "Thanks, Bo!" not in stage(ring)


def test_where_nothing_closed_nothing_is_said(last: Circle) -> None:
    ring = next_ring(last)
    open_it(ring, last)
    assert "Since last time" not in stage(ring)


def test_thanks_are_read_only_if_their_asker_lets_them_be(last: Circle) -> None:
    thank(last, "Bo", aloud="on")
    thank(last, "Cy")
    ring = next_ring(last)
    open_it(ring, last)
    shown = stage(ring)
    assert "Thanks, Bo!" in shown
    assert "Ada, to Bo" in shown
    assert "Thanks, Cy!" not in shown


def test_a_private_offer_stays_private_when_its_thanks_are_read(last: Circle) -> None:
    thank(last, "Cy", aloud="on")
    ring = next_ring(last)
    open_it(ring, last)
    assert "Thanks, Cy!" in stage(ring)
    assert "Ada, to" not in stage(ring)


def test_thanks_that_were_let_be_read_can_be_kept_back_again(last: Circle) -> None:
    thank(last, "Bo", aloud="on")
    thank(last, "Bo")
    assert not promise(last, "Bo").thanks_aloud


def test_thanks_are_gone_with_who_wrote_them(last: Circle) -> None:
    thank(last, "Bo", aloud="on")
    ring = next_ring(last)
    open_it(ring, last)
    phone = come(last, ring, "Cy")[0]
    for shown in (stage(ring), page(phone, f"/r/{ring.code}/")):
        assert "Thanks, Bo!" in shown
    before = Ring.objects.get(pk=ring.pk).version
    actions.erase_person(last.ring, By(last.ada), participant=last.ada)
    for shown in (stage(ring), page(phone, f"/r/{ring.code}/")):
        assert "Thanks, Bo!" not in shown
    assert Ring.objects.get(pk=ring.pk).version == before + 1 == ring.events.count()


def test_only_the_opening_asks_for_it(last: Circle) -> None:
    actions.keep(last.ring, By(last.bo), offer=promise(last, "Bo"))
    ring = next_ring(last)
    assert Picture.of(ring.pk).loops is None
    open_it(ring, last)
    assert Picture.of(ring.pk).loops
    actions.move(ring, By(last.cast.fay), to=Phase.WRITING, believing=Phase.WELCOME)
    assert Picture.of(ring.pk).loops is None


# --- who comes again ----------------------------------------------------------------------------------


def test_who_was_there_finds_the_next_ring_among_their_rings(last: Circle) -> None:
    ring = next_ring(last)
    phone = last.cast.phone(last.ada)
    assert "The next ring is Summer ring." in page(phone, "/mine/")
    come(last, ring, "Ada")
    mine = page(last.cast.phone(last.bo), "/mine/")
    assert f"/j/{ring.invite}/" in mine
    assert "The next ring" not in page(come(last, ring, "Bo")[0], "/mine/")


def test_the_door_knows_the_name_of_last_time(last: Circle) -> None:
    ring = next_ring(last)
    assert 'value="Ada"' in page(last.cast.phone(last.ada), f"/r/{ring.code}/")
    assert 'value="Ada"' not in page(Client(), f"/r/{ring.code}/")


def test_who_comes_with_the_device_of_last_time_is_the_same_person(last: Circle) -> None:
    ring = next_ring(last)
    assert come(last, ring, "Ada")[1].before == last.ada
    Client().post(f"/r/{ring.code}/join/", {"name": "Bo", "op": "another device"})
    assert ring.participants.get(name="Bo").before is None


def test_whom_somebody_was_is_forgotten_with_either(last: Circle) -> None:
    ring = next_ring(last)
    come(last, ring, "Ada")
    _, bo = come(last, ring, "Bo")
    actions.erase_person(last.ring, By(last.ada), participant=last.ada)
    actions.erase_person(ring, By(bo), participant=bo)
    assert set(ring.participants.values_list("before", flat=True)) == {None}


def test_who_was_put_out_of_the_next_ring_is_not_invited_to_it(last: Circle) -> None:
    ring = next_ring(last)
    phone, ada = come(last, ring, "Ada")
    actions.block(ring, By(last.cast.fay), participant=ada)
    assert "The next ring" not in page(phone, "/mine/")


def test_nobody_comes_as_somebody_of_another_circle(last: Circle) -> None:
    other = last.cast.another()
    event = actions.join(other, By(None), name="Ada", key_hash="k", before=last.ada.pk)
    assert Participant.objects.get(pk=event.refs["participant"]).before is None


def test_an_ask_that_is_still_open_is_brought_along_by_one_press(last: Circle) -> None:
    ring = next_ring(last)
    phone, ada = come(last, ring, "Ada")
    words = last.ada.asks.get().text
    asking = f"/r/{ring.code}/ask/"
    assert "Still open from last time" in page(phone, asking)
    assert page(phone, f"{asking}?bring=1").count(words) == 1  # in the field, and no more beside it
    assert ada.asks.get().text == ""
    phone.post(asking, {"text": words})
    assert "Still open from last time" not in page(phone, asking)


def test_an_ask_that_moved_is_not_brought_along(last: Circle) -> None:
    ask = last.ada.asks.get()
    actions.outcome(last.ring, By(last.ada), ask=ask, status=AskStatus.FULFILLED)
    phone = come(last, next_ring(last), "Ada")[0]
    ring = Ring.objects.get(title="Summer ring")
    assert "Still open from last time" not in page(phone, f"/r/{ring.code}/ask/?bring=1")


# --- the order, turned --------------------------------------------------------------------------------


def test_who_was_late_last_time_is_early_now_and_who_is_new_comes_then(last: Circle) -> None:
    """Last time: Ada, Bo, Cy."""
    ring = next_ring(last)
    Client().post(f"/r/{ring.code}/join/", {"name": "Dan", "op": "somebody new"})
    for name in ("Cy", "Ada", "Bo"):
        come(last, ring, name)
    assert "Last time’s order, turned" in page(last.cast.desk(), f"/desk/{ring.pk}/")
    answer = last.cast.desk().post(f"/desk/{ring.pk}/queue/rotate/", {"believing": ""})
    assert answer.status_code == 302
    queue = ring.asks.in_queue().values_list("participant__name", flat=True)
    assert list(queue) == ["Bo", "Cy", "Ada", "Dan"]


def test_a_small_ask_is_no_turn_of_last_time(last: Circle) -> None:
    actions.ask_small(last.ring, By(last.ada), participant=last.ada, text="Ten minutes.")
    ring = next_ring(last)
    for name in ("Cy", "Ada", "Bo"):
        come(last, ring, name)
    actions.rotate(ring, By(last.cast.fay), believing=None)
    queue = ring.asks.in_queue().values_list("participant__name", flat=True)
    assert list(queue) == ["Bo", "Cy", "Ada"]


def test_the_turned_order_can_be_taken_back(last: Circle) -> None:
    ring = next_ring(last)
    for name in ("Cy", "Ada"):
        come(last, ring, name)
    event = actions.rotate(ring, By(last.cast.fay), believing=None)
    actions.undo(ring, By(last.cast.fay), believing=event.version)
    queue = ring.asks.in_queue().values_list("participant__name", flat=True)
    assert list(queue) == ["Cy", "Ada"]


def test_among_people_who_never_met_there_is_no_order_to_turn(cast: Cast) -> None:
    cast.seat("Ada")
    cast.seat("Bo")
    assert "Last time’s order, turned" not in page(cast.desk(), f"/desk/{cast.ring.pk}/")
    with pytest.raises(NotNow):
        actions.rotate(cast.ring, cast.by, believing=None)


# --- its numbers over time ----------------------------------------------------------------------------


def test_who_leads_a_circle_finds_its_numbers_over_its_rings(last: Circle) -> None:
    group, desk = Group.objects.get(), last.cast.desk()
    address = f"/past/numbers/?circle={group.pk}"
    assert address in page(desk, "/rings/")
    assert address in page(desk, f"/past/{last.ring.pk}/")
    assert "Lantern Street" in page(desk, address)
    assert "n</th>" in page(desk, address)
