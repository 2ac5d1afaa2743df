"""What came of promises and asks: said in one tap and taken back in one, read kindly, counted, erased."""

import dataclasses
import itertools
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from rings import actions, insights
from rings.actions import By
from rings.models import Offer, Request, Ring, Tally
from rings.phases import AskStatus, NotNow, OfferStatus, Phase
from rings.picture import Picture
from rings.screens.seeing import UNSEEN, for_the_room
from tests.conftest import Circle, page, signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def after(circle: Circle) -> Circle:
    """The ring is over; Bo has promised something to Ada."""
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    return circle


def offer() -> Offer:
    return Offer.objects.get(helper__name="Bo")


def say(circle: Circle, command: str, **fields: str) -> int:
    path = f"/r/{circle.ring.code}/promise/{offer().pk}/{command}/"
    return circle.cast.phone(circle.bo).post(path, fields, headers=HTMX).status_code


def reads(circle: Circle, who: str) -> str:
    return page(circle.cast.phone(getattr(circle, who)), f"/r/{circle.ring.code}/")


@pytest.mark.parametrize(
    ("command", "bo_reads", "ada_reads"),
    [
        ("kept", 'name="kept"', "kept"),
        ("let-go", "let go", "Bo had to let this go, and wishes you well"),
    ],
)
def test_the_helper_says_in_one_tap_what_came_of_it_and_the_asker_reads_it(
    after: Circle, command: str, bo_reads: str, ada_reads: str
) -> None:
    assert "Still coming" in reads(after, "bo")
    assert say(after, command) == 204
    assert "Still coming" not in reads(after, "bo")
    assert ada_reads in reads(after, "ada")
    assert offer().settled_at


def test_a_promise_with_a_day_goes_into_a_calendar(after: Circle) -> None:
    path = f"/r/{after.ring.code}/promise/{offer().pk}/promise.ics"
    phone = after.cast.phone(after.bo)
    assert phone.get(path).status_code == 404  # it has no day yet
    say(after, "still", due="2027-05-31")
    (event,) = Calendar.from_ical(phone.get(path).content).walk("VEVENT")
    assert event["DTSTART"].dt == date(2027, 5, 31)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("What I offered Ada", "Bees.")
    assert after.cast.phone(after.ada).get(path).status_code == 404


def test_still_coming_may_have_another_day(after: Circle) -> None:
    assert say(after, "still", due="2027-05-31") == 204
    assert offer().due == date(2027, 5, 31)
    assert "You said it is still coming." in reads(after, "bo")
    say(after, "still")
    assert offer().due == date(2027, 5, 31)


def test_what_was_said_is_taken_back_to_what_stood_before(after: Circle) -> None:
    actions.accept(after.ring, By(after.ada), offer=offer(), needed=True)
    say(after, "let-go")
    say(after, "kept", came_of="Twelve jars.", hours="2.5", money="80")
    assert say(after, "unsay") == 204
    assert offer().status == OfferStatus.ACCEPTED
    assert (offer().settled_at, offer().came_of, offer().hours, offer().money) == (
        *(None, "", None, None),
    )
    assert say(after, "unsay") == 409


def test_kept_has_words_hours_and_money_and_none_of_them_must_be_said(after: Circle) -> None:
    say(after, "kept")
    assert (offer().came_of, offer().hours) == ("", None)
    say(after, "kept", came_of="Twelve jars.", hours="2.5", money="80")
    assert (offer().came_of, offer().hours, offer().money) == ("Twelve jars.", 2.5, 80)
    assert "Twelve jars." in reads(after, "ada")
    assert "Twelve jars." not in reads(after, "cy")


def test_the_asker_says_that_it_happened_and_takes_no_words_away(after: Circle) -> None:
    say(after, "kept", came_of="Twelve jars.")
    path = f"/r/{after.ring.code}/help/{offer().pk}/kept/"
    assert after.cast.phone(after.ada).post(path, headers=HTMX).status_code == 204
    assert offer().came_of == "Twelve jars."


def test_when_it_was_first_kept_is_what_counts(after: Circle) -> None:
    say(after, "kept")
    first = offer().settled_at
    say(after, "kept", came_of="Twelve jars.")
    assert offer().settled_at == first


def test_a_wrong_number_brings_the_page_back_with_what_was_typed(after: Circle) -> None:
    path = f"/r/{after.ring.code}/promise/{offer().pk}/kept/"
    answer = after.cast.phone(after.bo).post(path, {"came_of": "Twelve jars.", "hours": "many"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Twelve jars." in shown
    assert 'value="many"' in shown
    assert "Enter a number." in shown
    assert offer().status == OfferStatus.PLEDGED


def test_its_own_page_tells_how_it_went(after: Circle) -> None:
    say(after, "still")
    say(after, "kept")
    shown = page(after.cast.phone(after.bo), f"/r/{after.ring.code}/promise/{offer().pk}/")
    assert shown.index("pledged") < shown.index(": still coming") < shown.index(": kept")


def test_nobody_else_says_anything_of_a_promise(after: Circle) -> None:
    path = f"/r/{after.ring.code}/promise/{offer().pk}/"
    for who in (after.ada, after.cy):
        phone = after.cast.phone(who)
        assert phone.get(path).status_code == 404
        assert phone.post(f"{path}kept/").status_code == 404


def test_thanks_have_words_that_only_the_helper_reads(after: Circle) -> None:
    phone, words = after.cast.phone(after.ada), "Because of you, we have honey."
    path = f"/r/{after.ring.code}/help/{offer().pk}/thank/"
    phone.post(path, {"thanks": words})
    assert offer().thanks == words
    assert words in reads(after, "bo")
    assert words not in reads(after, "cy")
    phone.post(path)  # once more, in one tap
    assert offer().thanks == words
    phone.post(path, {"thanks": ""})  # taken back
    assert offer().thanks == ""


@pytest.mark.parametrize("status", ["fulfilled", "partly", "unmet"])
def test_the_asker_says_in_one_tap_what_came_of_the_ask(after: Circle, status: str) -> None:
    ask, phone = after.ada.asks.get(), after.cast.phone(after.ada)
    path = f"/r/{after.ring.code}/ask/{ask.pk}/outcome/"
    assert "What moved?" in reads(after, "ada")
    assert phone.post(path, {"to": status}, headers=HTMX).status_code == 204
    assert Request.objects.get(pk=ask.pk).status == status
    assert "What moved?" not in reads(after, "ada")
    phone.post(path, {"to": "open"}, headers=HTMX)
    assert Request.objects.get(pk=ask.pk).status == AskStatus.OPEN


def test_an_ask_has_no_other_outcome_and_is_nobody_elses(after: Circle) -> None:
    ask = after.ada.asks.get()
    path = f"/r/{after.ring.code}/ask/{ask.pk}/outcome/"
    for to in ("draft", "withdrawn", "", "anything"):
        assert after.cast.phone(after.ada).post(path, {"to": to}).status_code == 409
    assert after.cast.phone(after.bo).post(path, {"to": "unmet"}).status_code == 404
    assert Request.objects.get(pk=ask.pk).status == AskStatus.OPEN


def test_what_is_said_flows_into_the_rings_numbers(after: Circle) -> None:
    say(after, "kept")
    actions.outcome(after.ring, By(after.ada), ask=after.ada.asks.get(), status="partly")
    tally = Tally.objects.get(ring=after.ring)
    assert (tally.kept, tally.answered, tally.kept_14) == (1, 1, 1)
    assert (tally.moved, tally.outcomes) == (1, 1)
    assert "1<small> of 1" in page(after.cast.desk(), f"/past/{after.ring.pk}/")


def test_a_ring_that_is_put_away_hears_of_nothing_more(after: Circle) -> None:
    after.cast.move(Phase.ARCHIVED)
    for change in (actions.keep, actions.release, actions.still_coming, actions.unsay):
        with pytest.raises(NotNow, match="over"):
            change(after.ring, By(after.bo), offer=offer())
    with pytest.raises(NotNow, match="over"):
        actions.outcome(after.ring, By(after.ada), ask=after.ada.asks.get(), status="unmet")


def test_who_led_the_ring_reads_counts_and_no_name(circle: Circle) -> None:
    people = (circle.ada, circle.bo, circle.cy)
    circle.cast.move(Phase.WALL)
    pairs = list(itertools.permutations(people, 2))
    for helper, asker in pairs:
        circle.cast.offer(helper, asker)
    circle.cast.move(Phase.CLOSING)
    circle.cast.move(Phase.FOLLOW_UP)
    for helper, asker in pairs[::2]:
        mine = Offer.objects.get(helper=helper, asker=asker)
        said = {"came_of": "Twelve jars.", "hours": 2.5, "money": 1200}
        actions.keep(circle.ring, By(helper), offer=mine, **said)
    actions.outcome(circle.ring, By(circle.ada), ask=circle.ada.asks.get(), status="partly")
    desk = page(circle.cast.desk(), f"/past/{circle.ring.pk}/")
    since = desk[desk.index("Since then") : desk.index("Copy the text")]
    assert "Of 6 promises: 3 kept, 0 let go, 0 quiet for 14 days." in since
    assert "1 of 3 asks moved (1 answered)." in since
    assert "Hours saved: 7.5, as 3 people say." in since
    assert "Money saved: 3,600, as 3 people say." in since
    assert "3 are kept already." in since
    assert not [name for name in ("Ada", "Bo", "Cy", "jars") if name in since]


def test_so_few_promises_that_a_count_would_name_somebody_are_not_counted(after: Circle) -> None:
    say(after, "let-go")
    desk = page(after.cast.desk(), f"/past/{after.ring.pk}/")
    assert "fewer would name somebody" in desk
    assert "let go" not in desk[desk.index("Since then") : desk.index("Copy the text")]


def test_a_promise_is_quiet_after_fourteen_days_without_a_word(after: Circle) -> None:
    def quiet(days: int) -> int:
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            return insights.afterwards(Picture.of(after.ring.pk)).quiet

    assert (quiet(13), quiet(15)) == (0, 1)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        say(after, "still")
    assert (quiet(23), quiet(25)) == (0, 1)


def test_staff_read_how_it_goes_on_in_the_numbers_alone(after: Circle, sol: User) -> None:
    assert "Since then" not in page(signed_in(sol), f"/past/{after.ring.pk}/")


@pytest.fixture
def closing(circle: Circle) -> Circle:
    """The ring is closing; Bo has promised something to Ada and to Cy, Ada something to Cy."""
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    circle.cast.move(Phase.WALL)
    circle.cast.offer(circle.bo, circle.cy, note="A ladder.")
    circle.cast.offer(circle.ada, circle.cy, note="A lamp.")
    circle.cast.move(Phase.CLOSING)
    return circle


def start(circle: Circle, helper: str, asker: str, **fields: str) -> int:
    offer = Offer.objects.get(helper__name=helper, asker__name=asker)
    path = f"/r/{circle.ring.code}/promise/{offer.pk}/first/"
    return circle.cast.phone(offer.helper).post(path, fields, headers=HTMX).status_code


def test_at_the_closing_each_chooses_the_one_promise_to_start_with(closing: Circle) -> None:
    assert "I start with this" in reads(closing, "bo")
    assert start(closing, "Bo", "Ada", due="2027-05-31") == 204
    assert start(closing, "Bo", "Cy") == 204
    chosen = Offer.objects.get(first=True, helper__name="Bo")
    assert (chosen.asker.name, chosen.due) == ("Cy", None)


def test_the_stage_counts_who_is_ready_and_names_nobody(closing: Circle) -> None:
    stage = f"/stage/{closing.ring.stage_token}/"
    assert "know what they start with" not in page(Client(), stage)  # no public nought
    start(closing, "Bo", "Ada")
    assert "1 of 2 knows what they start with." in page(Client(), stage)
    start(closing, "Ada", "Cy")
    assert "2 of 2 know what they start with." in page(Client(), stage)


def test_two_seats_made_one_start_with_one_promise(circle: Circle) -> None:
    circle.cast.move(Phase.WALL)
    late = circle.cast.seat("Bo B")
    actions.admit(circle.ring, circle.cast.by, participant=late)
    circle.cast.offer(late, circle.ada)
    circle.cast.offer(circle.bo, circle.cy)
    circle.cast.move(Phase.CLOSING)
    start(circle, "Bo", "Cy")
    start(circle, "Bo B", "Ada")
    actions.merge(circle.ring, circle.cast.by, participant=circle.bo, other=late)
    assert Offer.objects.get(first=True).asker == circle.cy


def test_the_head_of_my_ring_says_how_my_ask_stands(after: Circle) -> None:
    assert "One way your ask can move" in reads(after, "ada")
    say(after, "let-go")
    assert "Your ask stays open, Ada" in reads(after, "ada")
    actions.outcome(after.ring, By(after.ada), ask=after.ada.asks.get(), status="partly")
    assert "Your ask moved, Ada" in reads(after, "ada")


def test_who_led_the_ring_reads_no_name_beside_what_was_not_kept(after: Circle) -> None:
    review = f"/past/{after.ring.pk}/"
    before = page(after.cast.desk(), review)
    say(after, "let-go")
    threads = re.compile(r'<section class="card threads-table".*?</section>', re.DOTALL)
    shown = page(after.cast.desk(), review)
    assert threads.search(shown)[0] == threads.search(before)[0]  # type: ignore[index]  # it is there
    say(after, "kept")
    assert "chip thanks" in threads.search(page(after.cast.desk(), review))[0]  # type: ignore[index]


def test_nothing_is_said_of_a_promise_before_the_closing(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    for command in ("first", "kept", "still", "let-go"):
        assert say(circle, command) == 409
    assert offer().status == OfferStatus.PLEDGED


def test_of_what_is_not_needed_its_helper_says_nothing_more(after: Circle) -> None:
    actions.accept(after.ring, By(after.ada), offer=offer(), needed=False)
    assert say(after, "kept") == 409
    assert "Still coming" not in reads(after, "bo")


def test_the_asker_takes_back_that_it_happened(after: Circle) -> None:
    phone, path = after.cast.phone(after.ada), f"/r/{after.ring.code}/help/{offer().pk}/"
    phone.post(f"{path}kept/", headers=HTMX)
    shown = page(phone, path)
    assert "Not yet, after all" in shown
    assert "Yes, please" not in shown
    phone.post(f"{path}unsay/", headers=HTMX)
    assert offer().status == OfferStatus.PLEDGED


def test_what_was_let_go_has_no_success_beside_it(after: Circle) -> None:
    say(after, "kept", came_of="Twelve jars.", hours="2.5")
    say(after, "let-go")
    assert (offer().came_of, offer().hours) == ("", None)
    assert "When would suit you?" not in page(
        after.cast.phone(after.ada), f"/r/{after.ring.code}/help/{offer().pk}/"
    )


def test_no_file_with_names_says_what_was_not_kept(after: Circle) -> None:
    say(after, "still")
    say(after, "let-go")
    for kind in ("json", "csv"):
        taken = after.cast.desk().post(f"/past/{after.ring.pk}/export.{kind}")
        text = b"".join(taken.streaming_content).decode()
        assert "Bees." in text
        assert not [word for word in ("release", "still_coming") if word in text]


def test_the_desk_sees_on_a_phone_nothing_of_what_came_of_it(after: Circle) -> None:
    say(after, "let-go")
    for who in (after.ada, after.bo):
        seen = page(after.cast.desk(), f"/desk/{after.ring.pk}/see/{who.pk}/")
        assert "let this go" not in seen
        assert "let go" not in seen


def test_no_id_of_a_promises_page_stands_twice(closing: Circle) -> None:
    mine = Offer.objects.get(helper__name="Bo", asker__name="Ada")
    shown = page(closing.cast.phone(closing.bo), f"/r/{closing.ring.code}/promise/{mine.pk}/")
    ids = re.findall(r' id="([^"]+)"', shown)
    assert sorted(ids) == sorted(set(ids))


def test_who_led_with_the_owner_finds_the_counts_too(after: Circle) -> None:
    gil = User.objects.create_user("gil", "gil@example.org")
    Ring.objects.get(pk=after.ring.pk).team.add(gil)
    assert "Since then" in page(signed_in(gil), f"/past/{after.ring.pk}/")


def test_of_two_seats_made_one_an_accepted_promise_stands_and_not_the_one_let_go(
    circle: Circle,
) -> None:
    circle.cast.move(Phase.WALL)
    late = circle.cast.seat("Bo B")
    actions.admit(circle.ring, circle.cast.by, participant=late)
    for helper in (circle.bo, late):
        circle.cast.offer(helper, circle.ada)
    circle.cast.move(Phase.CLOSING)
    actions.release(circle.ring, By(late), offer=late.offers.get())
    actions.accept(circle.ring, By(circle.ada), offer=circle.bo.offers.get(), needed=True)
    actions.merge(circle.ring, circle.cast.by, participant=circle.bo, other=late)
    standing = Offer.objects.exclude(status=OfferStatus.WITHDRAWN).get()
    assert standing.status == OfferStatus.ACCEPTED


def test_the_desk_reads_on_a_phone_no_ask_of_an_earlier_round_that_was_not_shown(
    circle: Circle,
) -> None:
    picture = Picture.of(circle.ring.pk)
    mine = picture.ask_of[circle.bo.pk]
    assert not mine.is_shown
    seen = for_the_room(dataclasses.replace(picture, heard=[mine]))
    assert mine.text
    assert [ask.text for ask in seen.heard] == [str(UNSEEN)]
