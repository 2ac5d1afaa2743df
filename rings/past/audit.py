"""Who did what, when and on which ring: the events of rings, as their facilitators and staff read them.

Accounts are called by what they are called. Somebody of a ring is *a participant* and never a name:
with one, a private offer or an easy no would be given away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rings.forms import Day
from rings.models import Access, Event, Ring
from rings.past import deeds
from rings.past.archive import between
from rings.team import called

A_PAGE = 50  # events
AT_MOST = 8  # words of a title
A_PK = 18  # digits of an id that a database can hold


def events_for(user: User) -> QuerySet[Event]:
    """The events this user may read: staff those of all rings that are not rehearsals, others of theirs."""
    if user.is_staff:
        return Event.objects.exclude(
            ring__in=Ring.objects.filter(practice=True).order_by().values("pk")
        )
    mine = Ring.objects.real().led_by(user.pk)
    return Event.objects.filter(ring__in=mine.order_by().values("pk"))


def _kinds() -> list[tuple[str, str]]:
    """Every kind of event by its words, in the order of the language of the page."""
    kinds = ((kind, str(deed)) for kind, deed in deeds.DEEDS.items())
    return [("", _("Anything")), *sorted(kinds, key=lambda kind: kind[1])]


class Filters(forms.Form):
    """What stands in the address. What cannot be is said at its field, and filters nothing."""

    ring = forms.CharField(
        required=False,
        max_length=120,
        label=pgettext_lazy("label of a field", "Ring: words of its title, or its number"),
    )
    who = forms.CharField(
        required=False, max_length=254, label=gettext_lazy("Who: a name, or a whole e-mail address")
    )
    what = forms.ChoiceField(choices=_kinds, required=False, label=gettext_lazy("What"))
    since = Day(required=False, label=pgettext_lazy("a day", "From"))
    until = Day(required=False, label=pgettext_lazy("a day", "To"))

    def events(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Those of these events that every filter lets through, newest first."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("ring"):
            events = events.filter(ring__in=_called(chosen["ring"]))
        if chosen.get("who"):
            events = events.filter(by_user__in=_accounts(chosen["who"]))
        if chosen.get("what"):
            events = events.filter(kind=chosen["what"])
        days = between("at", chosen.get("since"), chosen.get("until"))
        return events.filter(days).order_by("-pk")


def _called(typed: str) -> QuerySet[Ring, int]:
    """The rings whose title holds all these words, or whose number this is."""
    titled = Q()
    for word in typed.split()[:AT_MOST]:
        titled &= Q(title__icontains=word)
    number = typed.strip().removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= A_PK:
        titled |= Q(pk=int(number))
    return Ring.objects.filter(titled).order_by().values_list("pk", flat=True)


def _accounts(typed: str) -> list[int]:
    """The accounts that are called so. An address must be whole: nobody's is found out by trying."""
    whole = Concat("first_name", Value(" "), "last_name")
    found = User.objects.annotate(whole=whole).filter(
        Q(whole__icontains=typed) | Q(email__iexact=typed) | Q(email__istartswith=f"{typed}@")
    )
    return list(found.values_list("pk", flat=True))


@dataclass(frozen=True)
class Line:
    """One event as it is read."""

    pk: int
    at: datetime
    who: str
    what: str
    ring: Ring
    reason: str  # of the staff, for reading words
    undone: bool


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: int | None  # the id before which the next page begins


def page(events: QuerySet[Event], before: int | None) -> Page:
    """A page of events, those older than the id `before`. Three queries, however many there are.

    The first finds their ids alone: a database that must sort then sorts numbers, and not rows.
    """
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.values_list("pk", flat=True)[: A_PAGE + 1])
    rows = Event.objects.filter(pk__in=found[:A_PAGE]).order_by("-pk")
    shown = list(rows.select_related("ring", "by_user"))
    reasons = _reasons(shown)
    lines = [
        Line(
            pk=event.pk,
            at=event.at,
            who=_who(event),
            what=deeds.told(event),
            ring=event.ring,
            reason=reasons.get(event.refs.get("access"), ""),
            undone=event.undone,
        )
        for event in shown
    ]
    return Page(lines, shown[-1].pk if len(found) > A_PAGE else None)


def _reasons(events: Iterable[Event]) -> dict[Any, str]:
    """Why staff opened words, by the number of the record."""
    wanted = [event.refs.get("access") for event in events if event.kind == "open_words"]
    return dict(Access.objects.filter(pk__in=wanted).values_list("pk", "reason"))


def _who(event: Event) -> str:
    if event.by_user:
        return called(event.by_user)
    return "Ringsite" if event.kind in deeds.BY_ITSELF else _("a participant")
