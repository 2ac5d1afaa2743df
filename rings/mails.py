"""Mails to people of a ring, in their language; never a private word in a subject or a link."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from rings.models import Participant


def return_link(person: Participant, key: str) -> None:
    """Send somebody their return link. Opened from the mail it also shows that the address is theirs."""
    link = f"{settings.ORIGIN}/back/{person.ring_id}/{key}/?mail={_sign(person)}"
    text = render_to_string("rings/mail/return_link.txt", {"person": person, "link": link})
    send_mail(_("Your way back to your ring"), text, None, [person.mail])


def is_theirs(person: Participant, sign: str) -> bool:
    """Whether a link with this sign came from a mail to the address that somebody has left."""
    return bool(person.mail) and constant_time_compare(sign, _sign(person))


def _sign(person: Participant) -> str:
    said = f"{person.pk}/{person.mail}"
    return salted_hmac("rings.mail", said, algorithm="sha256").hexdigest()[:32]
