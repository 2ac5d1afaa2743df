"""Days that words name: what says when, which day that is, and what only looks like it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rings import days

TODAY = date(2026, 11, 28)  # a Saturday


def named(text: str, today: date = TODAY) -> list[tuple[str, str]]:
    return [(when.phrase, str(when.day or "")) for when in days.find(text, today)]


@pytest.mark.parametrize(
    ("text", "phrase", "day"),
    [
        ("By Sunday I would like a name", "By Sunday", "2026-11-29"),
        ("free next Friday?", "next Friday", "2026-12-04"),
        ("I present it on Thursday week.", "on Thursday week", "2026-12-10"),
        ("a week on Tuesday", "a week on Tuesday", "2026-12-08"),
        ("once before the end of the month", "the end of the month", "2026-11-30"),
        ("sometime this month", "this month", "2026-11-30"),
        ("next month", "next month", "2026-12-31"),
        ("15 minutes each before 20 June", "before 20 June", "2027-06-20"),
        ("by May 7th", "by May 7th", "2027-05-07"),
        ("on the 3rd of December, 2026", "on the 3rd of December, 2026", "2026-12-03"),
        ("by 2027-01-31", "by 2027-01-31", "2027-01-31"),
        ("by the 15th", "by the 15th", "2026-12-15"),
        ("choose by the 31st", "by the 31st", "2026-12-31"),
        ("by 25/12", "by 25/12", "2026-12-25"),
        ("by 12/25", "by 12/25", "2026-12-25"),
        ("in the next couple of weeks", "in the next couple of weeks", "2026-12-12"),
        ("in a fortnight", "in a fortnight", "2026-12-12"),
        ("within 10 days", "within 10 days", "2026-12-08"),
        ("the day after tomorrow", "the day after tomorrow", "2026-11-30"),
        ("by 2 pm tomorrow", "tomorrow", "2026-11-29"),
        ("by 5pm on Friday", "on Friday", "2026-12-04"),
        ("by 5pm", "by 5pm", "2026-11-28"),
        ("tonight", "tonight", "2026-11-28"),
        ("before the summer", "before the summer", "2027-06-21"),
        ("this winter", "this winter", "2027-03-19"),
        ("by Christmas", "by Christmas", "2026-12-25"),
        ("end of Q3", "end of Q3", "2027-09-30"),
        ("this year", "this year", "2026-12-31"),
        ("for one weekend in May?", "in May", "2027-05-31"),
        ("before May", "before May", "2027-05-01"),
        ("a helper for tomorow", "for tomorow", "2026-11-29"),
        ("tent pegs thurs", "thurs", "2026-12-03"),
        ("feed the gecko thurs to sun", "thurs", "2026-12-03"),
        ("at 8 on Monday", "on Monday", "2026-11-30"),
        ("the weekend after next", "the weekend after next", "2026-12-13"),
        ("before month end", "before month end", "2026-11-30"),
        ("around the 12th", "around the 12th", "2026-12-12"),
        ("for the next two weeks", "the next two weeks", "2026-12-12"),
        ("the December timetable", "the December", "2026-12-31"),
    ],
)
def test_a_phrase_names_a_day(text: str, phrase: str, day: str) -> None:
    assert named(text) == [(phrase, day)]


@pytest.mark.parametrize(
    "text",
    [
        "by her 90th birthday",
        "before the wedding",
        "by half-term",
        "before Thanksgiving",
        "next term",
        "by 7/5",  # the seventh of May, or the fifth of July
        "before we move",
        "before term ends",
        "after Christmas",
        "in the new year",
        "by Michaelmas",
        "for Good Friday",
        "for Remembrance Sunday",
        "by May Day",
    ],
)
def test_a_phrase_says_when_and_names_no_day(text: str) -> None:
    assert [day for _, day in named(text)] == [""]


@pytest.mark.parametrize(
    "text",
    [
        "May we borrow a bike?",
        "April and June are my daughters",
        "they march on",
        "I sat in the sun",
        "the second try",
        "left Trieste in 1952",
        "in March 2019",
        "last Sunday",
        "on Sundays",
        "for two weeks now",
        "in the last two weeks",
        "20 minutes every morning",
        "24/7",
        "1/2 a loaf",
        "by the river",
        "one day",
        "since March",
        "aged 41",
        "2019-05-01",
        "31 February",
        "before I can go in",
        "I lost my mother this year",
        "I need £2050 or 2050 bricks",
        "the class of 2027",
        "a photo from October 2020",
        "off work since early October",
        "open Mon-Fri, or mon to fri",
        "he sat night after night",
        "the history of the 21st century",
        "I freeze when I open my mouth",
        "tell me when the museum opens",
        "for the next few years",
        "the 14th floor",
    ],
)
def test_what_only_looks_like_it_says_nothing(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(("today", "sunday"), [(23, 29), (28, 29), (29, 36)])
def test_a_weekday_is_the_next_one_and_never_today(today: int, sunday: int) -> None:
    day = date.fromordinal(date(2026, 11, 1).toordinal() + sunday - 1)
    assert named("by Sunday", date(2026, 11, today)) == [("by Sunday", str(day))]


@given(st.text(max_size=120), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_no_text_makes_it_fall_and_no_day_is_over(text: str, today: date) -> None:
    for when in days.find(text, today):
        assert text[when.start : when.end] == when.phrase
        assert when.day is None or when.day >= today


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_of_the_year_has_its_phrases(today: date) -> None:
    phrases = (
        "by the 31st",
        "29 February",
        "next quarter",
        "end of Q1",
        "this weekend",
        "by Sunday",
        "this month",
    )
    for phrase in phrases:
        for when in days.find(phrase, today):
            assert when.day
            assert when.day >= today
