"""Which past rings a list shows, and in what order: what stands in its address, cleaned."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rings.forms import Day
from rings.models import Circle, Ring
from rings.past import search
from rings.phases import OVER, Phase
from rings.team import called

SIZES = {  # people, from and to
    "few": (0, 8),
    "some": (9, 15),
    "many": (16, 24),
    "crowd": (25, None),
}
SIZE_NAMES = (
    ("", _("Any size")),
    ("few", _("up to 8 people")),
    ("some", _("9 to 15 people")),
    ("many", _("16 to 24 people")),
    ("crowd", _("25 people or more")),
)
ORDERS: dict[str, tuple[str, ...]] = {
    "": ("-ended_at", "-pk"),
    "oldest": ("ended_at", "pk"),
    "title": ("title", "-ended_at", "-pk"),
    "people": ("-tally__people", "-ended_at", "-pk"),
    "offers": ("-tally__offers", "-ended_at", "-pk"),
}
ORDER_NAMES = (
    ("", _("Newest first")),
    ("oldest", _("Oldest first")),
    ("title", _("By title")),
    ("people", _("Most people first")),
    ("offers", _("Most offers first")),
)
STATES = [("", _("Any state")), *((str(phase), phase.label) for phase in Phase if phase in OVER)]


class Called(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A choice of accounts, each by what it is called."""

    def label_from_instance(self, obj: Any) -> str:
        return called(obj)


class Filters(forms.Form):
    """The filters of the archive. What cannot be is said at its field, and filters nothing."""

    q = forms.CharField(required=False, max_length=100, label=_("Words"), strip=True)
    since = Day(required=False, label=pgettext_lazy("a day", "From"))
    until = Day(required=False, label=pgettext_lazy("a day", "To"))
    size = forms.ChoiceField(choices=SIZE_NAMES, required=False, label=_("Size"))
    language = forms.ChoiceField(
        choices=[("", _("Any language")), *settings.LANGUAGES], required=False, label=_("Language")
    )
    state = forms.ChoiceField(choices=STATES, required=False, label=_("State"))
    sort = forms.ChoiceField(choices=ORDER_NAMES, required=False, label=_("Order"))

    def __init__(self, user: User, asked: Any) -> None:
        super().__init__(asked)
        self.user = user
        rings = Ring.objects.reviewed_by(user).order_by()
        led = User.objects.filter(Exists(rings.filter(facilitator=OuterRef("pk"))))
        self.fields["circle"] = forms.ModelChoiceField(
            Circle.objects.filter(Exists(rings.filter(circle=OuterRef("pk")))),
            required=False,
            label=_("Circle"),
            empty_label=_("All circles"),
        )
        self.fields["facilitator"] = Called(
            led.order_by("first_name", "last_name", "email"),
            required=False,
            label=_("Facilitator"),
            empty_label=_("Any facilitator"),
        )
        self.order_fields(("q", "since", "until", "circle", "facilitator"))

    def chosen(self) -> dict[str, Any]:
        """What is asked for and can be."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def rings(self) -> QuerySet[Ring]:
        """The past rings this user may look back on that all filters let through, in their order."""
        chosen = self.chosen()
        rings: QuerySet[Ring] = Ring.objects.reviewed_by(self.user)
        for name, value in chosen.items():
            if name in NARROW:
                rings = NARROW[name](rings, value)
        if "q" in chosen:
            rings = rings.filter(search.found(self.user, chosen["q"]))
        return rings.order_by(*ORDERS[chosen.get("sort", "")])


def _size(rings: QuerySet[Ring], size: str) -> QuerySet[Ring]:
    least, most = SIZES[size]
    rings = rings.filter(tally__people__gte=least)
    return rings if most is None else rings.filter(tally__people__lte=most)


def between(column: str, since: date | None = None, until: date | None = None) -> Q:
    """Whether a moment lies on these days, of which the last one counts too, by the site's clock."""
    days = Q()
    if since:
        days &= Q((f"{column}__gte", _midnight(since)))
    if until and until < date.max:
        days &= Q((f"{column}__lt", _midnight(until + timedelta(days=1))))
    return days


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


Narrow = Callable[[QuerySet[Ring], Any], QuerySet[Ring]]
NARROW: dict[str, Narrow] = {
    "since": lambda rings, day: rings.filter(between("ended_at", since=day)),
    "until": lambda rings, day: rings.filter(between("ended_at", until=day)),
    "circle": lambda rings, circle: rings.filter(circle=circle),
    "facilitator": lambda rings, user: rings.filter(facilitator=user),
    "size": _size,
    "language": lambda rings, language: rings.filter(language=language),
    "state": lambda rings, state: rings.filter(phase=state),
}


def selected(user: User, asked: Any) -> QuerySet[Ring]:
    """The past rings of this address, as the archive shows them."""
    return Filters(user, asked).rings()
