"""The checker itself: each kind of damage to a right history is seen, and named."""

from dataclasses import replace

import pytest

from tests.rig.history import OK, EventRow, History, OfferRow, Op, Rows, check

RING = 7
BEFORE = {RING: 1}  # the ring was opened before the history began


@pytest.fixture
def history() -> History:
    """Two pledges of one helper on one ask, one after the other."""
    ops = [
        Op(RING, "offer", {"helper": 1, "ask": 2, "note": note}, key=note, invoked=start)
        for note, start in (("first", 1.0), ("second", 3.0))
    ]
    for op in ops:
        op.state, op.status, op.answered = OK, 204, op.invoked + 1
    return History(ops)


@pytest.fixture
def rows() -> Rows:
    opened = EventRow(RING, 1, "opening", "open_ring")
    events = [opened, EventRow(RING, 2, "first", "offer"), EventRow(RING, 3, "second", "offer")]
    return Rows({RING: 3}, events, [OfferRow(1, 2, "second")])


def test_a_right_history_is_held(history: History, rows: Rows) -> None:
    assert check(history, rows, BEFORE).held


def test_an_acknowledged_pledge_that_is_not_there_is_lost(history: History, rows: Rows) -> None:
    del rows.events[2]
    assert check(history, rows, BEFORE).lost == ["offer second was acknowledged and is not there"]


def test_an_event_under_the_same_key_is_doubled(history: History, rows: Rows) -> None:
    rows.events.append(EventRow(RING, 4, "second", "offer"))
    rows.versions[RING] = 4
    assert check(history, rows, BEFORE).doubled == ["offer second is there 2 times"]


def test_a_refused_pledge_that_is_there_is_wrong(history: History, rows: Rows) -> None:
    history.ops[1].state, history.ops[1].status = "failed", 409
    assert check(history, rows, BEFORE).wrong == ["offer second was refused (409) and is there"]


def test_a_pledge_without_an_answer_may_be_there_or_not(history: History, rows: Rows) -> None:
    history.ops[1].state, history.ops[1].answered = "unknown", None
    there = check(history, rows, BEFORE)
    gone = replace(rows, versions={RING: 2}, events=rows.events[:2])
    gone.offers[0] = OfferRow(1, 2, "first")
    assert (there.held, check(history, gone, BEFORE).held) == (True, True)


def test_an_event_nobody_asked_for_is_wrong(history: History, rows: Rows) -> None:
    rows.events.append(EventRow(RING, 4, "strange", "offer"))
    rows.versions[RING] = 4
    assert check(history, rows, BEFORE).wrong == ["offer strange is there and nobody sent it"]


def test_a_gap_in_the_versions_is_wrong(history: History, rows: Rows) -> None:
    rows.events[2] = replace(rows.events[2], version=4)
    rows.versions[RING] = 4
    words = "ring 7: its events are not versions 1 to 4, each once"
    assert check(history, rows, BEFORE).wrong == [words]


def test_a_later_pledge_with_a_lower_version_is_wrong(history: History, rows: Rows) -> None:
    rows.events[1], rows.events[2] = (
        replace(rows.events[2], version=2),
        replace(rows.events[1], version=3),
    )
    rows.offers[0] = OfferRow(1, 2, "first")
    words = "offer first was answered before something with a lower version was sent"
    assert check(history, rows, BEFORE).wrong == [words]


def test_an_offer_worded_as_an_earlier_pledge_is_wrong(history: History, rows: Rows) -> None:
    rows.offers[0] = OfferRow(1, 2, "first")
    words = "the offer of 1 on ask 2 is not what pledge second said last"
    assert check(history, rows, BEFORE).wrong == [words]
