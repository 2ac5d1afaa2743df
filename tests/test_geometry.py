"""The ring picture's numbers: positions, threads and names, without Django."""

import re
from itertools import pairwise
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rings.curves import bow
from rings.geometry import (
    LOOKS,
    Frame,
    Place,
    Strand,
    arc,
    draw,
    facing,
    mini_ring,
    number,
    share_ring,
)
from rings.lettering import LINE, around, text_width

FRAME = Frame(400, 400, radius=100, bead=10, hoop=2, thread=3)
NAMED = Frame(1060, 900, radius=304, bead=17, hoop=5, thread=6, font=32)
PATH = re.compile(r"M\S+ \S+Q\S+ \S+ \S+ \S+")


def ring(*states, strands=(), frame=FRAME):
    places = [Place(key=i + 1, state=state) for i, state in enumerate(states)]
    return draw(frame, places, strands, "A ring")


def numbers_in(path):
    return [float(found) for found in re.findall(r"-?[\d.]+", path)]


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (1.25, "1.2"), (-0.04, "0"), (0, "0"), (-3.96, "-4")]
)
def test_numbers_have_one_decimal_at_most_and_no_minus_zero(value, shown):
    assert number(value) == shown


def test_the_first_seat_is_at_the_top_and_the_second_clockwise_of_it():
    first, second, *_ = ring("plain", "plain", "plain", "plain").beads
    assert (first.cx, first.cy) == ("200", "100")
    assert (second.cx, second.cy) == ("300", "200")


def test_facing_brings_a_seat_to_the_angle_asked_for():
    frame = Frame(400, 400, radius=100, bead=10, hoop=2, thread=3, turn=facing(5, 24, 90))
    bead = ring(*["plain"] * 24, frame=frame).beads[5]
    assert (bead.cx, bead.cy) == ("300", "200")


def test_a_ring_without_people_is_only_its_hoop():
    empty = ring()
    assert (empty.beads, empty.threads, empty.spent) == ((), (), ())


def test_every_state_has_a_look_but_the_unseen():
    assert [state for state, circles in LOOKS.items() if not circles] == ["unseen"]


def test_an_unseen_place_keeps_its_seat_and_draws_no_bead():
    seen = ring("plain", "unseen", "plain", "unseen")
    assert [bead.key for bead in seen.beads] == [1, 3]
    assert [bead.cy for bead in seen.beads] == [bead.cy for bead in ring(*["plain"] * 4).beads[::2]]


def test_a_bead_says_whose_it_is():
    assert [bead.key for bead in ring("plain", "done").beads] == [1, 2]


def test_the_asking_bead_has_a_halo_larger_than_itself():
    halo, core = ring("asking").beads[0].circles
    assert (halo.css, core.css) == ("b-halo", "b-ask")
    assert float(halo.r) > float(core.r)


def test_the_hoop_is_inked_from_the_first_done_seat_to_the_one_asking():
    spent = ring("done", "done", "asking", "next", "waiting").spent
    assert len(spent) == 1
    assert spent[0].startswith("M200 100A100 100 ")


def test_a_deferred_seat_interrupts_the_ink():
    assert len(ring("done", "done", "later", "done", "asking", "waiting").spent) == 2


def test_the_ink_runs_over_the_first_seat_when_the_order_does():
    assert len(ring("asking", "waiting", "waiting", "done").spent) == 1


def test_a_ring_with_every_turn_done_is_inked_all_round():
    (spent,) = ring("done", "done", "done").spent
    assert spent == arc(FRAME, 0, 360)


def test_nothing_is_inked_before_the_second_turn():
    assert ring("asking", "next", "waiting").spent == ()


# --- threads ---------------------------------------------------------------------------------------


def test_a_firm_thread_is_solid_and_a_try_is_dashed():
    firm, attempt = ring("plain", "plain", strands=[Strand(0, 1), Strand(0, 1, firm=False)]).threads
    assert (firm.css, firm.dash) == ("firm", "")
    assert (attempt.css, attempt.dash) == ("try", "7.8 6.6")


def test_a_thread_carries_helper_and_asker():
    (thread,) = ring("plain", "plain", "plain", strands=[Strand(helper=2, asker=0)]).threads
    assert (thread.by, thread.asker) == (3, 1)


def test_a_thread_starts_near_its_helper_and_ends_near_its_asker():
    (thread,) = ring("plain", "plain", strands=[Strand(0, 1)]).threads
    x0, y0, *_, x1, y1 = numbers_in(thread.path)
    assert abs(complex(x0, y0) - (200 + 100j)) < 20
    assert abs(complex(x1, y1) - (200 + 300j)) < 30


def test_an_arrow_ends_outside_the_asking_halo():
    drawn = ring("plain", "asking", strands=[Strand(0, 1)])
    x, y, *_ = numbers_in(drawn.threads[0].tip)
    assert abs(complex(x, y) - (200 + 300j)) > float(drawn.beads[1].circles[0].r)


def test_a_thread_without_arrow_has_a_knot_at_both_ends():
    arrow, plain = ring("plain", "plain", strands=[Strand(0, 1), Strand(0, 1, arrow=False)]).threads
    assert (len(arrow.knots), arrow.tip != "") == (1, True)
    assert (len(plain.knots), plain.tip) == (2, "")


def test_an_offer_through_someone_has_a_dot_half_way():
    direct, via = ring("plain", "plain", strands=[Strand(0, 1), Strand(0, 1, via=True)]).threads
    assert direct.via is None
    assert via.via is not None


def test_the_casing_is_wider_than_its_thread():
    (thread,) = ring("plain", "plain", strands=[Strand(0, 1)]).threads
    assert float(thread.casing) > float(thread.width)


@given(
    seats=st.integers(2, 60),
    pair=st.tuples(st.integers(0, 59), st.integers(0, 59)),
)
def test_help_there_and_help_back_never_lie_on_each_other(seats, pair):
    helper, asker = pair[0] % seats, pair[1] % seats
    if helper == asker:
        return
    a, b = (FRAME.at(360 * seat / seats, FRAME.radius) for seat in (helper, asker))
    there, back = (bow(FRAME.centre, FRAME.radius, *ends) for ends in ((a, b), (b, a)))
    assert abs(there - back) > 0.2 * abs(a - b)


@given(seats=st.integers(2, 60), data=st.data())
def test_every_thread_of_every_ring_is_a_plain_path_inside_the_sheet(seats, data):
    seat = st.integers(0, seats - 1)
    helper = data.draw(seat)
    asker = data.draw(seat.filter(lambda other: other != helper))
    (thread,) = ring(*["plain"] * seats, strands=[Strand(helper, asker)]).threads
    assert PATH.fullmatch(thread.path)
    assert all(0 <= value <= 400 for value in numbers_in(thread.path))


# --- names -----------------------------------------------------------------------------------------


def test_names_are_left_out_without_a_font_size():
    drawn = draw(FRAME, [Place(1, "plain", "Ada")], [], "")
    assert drawn.beads[0].name == ""


def test_names_right_of_the_ring_start_there_and_left_of_it_end_there():
    top, right, bottom, left = around(0j, 300, [0, 90, 180, 270], ["Ada", "Bo", "Cy", "Di"], 32)
    assert [spot.anchor for spot in (top, right, bottom, left)] == [
        "middle",
        "start",
        "middle",
        "end",
    ]
    assert right.x > 300
    assert left.x < -300


@given(
    names=st.lists(st.text("abcdefghiMW李 ", min_size=1, max_size=12), min_size=1, max_size=40),
    turn=st.floats(0, 360),
)
def test_no_two_names_of_a_half_ring_lie_on_each_other(names, turn):
    angles = [turn + 360 * i / len(names) for i in range(len(names))]
    spots = around(0j, 320, angles, names, 25)
    boxes = [
        (spot.y, spot.left(text_width(name, 25)), text_width(name, 25))
        for spot, name in zip(spots, names, strict=True)
    ]
    for half in (
        [b for b, s in zip(boxes, angles, strict=True) if upper(s)],
        [b for b, s in zip(boxes, angles, strict=True) if not upper(s)],
    ):
        for y, left, width in half:
            for other_y, other_left, other_width in half:
                meets = left < other_left + other_width and other_left < left + width
                same = (y, left, width) == (other_y, other_left, other_width)
                assert same or not meets or abs(y - other_y) >= 25 * LINE - 0.01


def upper(angle):
    return cos(radians(angle)) > 0


def test_a_wide_letter_takes_more_room():
    assert text_width("李小龍", 32) > text_width("Ada", 32)


# --- the small rings -------------------------------------------------------------------------------


def test_the_mini_ring_has_no_arc_before_the_first_turn_ends():
    assert mini_ring(0, 24).arc == ""


def test_the_mini_ring_sets_its_bead_where_the_arc_ends():
    mini = mini_ring(6, 24)
    assert mini.now is not None
    assert mini.arc.endswith(f"{mini.now.cx} {mini.now.cy}")


def test_the_mini_ring_is_closed_and_without_a_bead_when_all_turns_are_done():
    assert (mini_ring(24, 24).now, bool(mini_ring(24, 24).arc)) == (None, True)


def test_the_mini_ring_of_an_empty_ring_is_only_a_hoop():
    assert (mini_ring(0, 0).arc, mini_ring(0, 0).now) == ("", None)


def test_the_share_ring_covers_its_share():
    half = share_ring(FRAME, 0.5, "12 of 24")
    assert half.spent == (arc(FRAME, 0, 180),)
    assert share_ring(FRAME, 0, "").spent == ()


def test_the_same_ring_is_drawn_the_same_twice():
    strands = [Strand(a, b) for a, b in pairwise(range(5))]
    assert ring(*["plain"] * 5, strands=strands) == ring(*["plain"] * 5, strands=strands)
