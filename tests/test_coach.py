"""The coach: marks, what it says of them, and that it is as good as docs/coach.md says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rings import coach, studio
from tests import corpus
from tests.coach import report

TODAY = date(2026, 11, 28)


def marks(text: str, **fields: object) -> str:
    found = coach.review(text, TODAY, **fields).marks  # type: ignore[arg-type]  # why and by
    return "".join(letter for letter, name in report.NAMES.items() if found[name])


def test_the_report_in_the_docs_is_what_the_coach_does() -> None:
    assert report.recorded() == report.table()


@pytest.mark.parametrize("letter", list(report.NAMES))
def test_each_half_of_the_labelled_asks_has_both_answers_to_each_letter(letter: str) -> None:
    for half in ("learn", "held_back"):
        there = [letter in ask["marks"] for ask in report.asks(half)]
        assert len(there) >= 100
        assert 0.3 <= there.count(True) / len(there) <= 0.7


def test_no_ask_is_in_both_halves() -> None:
    learned = {ask["text"] for ask in report.asks("learn", "learn_s_r")}
    assert not learned & {ask["text"] for ask in report.asks("held_back")}


@pytest.mark.parametrize("text", studio.EXAMPLES, ids=[text[:20] for text in studio.EXAMPLES])
def test_the_asks_that_worked_lack_no_more_than_the_why(text: str) -> None:
    assert set("SART") <= set(marks(text))


@pytest.mark.parametrize("weak", [weak for weak, _ in studio.PAIRS])
def test_a_weak_ask_is_asked_about(weak: str) -> None:
    assert coach.review(weak, TODAY).next


def test_a_short_clear_ask_is_not_punished() -> None:
    assert marks("Can anyone lend me a roof ladder on Saturday? Ours broke.") == "SMART"


def test_an_ask_that_was_hard_to_write_is_not_punished() -> None:
    text = (
        "My son died in March. Could someone who has lost a child sit with me for an evening before "
        "Christmas? I can't talk to my family about it."
    )
    assert marks(text) == "SMART"


def test_the_fields_for_why_and_by_when_count() -> None:
    text = "Who could lend me a roof ladder?"
    assert marks(text) == "SAR"
    assert marks(text, why="Ours broke.", by=date(2027, 1, 1)) == "SMART"


def test_it_says_what_it_saw() -> None:
    said = coach.review("Who could lend me a roof ladder by Sunday?", TODAY).explained
    assert said["time_bound"] == "By when: by Sunday"
    assert said["specific"] == "Details people can remember somebody by: roof, ladder"
    assert said["meaningful"] == "No reason yet that I can see"


def test_an_ask_too_big_is_told_so() -> None:
    said = coach.review("Please lend our choir four million pounds by May.", TODAY)
    assert not said.marks["realistic"]
    assert "more than one person can give" in said.explained["realistic"]


def test_a_blank_page_is_asked_nothing() -> None:
    assert coach.review("  ", TODAY).next == ""


@pytest.mark.parametrize("text", corpus.TEXTS.values(), ids=list(corpus.TEXTS))
def test_every_letter_has_a_mark_and_a_word_whatever_is_written(text: str) -> None:
    review = coach.review(text, TODAY)
    assert tuple(review.marks) == tuple(review.explained) == coach.LETTERS
    assert all(review.explained.values())


@given(st.text(max_size=600), st.text(max_size=60))
def test_the_same_text_gives_the_same_review(text: str, why: str) -> None:
    assert coach.review(text, TODAY, why) == coach.review(text, TODAY, why)


@given(st.text(max_size=100), st.sampled_from(studio.CHIPS["action"] + studio.STARTERS))
def test_what_a_chip_writes_comes_after_what_is_there(text: str, chip: studio.Chip) -> None:
    written = studio.put(text, chip.put)
    assert written.startswith(text.rstrip())
    assert studio.BLANK not in written[len(text) :]
