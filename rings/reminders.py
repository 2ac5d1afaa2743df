"""Whom to remind of what, and when: two days, two weeks and a month after a ring, and on days people named.

Only who asked for it, at an address that was shown to be theirs, once an occasion, at most one mail a
day, between eight in the morning and eight in the evening of their own time zone, and only while there
is something to say: a promise that is open, or help that is coming to an ask that is open.

Who likes is also told, at most once a week, what others of the ring newly asked or put in other words.

`note` writes down what is due; `rings.tasks` sends it. What was not sent is tried again until its
occasion has passed.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from rings.models import Offer, Participant, Reminder, Request
from rings.phases import AskStatus, OfferStatus, Phase, Privacy

DAYS = (2, 14, 30)  # after the end of a ring
LATE = 3  # days from which on a mail for one of those days is not worth sending any more
WAKING = range(8, 20)  # hours of their own day in which people are written to
WEEK = timedelta(days=7)
APART = timedelta(hours=16)  # between two mails to one person
TRY_AGAIN = timedelta(minutes=15)  # after a worker began to send, and nothing was heard of it

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


def occasion(person: Participant, dues: list[date | None], now: datetime) -> str:
    """Which of the days after the ring, or that they named, this is for somebody; "" for none.

    `dues` are the days of their open promises.
    """
    at_home = now.astimezone(zone(person))
    ended = person.ring.ended_at
    if ended is None:
        return ""
    since = (at_home.date() - ended.astimezone(zone(person)).date()).days
    for days in DAYS:
        if 0 <= since - days < LATE:
            return f"day {days}"
    return f"due {at_home.date()}" if at_home.date() in dues else ""


def newly_asked(person: Participant, since: datetime | None) -> QuerySet[Request]:
    """What others of the ring asked or put in other words since a moment, where it may stand in a mail."""
    said = person.ring.events.filter(kind__in=("ask_small", "reframe"), at__gt=since)
    found = {event.refs.get("ask") for event in said}
    others = person.ring.asks.filter(pk__in=found, status=AskStatus.OPEN, hidden=False)
    shown = others.filter(privacy=Privacy.NORMAL).exclude(text="").exclude(participant=person)
    return shown.filter(participant__erased=False).select_related("participant")


def told_before(person: Participant, made: Reminder | None = None) -> datetime | None:
    """When somebody was last told what is newly asked, before this mail; else when the ring ended."""
    earlier = person.reminders_made.filter(occasion__startswith="week")
    if made:
        earlier = earlier.exclude(pk=made.pk)
    last = earlier.order_by("-made_at").first()
    return last.made_at if last else person.ring.ended_at


def _week(person: Participant, now: datetime) -> str:
    """The week of which somebody could be told what is newly asked; one that was begun goes on."""
    if not person.digest:
        return ""
    latest = person.reminders_made.filter(occasion__startswith="week").order_by("-made_at").first()
    if latest and latest.made_at > now - WEEK:
        return latest.occasion
    fresh = newly_asked(person, told_before(person)).exists()
    return f"week {now.astimezone(zone(person)).date()}" if fresh else ""


def still_wanted(person: Participant) -> bool:
    """Whether this person may be written to, as things stand now."""
    ring = person.ring
    here = person in ring.participants.joined() and not person.erased
    verified = bool(person.mail) and person.mail_verified_at is not None
    return here and person.reminders and verified and ring.phase == Phase.FOLLOW_UP


def _wishing() -> QuerySet[Participant]:
    people = Participant.objects.joined().filter(reminders=True, mail_verified_at__isnull=False)
    after = people.filter(erased=False, ring__phase=Phase.FOLLOW_UP, ring__practice=False)
    return after.exclude(mail="").select_related("ring")


def note(now: datetime) -> Iterator[Reminder]:
    """Write down each reminder that is due, and give those that are to be sent now.

    It may run twice, or at once on two machines: a reminder is one row. Given again is what a worker
    began to send a while ago and did not finish.
    """
    for person in _wishing().iterator():
        if now.astimezone(zone(person)).hour not in WAKING:
            continue
        mine = list(promises(person))
        name = occasion(person, [offer.due for offer in mine], now)
        if not (name and (mine or asks(person).exists())):
            name = _week(person, now)
        if not name:
            continue
        made = person.reminders_made.filter(occasion=name).first()
        if made is None:
            if person.reminders_made.filter(made_at__gt=now - APART).exists():
                continue
            made, new = Reminder.objects.get_or_create(
                participant=person, occasion=name, defaults={"made_at": now}
            )
            if new:
                yield made
        elif made.sent_at is None and (made.tried_at or made.made_at) <= now - TRY_AGAIN:
            yield made
