"""The calendar file: RFC 5545's folding, escaping and moments, and what the icalendar library reads in it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from icalendar import Calendar

from rings.ics import calendar, escaped, folded


def unfolded(file: bytes) -> list[str]:
    return file.replace(b"\r\n ", b"").decode().split("\r\n")


def test_an_event_says_when_in_utc_and_ends_every_line_with_crlf() -> None:
    zone = timezone(timedelta(hours=2))
    begins = datetime(2027, 5, 7, 16, 30, tzinfo=zone)
    file = calendar(
        uid="ring-1@example.org",
        written=datetime(2027, 5, 1, tzinfo=UTC),
        sequence=3,
        begins=begins,
        ends=begins + timedelta(minutes=90),
        title="Spring; a ring, of us",
        text="One\nTwo",
        link="https://example.org/j/x/",
    )
    lines = unfolded(file)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20270507T143000Z" in lines
    assert "DTEND:20270507T160000Z" in lines
    assert "SUMMARY:Spring\\; a ring\\, of us" in lines
    assert "DESCRIPTION:One\\nTwo" in lines
    assert b"\n" not in file.replace(b"\r\n", b"")


def test_what_means_something_in_a_value_is_escaped() -> None:
    assert escaped("a\\b;c,d\r\ne") == "a\\\\b\\;c\\,d\\ne"


def test_a_long_line_is_folded_at_75_octets_and_never_within_a_character() -> None:
    line = "SUMMARY:" + "Thu Hà’s ring 🌀 " * 20
    file = folded(line)
    parts = file.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.decode() for part in parts)
    assert file.replace(b"\r\n ", b"").decode() == line + "\r\n"


def test_a_short_line_stays_whole() -> None:
    assert folded("A:" + "b" * 73) == b"A:" + b"b" * 73 + b"\r\n"


TEXT = "Thu Hà’s bees; honey, wax \\ and 🌀\n" * 6


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (datetime(2027, 5, 7, 16, 30, tzinfo=UTC), datetime(2027, 5, 7, 18, tzinfo=UTC)),
        (date(2027, 12, 31), date(2028, 1, 1)),
    ],
)
def test_another_program_reads_what_was_written(begins: date, ends: date) -> None:
    file = calendar(
        uid="promise-1@example.org",
        written=datetime(2027, 5, 1, tzinfo=UTC),
        sequence=3,
        begins=begins,
        ends=ends,
        title="For Ada, and Bo",
        text=TEXT,
        link="https://example.org/j/x/",
    )
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event.errors == []
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (begins, ends)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("For Ada, and Bo", TEXT.rstrip("\n"))
    assert (event["UID"], event["SEQUENCE"]) == ("promise-1@example.org", 3)
    assert event["TRANSP"] == ("OPAQUE" if isinstance(begins, datetime) else "TRANSPARENT")
