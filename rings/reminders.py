"""Whom to remind of what, and when: two days, two weeks and a month after a ring, and on days people named.

Only who asked for it, at an address that was shown to be theirs, once an occasion, at most one mail a
day, between eight in the morning and eight in the evening of their own time zone, and only while there
is something to say: a promise that is open, or help that is coming to an ask that is open.

Who likes is also told, at most once a week, what others of the ring newly asked or put in other words.

`note` writes down what is due; `rings.tasks` sends it. What was not sent is tried again until its
occasion has passed.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from rings.models import Offer, Participant, Reminder, Request
from rings.phases import AskStatus, OfferStatus, Phase, Privacy, Seat

log = logging.getLogger(__name__)

DAYS = (2, 14, 30)  # after the end of a ring
LATE = 3  # days from which on a mail for one of those days is not worth sending any more
WAKING = range(8, 20)  # hours of their own day in which people are written to
WEEK = timedelta(days=7)
APART = timedelta(hours=16)  # between two mails to one person
TRY_AGAIN = timedelta(minutes=15)  # after a worker began to send, and nothing was heard of it
LOST = timedelta(hours=1)  # after which a task that no worker has begun counts as lost

OPEN = (OfferStatus.PLEDGED, OfferStatus.ACCEPTED)


def zone(person: Participant) -> ZoneInfo:
    """Where somebody is, as their page said; else where the site is."""
    return ZoneInfo(person.time_zone or timezone.get_default_timezone_name())


def promises(person: Participant) -> QuerySet[Offer]:
    """What somebody promised and has said nothing final of."""
    mine = person.offers.filter(status__in=OPEN)
    return mine.select_related("asker").order_by("due", "created_at")


def asks(person: Participant) -> QuerySet[Request]:
    """What somebody asked, is still open, and has help coming to it."""
    helped = person.help.filter(status__in=(*OPEN, OfferStatus.KEPT)).values("ask")
    return person.asks.filter(status=AskStatus.OPEN, pk__in=helped)


def occasions(person: Participant, dues: list[date | None], now: datetime) -> list[str]:
    """Which of the days after the ring, or that they named, this is for somebody; mostly none.

    `dues` are the days of their open promises.
    """
    today = now.astimezone(zone(person)).date()
    ended = person.ring.ended_at
    if ended is None:
        return []
    since = (today - ended.astimezone(zone(person)).date()).days
    return [
        *(f"day {days}" for days in DAYS if 0 <= since - days < LATE),
        *([f"due {today}"] if today in dues else []),
    ]


def newly_asked(person: Participant, since: datetime | None) -> QuerySet[Request]:
    """What others of the ring asked or put in other words since a moment, where it may stand in a mail."""
    said = person.ring.events.filter(kind__in=("ask_small", "reframe"), at__gt=since)
    found = {event.refs.get("ask") for event in said}
    others = person.ring.asks.filter(pk__in=found, status=AskStatus.OPEN, hidden=False)
    shown = others.filter(privacy=Privacy.NORMAL).exclude(text="").exclude(participant=person)
    there = shown.filter(participant__erased=False, participant__seat=Seat.JOINED)
    return there.select_related("participant")


def told_before(person: Participant) -> datetime | None:
    """When somebody was last told what is newly asked; else when the ring ended."""
    told = person.reminders_made.filter(occasion__startswith="week", sent_at__isnull=False)
    last = told.order_by("-sent_at").first()
    return last.made_at if last else person.ring.ended_at


def _week(person: Participant, now: datetime) -> str:
    """The week of which somebody is told what is newly asked; one that was begun goes on."""
    latest = person.reminders_made.filter(occasion__startswith="week").order_by("-made_at").first()
    if not person.digest or (latest and latest.sent_at and latest.sent_at > now - WEEK):
        return ""
    if latest and latest.sent_at is None and latest.made_at > now - WEEK:
        return latest.occasion
    return f"week {now.astimezone(zone(person)).date()}"


def is_due(made: Reminder, now: datetime) -> bool:
    """Whether a reminder may go out at this moment, as things stand: hours may lie behind its row."""
    person = made.participant
    ring = person.ring
    here = person in ring.participants.joined() and not person.erased
    verified = bool(person.mail) and person.mail_verified_at is not None
    wanted = here and person.reminders and verified and ring.phase == Phase.FOLLOW_UP
    just_now = person.reminders_made.filter(sent_at__gt=now - APART).exclude(pk=made.pk).exists()
    return wanted and not just_now and made.occasion in _now(person, now, made)


def _now(person: Participant, now: datetime, made: Reminder | None = None) -> list[str]:
    """What somebody could be written to about at this moment; nothing by night."""
    if now.astimezone(zone(person)).hour not in WAKING:
        return []
    mine = list(promises(person))
    names = occasions(person, [offer.due for offer in mine], now)
    if not (mine or asks(person).exists()):
        names = []
    week = made.occasion if made and made.occasion.startswith("week") else _week(person, now)
    if week and newly_asked(person, told_before(person)).exists():
        names.append(week)
    return names


def _wishing() -> QuerySet[Participant]:
    people = Participant.objects.joined().filter(reminders=True, mail_verified_at__isnull=False)
    after = people.filter(erased=False, ring__phase=Phase.FOLLOW_UP, ring__practice=False)
    return after.exclude(mail="").select_related("ring")


def note(now: datetime) -> Iterator[Reminder]:
    """Write down each reminder that is due, and give those that are to be handed to a worker now.

    It may run twice, or at once on two machines: a reminder is one row. Given again is what a worker
    began and did not finish, and after a while what none has begun. One person who cannot be looked at
    is logged, and keeps nobody else waiting.
    """
    for person in _wishing().iterator():
        try:
            made = _for(person, now)
        except Exception:
            log.exception("a reminder could not be looked for", extra={"ring": person.ring_id})
            continue
        if made:
            made.handed_at, made.tried_at = now, None
            made.save(update_fields=["handed_at", "tried_at"])
            yield made


def _for(person: Participant, now: datetime) -> Reminder | None:
    """The one reminder to hand over for somebody now: one that waits, or a new one."""
    rows = {made.occasion: made for made in person.reminders_made.all()}
    lately = any(made.sent_at and made.sent_at > now - APART for made in rows.values())
    for name in [] if lately else _now(person, now):
        made = rows.get(name)
        if made is None:
            return Reminder.objects.get_or_create(
                participant=person, occasion=name, defaults={"made_at": now}
            )[0]
        if made.sent_at is None:
            return made if _again(made, now) else None
    return None


def _again(made: Reminder, now: datetime) -> bool:
    """Whether a reminder that was handed over is handed over once more."""
    if made.handed_at is None:
        return True
    return made.handed_at <= now - (TRY_AGAIN if made.tried_at else LOST)
