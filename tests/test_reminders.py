"""Reminders: who is written to, when, once; what a mail says and lets one say; how they end."""

import re
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from rings import actions, reminders, tasks
from rings.actions import By
from rings.models import Offer, Participant, Reminder
from rings.phases import AskStatus, OfferStatus, Phase
from tests.conftest import Circle, page

# The worker of `manage.py db_worker`, without the loop that closes the test's own connection.
WORKER = Worker(
    queue_names=["default"],
    interval=0,
    batch=True,
    backend_name="default",
    startup_delay=False,
    max_tasks=None,
    worker_id="worker",
    excluded_queue_names=[],
)
HOME = "Europe/Lisbon"
ENDED = datetime(2026, 11, 2, 20, 0, tzinfo=ZoneInfo(HOME))


def at(days: int, hour: int = 10) -> datetime:
    """So many days after the end, at an hour of Lisbon."""
    return (ENDED + timedelta(days=days)).replace(hour=hour)


def wants(circle: Circle, who: Participant, language: str = "en", time_zone: str = HOME) -> None:
    """They asked for reminders, and their address was shown to be theirs."""
    where = f"{who.name.lower()}@example.org"
    wish = {"mail": where, "language": language, "time_zone": time_zone}
    actions.want_reminders(circle.ring, By(who), participant=who, **wish)
    actions.verify_mail(circle.ring, By(who), participant=who)


@pytest.fixture
def after(circle: Circle) -> Circle:
    """The ring ended on 2 November; Bo has promised something to Ada, and wants reminders."""
    with time_machine.travel(ENDED):
        circle.cast.offer(circle.bo, circle.ada, note="Bees.")
        for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
            circle.cast.move(phase)
        wants(circle, circle.bo)
    return circle


def offer() -> Offer:
    return Offer.objects.get(helper__name="Bo")


def look(moment: datetime, *, work: bool = True) -> int:
    """Look round at a moment, and let the worker send what there is; how many mails went out."""
    before = len(mail.outbox)
    with time_machine.travel(moment, tick=False):
        call_command("remind", verbosity=0)
        if work:
            for due in DBTaskResult.objects.ready():
                due.claim("worker")
                WORKER.run_task(due)
    return len(mail.outbox) - before


def link(which: str = "", to: str = "bo@example.org") -> str:
    body = next(str(sent.body) for sent in reversed(mail.outbox) if sent.to == [to])
    found = re.search(rf"https?://[^/\s]+(/mail/\d+/\w+/{which})\s", body)
    assert found
    return found[1]


@pytest.mark.parametrize("day", [2, 14, 30])
def test_who_asked_for_it_is_written_to_once_on_a_day_of_those(after: Circle, day: int) -> None:
    assert look(at(day - 1)) == 0
    assert look(at(day)) == 1
    assert look(at(day, 11)) == 0
    assert look(at(day + 1)) == 0
    assert mail.outbox[-1].to == ["bo@example.org"]


def test_nobody_is_written_to_who_did_not_ask(after: Circle) -> None:
    """Ada has help coming, and never asked."""
    look(at(2))
    assert [sent.to for sent in mail.outbox] == [["bo@example.org"]]


def test_not_before_the_address_is_known_to_be_theirs(after: Circle) -> None:
    wish = {"mail": "other@example.org", "language": "en", "time_zone": HOME}
    actions.want_reminders(after.ring, By(after.bo), participant=after.bo, **wish)
    assert look(at(2)) == 0
    actions.verify_mail(after.ring, By(after.bo), participant=after.bo)
    assert look(at(2)) == 1


@pytest.mark.parametrize("hour", [7, 20, 23])
def test_nobody_is_written_to_by_night(after: Circle, hour: int) -> None:
    assert look(at(2, hour)) == 0


def test_it_is_the_night_of_their_own_time_zone(after: Circle) -> None:
    """In Tokyo the ring ended on the morning of the 3rd, and eleven in Lisbon is eight in the evening."""
    wants(after, after.bo, time_zone="Asia/Tokyo")
    assert look(at(2)) == 0
    assert look(at(3, 11)) == 0
    assert look(at(3, 10)) == 1


def test_a_day_that_was_named_is_a_day_for_a_mail(after: Circle) -> None:
    due = at(9).date()
    actions.still_coming(after.ring, By(after.bo), offer=offer(), due=due)
    assert look(at(8)) == 0
    assert look(at(9)) == 1
    assert "A day you named" in mail.outbox[-1].subject
    assert look(at(9, 15)) == 0


def test_a_day_that_is_both_is_one_mail(after: Circle) -> None:
    actions.still_coming(after.ring, By(after.bo), offer=offer(), due=at(14).date())
    assert look(at(14)) + look(at(14, 19)) == 1


def test_what_is_settled_is_not_asked_about(after: Circle) -> None:
    actions.keep(after.ring, By(after.bo), offer=offer())
    assert look(at(2)) == 0


def test_an_asker_is_reminded_of_an_ask_that_is_open_and_was_answered(after: Circle) -> None:
    wants(after, after.ada)
    actions.stop_reminders(after.ring, By(after.bo), participant=after.bo)
    assert look(at(2)) == 1
    assert "People offered help on what you asked." in mail.outbox[-1].body
    ask = after.ada.asks.get()
    actions.outcome(after.ring, By(after.ada), ask=ask, status=AskStatus.FULFILLED)
    assert look(at(14)) == 0


def test_a_ring_that_was_opened_again_is_not_over(after: Circle) -> None:
    with time_machine.travel(ENDED + timedelta(hours=1)):
        after.cast.move(Phase.CLOSING)
    assert look(at(2)) == 0


def test_after_a_clock_that_stood_for_days_nothing_old_is_written_down(after: Circle) -> None:
    assert look(at(2 + reminders.LATE)) == 0


def work(moment: datetime) -> int:
    """The worker alone, at a moment; how many mails went out."""
    before = len(mail.outbox)
    with time_machine.travel(moment, tick=False):
        for due in DBTaskResult.objects.ready():
            due.claim("worker")
            WORKER.run_task(due)
    return len(mail.outbox) - before


def test_a_worker_that_was_away_for_days_sends_nothing_old(after: Circle) -> None:
    look(at(2), work=False)
    assert work(at(2 + reminders.LATE)) == 0
    look(at(14), work=False)
    assert work(at(14, 11)) == 1
    assert [sent.subject for sent in mail.outbox] == ["Your ring, two weeks later"]


def test_a_worker_that_was_away_until_the_night_waits_for_the_morning(after: Circle) -> None:
    look(at(2), work=False)
    assert work(at(2, 22)) == 0
    assert look(at(3, 9)) == 1


def test_what_was_settled_while_a_reminder_waited_is_not_asked_about(after: Circle) -> None:
    look(at(2), work=False)
    actions.keep(after.ring, By(after.bo), offer=offer())
    assert work(at(2, 11)) == 0


def test_a_waiting_reminder_is_not_handed_over_at_every_look(after: Circle) -> None:
    for minutes in (0, 10, 20, 30):
        look(at(2) + timedelta(minutes=minutes), work=False)
    assert DBTaskResult.objects.count() == 1
    look(at(2) + timedelta(minutes=70), work=False)
    assert DBTaskResult.objects.count() == 2  # the first may be lost


def test_one_person_who_cannot_be_looked_at_keeps_nobody_waiting(after: Circle) -> None:
    with time_machine.travel(ENDED):
        wants(after, after.ada, time_zone="Europe/Atlantis")
    assert look(at(2)) == 1


def test_a_day_that_was_named_just_after_day_two_is_a_day_for_a_mail_too(after: Circle) -> None:
    actions.still_coming(after.ring, By(after.bo), offer=offer(), due=at(3).date())
    assert look(at(2)) == 1
    assert look(at(3, 11)) == 1
    assert "A day you named" in mail.outbox[-1].subject


def test_a_mail_tells_its_reader_and_its_subject_nobody(after: Circle) -> None:
    look(at(2))
    sent = mail.outbox[-1]
    assert "Ada: Bees." in sent.body
    for private in ("Ada", "Bees", "Spring", "Bo"):
        assert private not in sent.subject


def test_a_mail_is_in_the_language_of_its_reader(after: Circle) -> None:
    wants(after, after.bo, language="de")
    look(at(2))
    assert "Hallo Bo," in mail.outbox[-1].body


def test_mail_programs_can_unsubscribe_with_one_post(after: Circle) -> None:
    look(at(2))
    headers: dict[str, str] = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.sub(r"<https?://[^/]+(/.*)>", r"\1", headers["List-Unsubscribe"])
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert look(at(14)) == 0


def test_a_link_to_stop_that_is_only_opened_stops_nothing(after: Circle) -> None:
    look(at(2))
    assert "No more reminders?" in page(Client(), link("stop/"))
    assert look(at(14)) == 1


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("kept", OfferStatus.KEPT),
        ("let-go", OfferStatus.RELEASED),
        ("still", OfferStatus.PLEDGED),
    ],
)
def test_one_tap_from_a_mail_says_what_came_of_a_promise(
    after: Circle, said: str, then: OfferStatus
) -> None:
    look(at(2))
    anybody = Client()
    assert "Bees." in page(anybody, link())
    answer = anybody.post(link(), {"offer": offer().pk, "say": said})
    assert answer.status_code == 302
    assert offer().status == then
    assert (offer().still_at is not None) == (said == "still")


def test_what_was_said_by_a_tap_is_taken_back_by_one(after: Circle) -> None:
    look(at(2))
    for said in ("kept", "unsay"):
        Client().post(link(), {"offer": offer().pk, "say": said})
    assert offer().status == OfferStatus.PLEDGED


def test_one_tap_from_a_mail_says_what_came_of_an_ask(after: Circle) -> None:
    wants(after, after.ada)
    look(at(2))
    pk = after.ada.asks.get().pk
    Client().post(link(to="ada@example.org"), {"ask": pk, "say": "partly"})
    assert after.ada.asks.get().status == AskStatus.PARTLY


@pytest.mark.parametrize("pk", ["theirs", "999999999999999999", "٣", ""])
def test_the_link_is_for_their_own_promises_and_opens_no_seat(after: Circle, pk: str) -> None:
    with time_machine.travel(ENDED):
        after.cast.move(Phase.CLOSING)
        after.cast.offer(after.cy, after.ada)
        after.cast.move(Phase.FOLLOW_UP)
    theirs = Offer.objects.get(helper=after.cy)
    look(at(2))
    anybody = Client()
    said = {"offer": theirs.pk if pk == "theirs" else pk, "say": "kept"}
    assert anybody.post(link(), said).status_code == 404
    assert anybody.post(link(), {"offer": offer().pk, "say": "accept"}).status_code == 404
    assert anybody.get(f"/r/{after.ring.code}/").status_code == 404


def test_a_link_is_dead_when_the_address_is_another_or_gone(after: Circle) -> None:
    look(at(2))
    assert Client().get(link()).status_code == 200
    actions.leave_mail(after.ring, By(after.bo), participant=after.bo, mail="new@example.org")
    assert Client().get(link()).status_code == 404


def test_who_erased_themselves_is_not_written_to_and_leaves_no_reminder(after: Circle) -> None:
    look(at(2))
    actions.erase_person(after.ring, By(after.bo), participant=after.bo)
    assert look(at(14)) == 0
    assert not Reminder.objects.exists()
    assert Client().get(link()).status_code == 404


# --- once, and not lost ---------------------------------------------------------------------------------


def test_two_that_look_round_make_one_mail(after: Circle) -> None:
    look(at(2), work=False)
    assert look(at(2)) == 1
    assert Reminder.objects.count() == 1


def test_a_task_that_runs_twice_sends_once(after: Circle) -> None:
    look(at(2))
    tasks.send_reminder.call(Reminder.objects.get().pk)
    assert len(mail.outbox) == 1


def test_what_the_mail_server_did_not_take_is_tried_again(
    after: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(message: EmailMessage, **options: Any) -> int:
        raise SMTPServerDisconnected("try later")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", away)
        assert look(at(2)) == 0
    assert Reminder.objects.get().sent_at is None
    assert look(at(2) + timedelta(minutes=5)) == 0
    assert look(at(2) + timedelta(minutes=16)) == 1
    assert look(at(2) + timedelta(minutes=40)) == 0


def test_killed_between_sending_and_recording_it_is_sent_again_under_the_same_id(
    after: Circle,
) -> None:
    look(at(2))
    Reminder.objects.update(sent_at=None)  # as it is when a worker died just there
    assert look(at(2) + timedelta(minutes=16)) == 1
    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids[0] == ids[1]
    assert look(at(2) + timedelta(hours=1)) == 0


def test_who_stops_them_while_one_waits_gets_it_no_more(after: Circle) -> None:
    look(at(2), work=False)
    actions.stop_reminders(after.ring, By(after.bo), participant=after.bo)
    assert look(at(2)) == 0


# --- asking for them -------------------------------------------------------------------------------------


def ask_for(circle: Circle, phone: Client, **fields: str) -> str:
    path = f"/r/{circle.ring.code}/reminders/"
    return phone.post(path, fields, follow=True).content.decode()


def test_asking_for_them_sends_one_mail_that_shows_the_address_is_theirs(after: Circle) -> None:
    phone = after.cast.phone(after.cy)
    told = ask_for(after, phone, mail="cy@example.org", zone="Asia/Tokyo")
    assert "A mail is on its way to cy@example.org" in told
    assert mail.outbox[-1].to == ["cy@example.org"]
    cy = Participant.objects.get(name="Cy")
    assert (cy.reminders, cy.time_zone, cy.language) == (True, "Asia/Tokyo", "en")


def test_a_time_zone_that_there_is_not_is_the_sites(after: Circle) -> None:
    ask_for(after, after.cast.phone(after.cy), mail="cy@example.org", zone="../etc/passwd")
    cy = Participant.objects.get(name="Cy")
    assert cy.time_zone == ""
    assert reminders.zone(cy).key == timezone.get_default_timezone_name()


def test_what_is_no_address_comes_back_as_it_was_typed(after: Circle) -> None:
    told = ask_for(after, after.cast.phone(after.cy), mail="cy at example")
    assert "This does not look like a mail address." in told
    assert 'value="cy at example"' in told


def test_who_has_shown_an_address_is_not_asked_again(after: Circle) -> None:
    phone = after.cast.phone(after.bo)
    ask_for(after, phone)  # no more
    assert not Participant.objects.get(name="Bo").reminders
    told = ask_for(after, phone, mail="bo@example.org")
    assert "They go to bo@example.org" in told
    assert mail.outbox == []


# --- what is newly asked, at most once a week --------------------------------------------------------------


@pytest.fixture
def digest(after: Circle) -> Circle:
    """Bo also wants to hear what is newly asked; nothing that Bo promised is open."""
    Offer.objects.all().delete()
    Participant.objects.filter(pk=after.bo.pk).update(digest=True)
    return after


def ask_small(circle: Circle, who: Participant, day: int, text: str) -> None:
    with time_machine.travel(at(day, 9)):
        actions.ask_small(circle.ring, By(who), participant=who, text=text)


def test_who_likes_is_told_once_a_week_what_others_newly_ask(digest: Circle) -> None:
    assert look(at(3)) == 0
    ask_small(digest, digest.ada, 4, "Ten minutes on my first page.")
    assert look(at(4)) == 1
    assert "Ada: Ten minutes on my first page." in mail.outbox[-1].body
    assert "Ten minutes" not in mail.outbox[-1].subject
    ask_small(digest, digest.cy, 5, "One name in Lyon.")
    assert look(at(6)) == 0
    assert look(at(11)) == 1
    assert "Cy: One name in Lyon." in mail.outbox[-1].body
    assert "Ten minutes" not in mail.outbox[-1].body
    assert look(at(19)) == 0


def test_who_does_not_like_is_not_told(digest: Circle) -> None:
    Participant.objects.filter(pk=digest.bo.pk).update(digest=False)
    ask_small(digest, digest.ada, 4, "Ten minutes.")
    assert look(at(4)) == 0


def test_nobody_is_told_of_their_own_ask_nor_of_one_that_stays_in_the_room(digest: Circle) -> None:
    ask_small(digest, digest.bo, 4, "Mine.")
    with time_machine.travel(at(4, 9)):
        actions.reframe(digest.ring, By(digest.ada), ask=digest.ada.asks.get(), text="A secret.")
    digest.ada.asks.update(privacy="ring_only")
    assert look(at(4)) == 0


def test_an_ask_in_other_words_is_new(digest: Circle) -> None:
    with time_machine.travel(at(4, 9)):
        actions.reframe(digest.ring, By(digest.ada), ask=digest.ada.asks.get(), text="A stool.")
    assert look(at(4)) == 1
    assert "Ada: A stool." in mail.outbox[-1].body
