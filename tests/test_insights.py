"""The map's numbers: on small drawings by hand, on random ones against a naive definition."""

import json
from itertools import pairwise, permutations

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from rings import actions
from rings.actions import By
from rings.insights import (
    circles_of,
    largest_circle,
    longest_chain,
    longest_loop,
    numbers,
    onward,
)
from rings.models import Offer
from rings.phases import Phase, Strength
from rings.picture import Picture

CLASSIC = json.loads((settings.BASE_DIR / "data" / "classic_ring.json").read_text())
CLASSIC_ARROWS = [
    (CLASSIC["participants"].index(o["helper"]), CLASSIC["participants"].index(o["asker"]))
    for o in CLASSIC["offers"]
]
people = st.integers(0, 6)
arrows_between = st.lists(
    st.tuples(people, people).filter(lambda arrow: arrow[0] != arrow[1]), max_size=14
)


def reachable(arrows, start):
    """Whom `start` reaches along arrows, by the definition."""
    found, more = {start}, True
    while more:
        more = {asker for helper, asker in arrows if helper in found} - found
        found |= more
    return found


def is_loop(arrows, loop):
    return set(zip(loop, loop[1:] + loop[:1], strict=True)) <= set(arrows)


# --- arrows ----------------------------------------------------------------------------------------


def test_help_that_is_not_returned_goes_on():
    assert onward([(1, 2), (2, 3), (3, 1)]) == 3


def test_help_straight_back_does_not_go_on():
    assert onward([(1, 2), (2, 1), (2, 3)]) == 1


@given(arrows_between)
def test_onward_counts_each_arrow_without_its_reverse(arrows):
    assert onward(arrows) == len([1 for a, b in arrows if not any(x == (b, a) for x in arrows)])


@given(arrows_between)
def test_people_are_in_one_circle_when_each_reaches_the_other(arrows):
    everybody = {person for arrow in arrows for person in arrow}
    for circle in circles_of(arrows):
        for person in circle:
            both_ways = {
                other
                for other in everybody
                if other in reachable(arrows, person) and person in reachable(arrows, other)
            }
            assert circle == both_ways


@given(arrows_between)
def test_circles_share_nobody_and_leave_nobody_out(arrows):
    found = [person for circle in circles_of(arrows) for person in circle]
    assert sorted(found) == sorted({person for arrow in arrows for person in arrow})


def test_without_a_way_back_there_is_no_circle():
    assert largest_circle([(1, 2), (2, 3)]) == frozenset()


def test_of_two_equal_circles_the_one_with_the_first_person_counts():
    assert largest_circle([(3, 4), (4, 3), (1, 2), (2, 1)]) == {1, 2}


def test_a_circle_of_ten_thousand_people_needs_no_recursion():
    arrows = [*pairwise(range(10_000)), (9_999, 0)]
    assert len(largest_circle(arrows)) == 10_000


# --- loops and chains ------------------------------------------------------------------------------


@given(arrows_between)
def test_the_loop_is_the_longest_within_the_bound(arrows):
    everybody = sorted({person for arrow in arrows for person in arrow})
    longest = max(
        (n for n in range(2, 5) for loop in permutations(everybody, n) if is_loop(arrows, loop)),
        default=0,
    )
    loop = longest_loop(arrows, most=4)
    assert len(loop) == longest
    assert not loop or is_loop(arrows, loop)


@given(arrows_between)
def test_the_same_arrows_in_any_order_give_the_same_loop(arrows):
    assert longest_loop(arrows) == longest_loop(list(reversed(arrows)))


def test_without_a_loop_there_is_a_chain():
    assert longest_loop([(1, 2), (2, 3)]) == ()
    assert longest_chain([(1, 2), (2, 3)]) == (1, 2, 3)


def test_a_ring_in_which_everyone_helps_everyone_is_searched_within_its_bound():
    crowd = list(permutations(range(40), 2))
    assert len(longest_loop(crowd, most=6)) == 6
    assert longest_loop(crowd, most=40, steps=10) == (0, 1, 2, 3)


# --- the classic ring ------------------------------------------------------------------------------


def test_the_classic_ring_has_the_numbers_it_was_made_for():
    givers, getters = {h for h, _ in CLASSIC_ARROWS}, {a for _, a in CLASSIC_ARROWS}
    assert len(CLASSIC_ARROWS) == 60
    assert sum(o["strength"] == Strength.FIRM for o in CLASSIC["offers"]) == 43
    assert len(givers & getters) == 24
    assert onward(CLASSIC_ARROWS) == 52


# --- a ring in the database ------------------------------------------------------------------------


@pytest.fixture
def ring(cast):
    """Ada, Bo, Cy and Di have each asked; nobody has offered. The wall is open."""
    for name in ("Ada", "Bo", "Cy", "Di"):
        cast.write(cast.seat(name))
    for phase in (Phase.WELCOME, Phase.WRITING, Phase.TURNS, Phase.WALL):
        cast.move(phase)
    return cast.ring


def help_to(ring, asker, helper, **fields):
    ask = ring.asks.get(participant__name=asker)
    who = ring.participants.get(name=helper)
    actions.offer(ring, By(who), ask=ask, helper=who, **fields)


def read(ring):
    return Picture.of(ring.pk)


def test_a_ring_without_offers_has_zeros_and_no_loop(ring):
    found = numbers(read(ring))
    assert (found.people, found.asks, found.offers, found.loop) == (4, 4, 0, ())


def test_numbers_count_people_who_gave_and_got(ring):
    help_to(ring, "Ada", "Bo")
    help_to(ring, "Bo", "Cy", strength=Strength.WILL_TRY)
    found = numbers(read(ring))
    assert (found.offers, found.firm, found.gave, found.gave_and_got) == (2, 1, 2, 1)
    assert (found.asks_with_offer, found.asks) == (2, 4)


def test_the_loop_names_people_in_the_direction_of_help(ring):
    for asker, helper in (("Bo", "Ada"), ("Cy", "Bo"), ("Ada", "Cy")):
        help_to(ring, asker, helper)
    found = numbers(read(ring))
    names = [ring.participants.get(pk=pk).name for pk in found.loop]
    assert (names, found.closed, found.loops_many) == (["Ada", "Bo", "Cy"], True, False)


def test_a_private_offer_counts_but_is_in_no_loop(ring):
    for asker, helper in (("Bo", "Ada"), ("Cy", "Bo")):
        help_to(ring, asker, helper)
    help_to(ring, "Ada", "Cy", private=True)
    found = numbers(read(ring))
    assert (found.offers, found.all_round, found.closed) == (3, 3, False)


def test_two_who_help_each_other_are_no_loop_to_show(ring):
    help_to(ring, "Ada", "Bo")
    help_to(ring, "Bo", "Ada")
    assert numbers(read(ring)).loop == ()


def test_an_offer_taken_back_is_not_counted(ring):
    help_to(ring, "Ada", "Bo")
    actions.withdraw(ring, By(None), offer=Offer.objects.get())
    assert numbers(read(ring)).offers == 0


def test_an_ask_nobody_has_seen_is_not_counted(cast):
    cast.write(cast.seat("Ada"))
    assert numbers(read(cast.ring)).asks == 0
