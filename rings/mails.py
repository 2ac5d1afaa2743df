"""Mails to people of a ring, in their language; never a private word in a subject or a link."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rings import reminders
from rings.models import Participant, Reminder

MINE = "rings.mine"
WAY_BACK_HOLDS = 3600  # seconds in which the link to all of somebody's rings is good
SUBJECTS: dict[str, str | Promise] = {
    "day 2": gettext_lazy("Your ring, two days later"),
    "day 14": gettext_lazy("Your ring, two weeks later"),
    "day 30": gettext_lazy("Your ring, a month later"),
}


def return_link(person: Participant, key: str) -> None:
    """Send somebody their return link. Opened from the mail it also shows that the address is theirs."""
    link = f"{settings.ORIGIN}/back/{person.ring_id}/{key}/?mail={_sign(person, 'mail')}"
    text = render_to_string("rings/mail/return_link.txt", {"person": person, "link": link})
    send_mail(_("Your way back to your ring"), text, None, [person.mail])


def is_theirs(person: Participant, sign: str) -> bool:
    """Whether a link with this sign came from a mail to the address that somebody has left."""
    return bool(person.mail) and constant_time_compare(sign, _sign(person, "mail"))


def reminder(made: Reminder) -> None:
    """Send one reminder. Sent twice, it has the same Message-ID both times."""
    person = made.participant
    page = f"{settings.ORIGIN}/mail/{person.pk}/{_sign(person, 'reminders')}/"
    week = made.occasion.startswith("week")
    named = _("What your ring asks") if week else _("A day you named for a promise")
    subject = SUBJECTS.get(made.occasion, named)
    context: dict[str, Any] = {
        "ring_page": f"{settings.ORIGIN}/r/{person.ring.code}/",
        "fresh": reminders.newly_asked(person, reminders.told_before(person)) if week else [],
        "person": person,
        "occasion": made.occasion,
        "promises": reminders.promises(person),
        "asks": reminders.asks(person),
        "page": page,
    }
    text = render_to_string(f"rings/mail/{'week' if week else 'reminder'}.txt", context)
    once = salted_hmac("rings.reminder", str(made.pk), algorithm="sha256").hexdigest()[:32]
    headers = {
        "Message-ID": f"<{once}@{settings.ORIGIN.rpartition('/')[2].partition(':')[0]}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{page}stop/>",  # RFC 8058: one POST, no page in between
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    EmailMessage(str(subject), text, None, [person.mail], headers=headers).send()


def way_back(people: list[Participant]) -> None:
    """Send one person, who is in several rings with one address, the link to all of them."""
    mail = people[0].mail
    seats = [[person.pk, _sign(person, "mine")] for person in people]
    link = f"{settings.ORIGIN}/mine/{signing.dumps(seats, salt=MINE)}/"
    text = render_to_string("rings/mail/way_back.txt", {"link": link, "people": people})
    send_mail(_("Your way back to your rings"), text, None, [mail])


def came_by(token: str) -> list[Participant] | None:
    """Whose seats a link of such a mail opens, as far as they are there still; None for no such link."""
    try:
        seats = signing.loads(token, salt=MINE, max_age=WAY_BACK_HOLDS)
    except signing.BadSignature:
        return None
    signs = dict(seats)
    people = Participant.objects.joined().filter(pk__in=signs).exclude(mail="")
    there = people.select_related("ring").order_by("pk")
    return [person for person in there if _sign(person, "mine") == signs[person.pk]]


def whose(pk: int, sign: str) -> Participant | None:
    """Who got the reminders whose links say this; None when the address is no longer theirs."""
    person = Participant.objects.select_related("ring").filter(pk=pk).exclude(mail="").first()
    known = person and constant_time_compare(sign, _sign(person, "reminders"))
    return person if known else None


def _sign(person: Participant, purpose: str) -> str:
    said = f"{person.pk}/{person.mail}"
    return salted_hmac(f"rings.{purpose}", said, algorithm="sha256").hexdigest()[:32]
