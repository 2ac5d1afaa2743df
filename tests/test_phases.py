"""The tables of phases and moves."""

import pytest

from rings.phases import COURSE, MOVES, Phase


def test_every_phase_says_where_it_may_go() -> None:
    assert set(MOVES) == set(Phase)


@pytest.mark.parametrize(("at", "phase"), list(enumerate(COURSE)))
def test_a_ring_may_go_to_any_later_phase_and_one_step_back(at: int, phase: Phase) -> None:
    assert set(COURSE[at + 1 :]) <= MOVES[phase]
    assert MOVES[phase] & set(COURSE[:at]) == set(COURSE[max(0, at - 1) : at])


def test_a_ring_can_be_cancelled_before_the_turns_only() -> None:
    may = {phase for phase in Phase if Phase.CANCELLED in MOVES[phase]}
    assert may == {Phase.DRAFT, Phase.LOBBY, Phase.WELCOME, Phase.WRITING}


def test_what_is_cancelled_or_archived_stays_so() -> None:
    assert MOVES[Phase.CANCELLED] == MOVES[Phase.ARCHIVED] == frozenset()
