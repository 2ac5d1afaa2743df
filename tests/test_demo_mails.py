"""The mails of the demo: on the console, on a page of their own, and to nobody."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from rings import actions
from rings.actions import By
from rings.phases import Phase
from tests.conftest import Circle, page


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.MAILERS = {
        "default": {
            "BACKEND": "rings.demo_mails.EmailBackend",
            "OPTIONS": {"file_path": tmp_path},
        }
    }
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


@pytest.mark.usefixtures("demo")
def test_a_mail_stands_on_the_console_and_on_the_page(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    send_mail(
        "Your way back", "Zsófia,\n\nthis is it: https://example.org/x/\n", None, ["z@example.org"]
    )
    assert "Subject: Your way back" in capsys.readouterr().out
    shown = page(Client(), "/demo/mails/")
    assert "to z@example.org" in shown
    assert "Zsófia," in shown
    assert 'href="https://example.org/x/"' in shown
    assert "----" not in shown


@pytest.mark.usefixtures("demo")
def test_the_reminders_of_a_day_to_come_are_written_by_a_press(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    wish = {"mail": "bo@example.org", "language": "en", "time_zone": ""}
    actions.want_reminders(circle.ring, By(circle.bo), participant=circle.bo, **wish)
    actions.verify_mail(circle.ring, By(circle.bo), participant=circle.bo)
    visitor = Client()
    assert "Nothing was sent yet." in page(visitor, "/demo/mails/")
    assert visitor.post("/demo/mails/", {"days": "2"}).status_code == 302
    assert "Ada: Bees." in page(visitor, "/demo/mails/")


def test_there_is_no_such_page_on_a_real_site(db: None) -> None:
    assert Client().get("/demo/mails/").status_code == 404
    assert Client().post("/demo/mails/", {"days": "2"}).status_code == 404
