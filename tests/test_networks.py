"""The numbers of arrows agree with networkx on rings of chance, within the bounds that are stated."""

from itertools import pairwise

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from rings import insights

Arrows = list[tuple[int, int]]


def arrows(people: int, most: int) -> st.SearchStrategy[Arrows]:
    """Offers among so many people; nobody offers to themselves, and the same two may meet again."""
    seat = st.integers(1, people)
    pair = st.tuples(seat, seat).filter(lambda pair: pair[0] != pair[1])
    return st.lists(pair, max_size=most)


def graph(offers: Arrows) -> "nx.DiGraph[int]":
    return nx.DiGraph(offers)


@settings(deadline=None)
@given(arrows(people=30, most=100))
def test_the_sets_in_which_all_reach_all_are_those_of_networkx(offers: Arrows) -> None:
    theirs = {frozenset(circle) for circle in nx.strongly_connected_components(graph(offers))}
    assert set(insights.circles_of(offers)) == theirs
    largest = insights.largest_circle(offers)
    assert len(largest) == max((len(c) for c in theirs if len(c) > 1), default=0)
    assert not largest or largest in theirs


@settings(deadline=None)
@given(arrows(people=30, most=100))
def test_help_that_goes_on_is_what_networkx_does_not_count_as_returned(offers: Arrows) -> None:
    once = list(dict.fromkeys(offers))  # networkx knows an arrow once
    if once:
        returned = nx.overall_reciprocity(graph(once))
        assert insights.onward(once) == round((1 - returned) * len(once))
    assert insights.onward(offers) == sum(not graph(offers).has_edge(a, h) for h, a in offers)


@settings(deadline=None)
@given(arrows(people=8, most=20))
def test_the_loop_shown_is_as_long_as_the_longest_up_to_six(offers: Arrows) -> None:
    loop = insights.longest_loop(offers)
    bound = insights.LOOP_AT_MOST
    theirs = [len(c) for c in nx.simple_cycles(graph(offers), length_bound=bound)]
    assert len(loop) == max(theirs, default=0)
    assert set(pairwise((*loop, *loop[:1]))) <= set(offers)


@settings(deadline=None)
@given(arrows(people=7, most=14))
def test_the_chain_shown_is_as_long_as_the_longest_up_to_six(offers: Arrows) -> None:
    chain = insights.longest_chain(offers)
    drawn = graph(offers)
    theirs = [
        len(path)
        for start in drawn
        for end in drawn
        if start != end
        for path in nx.all_simple_paths(drawn, start, end, cutoff=insights.LOOP_AT_MOST - 1)
    ]
    assert len(chain) == max(theirs, default=0)
    assert set(pairwise(chain)) <= set(offers)
    assert len(set(chain)) == len(chain)
