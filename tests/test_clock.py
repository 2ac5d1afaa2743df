"""The clock of a site: what it runs, and that one failing does not keep the others."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from rings.management.commands import clock, remind, tidy

pytestmark = pytest.mark.django_db


def once() -> str:
    out = StringIO()
    call_command("clock", once=True, stdout=out)
    return out.getvalue()


def test_a_round_reminds_and_tidies() -> None:
    said = once()
    assert "Reminders handed to the worker: 0." in said
    assert "Past rings erased: 0." in said


def test_one_that_fails_is_logged_and_the_others_are_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(self: object, *args: Any, **options: Any) -> None:
        raise OSError("no mail")

    monkeypatch.setattr(remind.Command, "handle", fails)
    assert "Past rings erased: 0." in once()
    assert "remind failed" in caplog.text


class Enough(Exception):
    """The test has seen enough."""


def test_a_day_is_tidied_once_and_again_soon_if_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes pass in no time here: twelve rounds are two hours, 150 are a day and an hour."""
    now, tidied, rounds = [0.0], [], [0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        rounds[0] += 1
        if rounds[0] == 150:
            raise Enough

    def tidies(self: object, *args: Any, **options: Any) -> None:
        tidied.append(round(now[0]))
        if len(tidied) == 1:
            raise OSError("the database is away")

    monkeypatch.setattr(clock.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(clock.time, "sleep", sleep)
    monkeypatch.setattr(clock, "close_old_connections", lambda: None)  # it is the test's own
    monkeypatch.setattr(tidy.Command, "handle", tidies)
    monkeypatch.setattr(remind.Command, "handle", lambda self, *args, **options: None)
    with pytest.raises(Enough):
        call_command("clock", stdout=StringIO())
    assert tidied == [0, 600, 600 + 24 * 3600]
