"""The archive and one ring's review: who finds what, what it says, and what it never shows."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rings import actions
from rings.actions import By
from rings.models import Access, Circle, Participant, Ring, Tally
from rings.past import reading
from rings.phases import OVER, Phase, Privacy
from tests.conftest import SECRET, Cast, page, signed_in
from tests.conftest import Circle as People


def review(ring: Ring) -> str:
    return f"/past/{ring.pk}/"


# --- who finds what ---------------------------------------------------------------------------------


def test_a_facilitator_finds_the_rings_they_led_and_no_others(over: People, sol: User) -> None:
    gus = User.objects.create_user("gus", "gus@example.org")
    theirs = actions.open_ring(gus, "theirs", title="Winter ring", host="Gus")
    actions.move(theirs, By(gus), to=Phase.CANCELLED, believing=Phase.LOBBY)
    mine = page(over.cast.desk(), "/past/")
    assert "Spring ring" in mine
    assert "Winter ring" not in mine
    everything = page(signed_in(sol), "/past/")
    assert "Spring ring" in everything
    assert "Winter ring" in everything


def test_a_ring_under_way_and_a_rehearsal_are_not_past(cast: Cast, sol: User) -> None:
    rehearsal = actions.rehearse(cast.fay, "one", "Fay")
    Ring.objects.filter(pk=rehearsal.pk).update(phase=Phase.FOLLOW_UP)
    assert "No ring is over yet" in page(signed_in(sol), "/past/")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?q=spring", True),
        ("?q=SPR", True),
        ("?q=autumn", False),
        ("?since=2026-01-01&until=2099-01-01", True),
        ("?until=2020-01-01", False),
        ("?size=few", True),
        ("?size=crowd", False),
        ("?language=en", True),
        ("?language=de", False),
        ("?state=follow_up", True),
        ("?state=archived", False),
        ("?sort=offers", True),
        ("?q=%00'\"*", True),  # nothing that could be a word filters nothing
    ],
)
def test_each_filter_lets_through_what_it_says(
    over: People, sol: User, asked: str, found: bool
) -> None:
    assert ("Spring ring" in page(signed_in(sol), f"/past/{asked}")) == found


def test_a_filter_that_cannot_be_is_said_at_its_field_and_filters_nothing(
    over: People, sol: User
) -> None:
    shown = page(signed_in(sol), "/past/?since=yesterday")
    assert "id_since_error" in shown
    assert "Spring ring" in shown


def test_rings_of_a_circle_and_of_a_facilitator(over: People, sol: User) -> None:
    circle = Circle.objects.create(owner=over.cast.fay, name="Lantern Street")
    Ring.objects.filter(pk=over.ring.pk).update(circle=circle)
    assert "Spring ring" in page(signed_in(sol), f"/past/?circle={circle.pk}")
    assert "Spring ring" in page(signed_in(sol), f"/past/?facilitator={over.cast.fay.pk}")
    assert "Lantern Street" in page(over.cast.desk(), "/past/")


def test_what_was_said_is_found_by_who_led_and_not_by_staff(over: People, sol: User) -> None:
    assert "Spring ring" in page(over.cast.desk(), f"/past/?q={SECRET}")
    assert "Spring ring" in page(over.cast.desk(), "/past/?q=ladder+spr")
    assert "Spring ring" not in page(signed_in(sol), f"/past/?q={SECRET}")


def test_neither_case_nor_accents_nor_the_rest_of_the_last_word_matter(over: People) -> None:
    Participant.objects.filter(pk=over.ada.pk).update(name="Zoë Ünal")
    actions.settle(Ring.objects.get(pk=over.ring.pk))
    assert "Spring ring" in page(over.cast.desk(), "/past/?q=zoe+UN")


def test_private_notes_and_asks_that_stay_in_the_room_are_found_by_nobody(over: People) -> None:
    over.cast.ring.asks.filter(participant=over.bo).update(
        text="Something verbena", privacy=Privacy.RING_ONLY
    )
    over.ring.offers.filter(private=True).update(note="Something vetiver")
    over.cast.ring.asks.filter(participant=over.ada).update(hidden=True)
    over.ring.offers.filter(private=False).update(note="Something vanilla")
    actions.settle(Ring.objects.get(pk=over.ring.pk))
    for word in ("verbena", "vetiver", "vanilla", SECRET):
        assert "Spring ring" not in page(over.cast.desk(), f"/past/?q={word}")


def test_a_ring_that_is_opened_again_is_no_longer_found_nor_counted(over: People) -> None:
    assert Tally.objects.filter(ring=over.ring).exists()
    over.cast.move(Phase.CLOSING)
    assert not Tally.objects.filter(ring=over.ring).exists()
    assert "No past ring is like that" in page(over.cast.desk(), f"/past/?q={SECRET}")


def test_the_list_asks_as_often_for_thirty_rings_as_for_one(over: People, sol: User) -> None:
    client = signed_in(sol)
    counts = []
    for more in (0, 29):
        for n in range(more):
            ring = actions.open_ring(over.cast.fay, f"more {n}", title=f"More {n}", host="Fay")
            actions.move(ring, over.cast.by, to=Phase.CANCELLED, believing=Phase.LOBBY)
        with CaptureQueriesContext(connection) as queries:
            page(client, "/past/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- what a review says -----------------------------------------------------------------------------


def test_numbers_carry_their_n_and_what_is_not_known_is_not_zero(over: People) -> None:
    shown = page(over.cast.desk(), review(over.ring))
    assert "1<small> of 3</small>" in shown  # asks with an offer
    assert "promises kept: not asked yet" in shown
    tally = Tally.objects.get(ring=over.ring)
    assert (tally.offers, tally.helped, tally.asks, tally.gave) == (2, 1, 3, 2)


def test_who_led_reads_names_words_and_notes_but_no_private_offer(over: People) -> None:
    shown = page(over.cast.desk(), review(over.ring))
    assert "A ladder, heliotrope." in shown
    assert "I know one" not in shown
    assert f'data-by="{over.cy.pk}"' not in shown
    assert "1 more offer is between its two people alone" in shown


def test_staff_see_numbers_instead_of_people_and_no_word(over: People, sol: User) -> None:
    shown = page(signed_in(sol), review(over.ring))
    for word in (SECRET, "Ada", ">Bo<", "Ours is long"):
        assert word not in shown
    assert "#1" in shown
    assert "Names and words are closed" in shown


def test_staff_say_why_and_read_for_an_hour_which_is_recorded(over: People, sol: User) -> None:
    client, address = signed_in(sol), review(over.ring)
    client.post(f"{address}open/", {"reason": "Ada asks what is kept of her."})
    assert SECRET in page(client, address)
    record = Access.objects.get()
    assert (record.user, record.reason) == (sol, "Ada asks what is kept of her.")
    assert over.ring.events.get(kind="open_words").refs == {"access": record.pk}
    assert "Ada asks what is kept of her." in page(over.cast.desk(), address)
    Access.objects.update(at=timezone.now() - reading.OPEN_FOR - timedelta(seconds=1))
    assert SECRET not in page(client, address)


def test_without_a_reason_nothing_opens_and_the_field_says_so(over: People, sol: User) -> None:
    answer = signed_in(sol).post(f"{review(over.ring)}open/", {"reason": " "})
    assert answer.status_code == 422
    assert "Say why in a sentence" in answer.content.decode()
    assert not Access.objects.exists()


def test_what_stays_in_the_room_and_a_tender_moment_are_read_by_nobody_who_looks_back(
    over: People,
) -> None:
    over.cast.ring.asks.filter(participant=over.ada).update(privacy=Privacy.RING_ONLY)
    over.cast.ring.asks.filter(participant=over.bo).update(hidden=True)
    shown = page(over.cast.desk(), review(over.ring))
    assert SECRET not in shown
    assert "What Bo asks for." not in shown
    assert "What Cy asks for." in shown


def test_one_person_is_followed_by_a_link_without_scripts(over: People) -> None:
    shown = page(over.cast.desk(), f"{review(over.ring)}?person={over.bo.pk}")
    assert "The threads of Bo" in shown
    assert page(over.cast.desk(), f"{review(over.ring)}?person=999999").count("All threads") == 1


def test_a_review_asks_as_often_for_a_ring_of_three_as_for_one_of_ten(over: People) -> None:
    client, counts = over.cast.desk(), []
    for more in (0, 7):
        Ring.objects.filter(pk=over.ring.pk).update(phase=Phase.LOBBY, current=None)
        over.ring.refresh_from_db()
        for n in range(more):
            over.cast.seat(f"More {n}", over.ring)
        Ring.objects.filter(pk=over.ring.pk).update(phase=Phase.FOLLOW_UP)
        with CaptureQueriesContext(connection) as queries:
            page(client, review(over.ring))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("phase", sorted(OVER))
def test_a_ring_in_which_nothing_happened_has_a_page_too(cast: Cast, phase: Phase) -> None:
    Ring.objects.filter(pk=cast.ring.pk).update(phase=phase, ended_at=timezone.now())
    actions.settle(Ring.objects.get(pk=cast.ring.pk))
    shown = page(cast.desk(), review(cast.ring))
    assert "Nobody has offered in this ring." in shown


# --- how it went ------------------------------------------------------------------------------------


def at(minute: float) -> datetime:
    return timezone.make_aware(datetime(2026, 5, 7, 18)) + timedelta(minutes=minute)


def test_each_turn_is_told_as_planned_and_as_it_was(over: People) -> None:
    ring = over.ring
    Ring.objects.filter(pk=ring.pk).update(began_at=at(0), ended_at=at(40))
    ring.asks.filter(participant=over.ada).update(
        began_at=at(10), ended_at=at(16), paused_seconds=60
    )
    ring.offers.filter(helper=over.bo).update(created_at=at(10.5))
    ring.offers.filter(helper=over.cy).update(created_at=at(30))
    actions.settle(Ring.objects.get(pk=ring.pk))
    tally = Tally.objects.get(ring=ring)
    assert (tally.first_offers, tally.first_offer, tally.actual_minutes) == ([30], 30, 40)
    shown = page(over.cast.desk(), review(ring))
    assert '<td class="num">18:10</td><th scope="row">Ada</th><td class="n">4</td>' in shown
    assert '<td class="n">5<br><small>and 1 paused</small></td><td class="n">1</td>' in shown
    assert '<td class="n">30 s</td><td class="n">330 s</td>' in shown


# --- what is kept -----------------------------------------------------------------------------------


def test_the_owner_has_words_kept_shorter_and_never_longer(over: People) -> None:
    desk, address = over.cast.desk(), f"{review(over.ring)}keep/"
    assert desk.post(address, {"days": "30"}).status_code == 302
    assert Ring.objects.get(pk=over.ring.pk).keep_days == 30
    assert desk.post(address, {"days": "365"}).status_code == 409
    assert desk.post(address, {"days": "31"}).status_code == 409
    assert desk.post(address, {"days": "many"}).status_code == 404
    assert Ring.objects.get(pk=over.ring.pk).keep_days == 30


def test_how_long_words_are_kept_is_chosen_with_the_plan_and_said_at_the_door(cast: Cast) -> None:
    plan = {
        "title": "Ring", "host": "Ina", "scope": "both", "people_expected": "12", "turn_minutes": "4",
        "keep_days": "30", "circle_name": "Lantern Street",
        **dict.fromkeys(("welcome_minutes", "writing_minutes", "rest_minutes"), "5"),
        **dict.fromkeys(("wall_minutes", "closing_minutes"), "5"),
    }  # fmt: skip
    for _ in range(2):
        cast.desk().post("/rings/new/", plan, headers={"Accept-Language": "de"})
    first, second = Ring.objects.filter(title="Ring")
    assert first.circle == second.circle == Circle.objects.get(owner=cast.fay)
    assert (first.keep_days, first.language) == (30, "de")
    assert "30 days after it" in Client().get(f"/j/{first.invite}/").content.decode()


def test_the_owner_erases_a_ring_and_its_numbers_stay(over: People, sol: User) -> None:
    before = Tally.objects.filter(ring=over.ring).values().get()
    desk = over.cast.desk()
    assert "Erase Spring ring?" in page(desk, f"{review(over.ring)}erase/")
    desk.post(f"{review(over.ring)}erase/")
    shown = page(signed_in(sol), review(over.ring))
    assert "Numbers only" in shown
    assert "Spring ring" not in shown
    assert Tally.objects.filter(ring=over.ring).values().get() == before
    assert over.cast.phone(over.ada).get(f"/r/{over.ring.code}/").status_code == 404


def test_somebody_erases_themselves_and_is_a_number_from_then_on(over: People) -> None:
    before = Tally.objects.filter(ring=over.ring).values().get()
    phone = over.cast.phone(over.ada)
    address = f"/r/{over.ring.code}/erase/"
    assert "Erase what is yours, Ada?" in page(phone, address)
    answer = phone.post(address, follow=True)
    assert "It is gone" in answer.content.decode()
    shown = page(over.cast.desk(), review(over.ring))
    assert SECRET not in shown
    assert ">Ada<" not in shown
    assert "#1" in shown
    assert Tally.objects.filter(ring=over.ring).values().get() == before
    assert phone.get(address).status_code == 404


def test_the_owner_erases_somebody_who_wishes_it(over: People) -> None:
    desk = over.cast.desk()
    address = f"{review(over.ring)}erase/{over.ada.pk}/"
    assert address in page(desk, f"{review(over.ring)}?person={over.ada.pk}")
    assert "Erase Ada and what they wrote?" in page(desk, address)
    shown = desk.post(address, follow=True).content.decode()
    assert SECRET not in shown
    assert ">Ada<" not in shown
    assert address not in page(desk, f"{review(over.ring)}?person={over.ada.pk}")
    assert desk.get(address).status_code == 404
    assert "erased somebody’s name and words" in page(desk, "/past/audit/")


def test_staff_erase_somebody_only_once_they_have_said_why_they_read_names(
    over: People, sol: User
) -> None:
    staff, address = signed_in(sol), f"{review(over.ring)}erase/{over.ada.pk}/"
    assert staff.get(address).status_code == 404
    staff.post(f"{review(over.ring)}open/", {"reason": "Ada wrote to us."})
    assert staff.post(address).status_code == 302
    assert Participant.objects.get(pk=over.ada.pk).erased
