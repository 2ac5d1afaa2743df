"""What the worker does (`manage.py db_worker`): it sends the mails that reminders are.

A reminder is a row before it is a mail, and marked as sent after the mail server took it. So none is
lost: one that failed, or whose worker was killed, is enqueued once more by `manage.py remind` a quarter
of an hour later. And it is recorded once, and sent once, but for one case: a worker killed after the
mail server took the mail and before that was recorded sends it again. Both copies then have the same
Message-ID, by which mail programs know them for one.
"""

import logging
from collections import defaultdict

from django.db import transaction
from django.tasks import task
from django.utils import timezone, translation

from rings import mails, reminders
from rings.models import Participant, Reminder

log = logging.getLogger(__name__)

MOST_TRIES = 4  # of a mail with the way back, a few minutes apart


@task
def send_way_back(seats: list[int], language: str, tries: int = 1) -> None:
    """Send each address that these seats have the link to its own ones; nothing for no seats.

    Enqueued in both cases, so that nobody can tell from the answer which it was. They are looked up
    again, and told apart to the letter: what the database takes for alike may be two people's.
    """
    people = Participant.objects.joined().filter(pk__in=seats, erased=False).exclude(mail="")
    of_each: defaultdict[str, list[Participant]] = defaultdict(list)
    for person in people.filter(mail_verified_at__isnull=False).select_related("ring"):
        of_each[person.mail].append(person)
    for theirs in of_each.values():
        try:
            with translation.override(language):
                mails.way_back(theirs)
        except OSError as error:  # what it says may name the address
            log.warning("a way back was not taken: %s", type(error).__name__)
            if tries < MOST_TRIES:
                again = send_way_back.using(run_after=timezone.now() + reminders.TRY_AGAIN / 5)
                again.enqueue([person.pk for person in theirs], language, tries + 1)


@task
def send_reminder(pk: int) -> None:
    """Send one reminder, unless it was sent, another worker is at it, or nobody wants it any more."""
    now = timezone.now()
    with transaction.atomic():
        row = Reminder.objects.select_for_update().filter(pk=pk, sent_at=None).first()
        if row is None or (row.tried_at and row.tried_at > now - reminders.TRY_AGAIN):
            return
        row.tried_at = now
        row.save(update_fields=["tried_at"])
    if not reminders.is_due(row, now):
        return
    try:
        deliver(row)
    except OSError as error:  # smtplib's own errors among them; what they say may name the address
        log.warning(
            "a reminder was not taken: %s",
            type(error).__name__,
            extra={"ring": row.participant.ring_id},
        )


def deliver(made: Reminder) -> None:
    """Send one reminder in its reader's language, by their clock, and then mark it as sent."""
    person = made.participant
    with translation.override(person.language), timezone.override(reminders.zone(person)):
        mails.reminder(made)
    Reminder.objects.filter(pk=made.pk).update(sent_at=timezone.now())
