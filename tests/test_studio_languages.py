"""The Ask studio in a language that its coach does not read: its questions stay, and nothing is judged."""

from datetime import date

import pytest
from django.utils.translation import gettext, override

from rings import studio
from tests.conftest import Cast

TODAY = date(2026, 11, 28)  # a Saturday
CLEAR = "Who could lend me a roof ladder by Sunday? Ours broke."


@pytest.mark.parametrize("text", ["", CLEAR])
def test_it_marks_nothing_and_asks_all_five(text: str) -> None:
    with override("de"):
        found = studio.look(text, "Because.", None, today=TODAY)
        five = [gettext(question) for question in studio.QUESTIONS.values()]
        assert found.says == gettext(studio.UNREAD)
    assert found.marks == []
    assert [question for question, _ in found.questions[:5]] == five


def test_an_empty_page_begins_with_the_starters() -> None:
    with override("de"):
        found = studio.look(" ", "", None, today=TODAY)
        starters = [gettext(starter.put) for starter in studio.STARTERS]
    assert [len(chips) for _, chips in found.questions] == [0, 0, 0, 0, 0, len(starters)]
    assert [chip.put for chip in found.questions[-1][1]] == starters


def test_each_question_has_its_taps_and_a_day_is_written_as_a_day() -> None:
    with override("de"):
        found = studio.look(CLEAR, "", None, today=TODAY)
    assert [len(chips) for _, chips in found.questions] == [3, 3, 3, 3, 3]
    sunday, month, pick = found.questions[-1][1]
    assert (sunday.put, sunday.day) == ("", date(2026, 11, 29))
    assert month.put
    assert (pick.put, pick.day) == ("", None)


def test_in_english_it_reads() -> None:
    found = studio.look(CLEAR, "", None, today=TODAY)
    assert all(mark.there for mark in found.marks)
    assert found.questions == ()


def test_the_page_shows_no_mark(cast: Cast) -> None:
    phone = cast.phone(cast.seat("Ada"))
    look = f"/r/{cast.ring.code}/ask/studio/"
    assert 'class="five"' in phone.post(look, {"text": CLEAR}).text
    phone.cookies["language"] = "de"
    german = phone.post(look, {"text": CLEAR}).text
    assert 'class="five"' not in german
    assert 'name="day" value="' in german
    assert german.count('class="pick"') == len(studio.QUESTIONS)
