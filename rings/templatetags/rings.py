"""Small words for templates: a live fragment in its page, a moment in epoch milliseconds, a contact."""

import re
from datetime import datetime
from urllib.parse import quote

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from rings.words import WORDS

register = template.Library()

SHORT = 12  # letters of a name that is said whole

# Shared fragments are drawn without the request, so their forms carry this empty field. Scripts send
# the token as a header; for pages without scripts it is filled in here, in the page alone.
CSRF_SLOT = '<input type="hidden" name="csrfmiddlewaretoken">'


@register.simple_tag(takes_context=True)
def live(context: Context, name: str) -> SafeString:
    """A fragment of this page, as the view drew it."""
    token = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(context["request"])
    )
    html: str = context["fragments"][name].replace(CSRF_SLOT, token)
    return mark_safe(html)  # noqa: S308  (safe: an auto-escaping template drew it; the token is escaped above)


@register.simple_tag
def csrf_slot() -> SafeString:
    """Where a form in a shared fragment holds its CSRF token."""
    return mark_safe(CSRF_SLOT)  # noqa: S308  (safe: a constant)


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The languages there are, each named as its speakers name it."""
    return settings.LANGUAGES


@register.simple_tag
def words() -> SafeString:
    """What the page's scripts say, for them to read."""
    return json_script(WORDS, "words")


@register.filter
def epoch(moment: datetime | None) -> int | str:
    """A moment in milliseconds since 1970, for the page's clock; "" for none."""
    return int(moment.timestamp() * 1000) if moment else ""


@register.filter
def minutes(seconds: int) -> str:
    """Seconds as a clock shows them: 270 -> 4:30."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@register.filter
def initials(name: str) -> str:
    """One or two letters for a bead: first and last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def first(name: str) -> str:
    """A name as one speaks to somebody: whole if it is short, else its first word."""
    return name if len(name) <= SHORT else (name.split() or [name])[0]


@register.filter
def opens(contact: str) -> str:
    """The address that opens what somebody wrote as their contact: mail, call, page; "" if nothing does."""
    if re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+", contact):
        return f"mailto:{quote(contact, safe='@')}"
    if re.fullmatch(r"\+?[\d\s()/.-]{6,24}", contact):
        return "tel:" + "".join(sign for sign in contact if sign.isdecimal() or sign == "+")
    return contact if re.fullmatch(r"https?://[^\s<>\"]+", contact) else ""


@register.filter
def writes(contact: str, message: str) -> str:
    """The same, with a message in it where mail or a phone's messages can take one."""
    address = opens(contact)
    if address.startswith("mailto:"):
        return f"{address}?body={quote(message)}"
    return f"sms:{address[4:]}?body={quote(message)}" if address.startswith("tel:") else address
