"""The form of a ring's plan: what its facilitator says of it beforehand, made clean."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rings.forms import NAME_LENGTH, YEARS, Text
from rings.models import Ring
from rings.phases import Keeping
from rings.plans import AROUND

ROUNDS = ((1, _("One round")), (2, _("Two: personal, then professional")))
MINUTES = _("How many minutes? 0 leaves it out.")


class RingForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A new ring. Minutes a turn may be halves; everything else is whole minutes."""

    title = Text(
        max_length=120,
        label=_("Name of the ring"),
        error_messages={"required": _("Give the ring a name people will recognise.")},
    )
    host = Text(
        max_length=NAME_LENGTH,
        label=_("Your name, as the room knows you"),
        error_messages={"required": _("People like to know whose ring it is.")},
    )
    turn_minutes = forms.DecimalField(
        min_value=1,
        max_value=30,
        max_digits=4,
        decimal_places=1,
        label=_("Minutes a turn"),
        error_messages={"required": MINUTES},
    )

    plan_name = Text(
        max_length=60,
        required=False,
        label=_("A name to keep this plan under, as a template"),
        error_messages={"max_length": _("Give it a shorter name: at most 60 characters.")},
    )
    rounds = forms.TypedChoiceField(
        choices=ROUNDS,
        coerce=int,
        required=False,
        label=_("Rounds"),
        widget=forms.RadioSelect,
    )

    circle_name = Text(
        max_length=80,
        required=False,
        label=_("Circle, if this group meets again"),
        error_messages={"max_length": _("Give it a shorter name: at most 80 characters.")},
    )
    keep_days = forms.TypedChoiceField(
        choices=Keeping,
        coerce=int,
        required=False,
        label=_("After the ring, names and words are kept for"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Ring
        fields = (
            "title",
            "host",
            "scope",
            "starts_at",
            "people_expected",
            "welcome_minutes",
            "writing_minutes",
            "rest_minutes",
            "wall_minutes",
            "closing_minutes",
            "rounds",
            "keep_days",
        )
        widgets = {
            "scope": forms.RadioSelect,
            "starts_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }
        labels = {
            "scope": _("What people may ask for"),
            "starts_at": pgettext_lazy("the ring", "Begins"),
            "people_expected": _("People expected"),
            "welcome_minutes": pgettext_lazy("minutes of the ring", "Welcome"),
            "writing_minutes": pgettext_lazy("minutes of the ring", "Writing"),
            "rest_minutes": pgettext_lazy("minutes of the ring", "Break"),
            "wall_minutes": pgettext_lazy("minutes of the ring", "Wall"),
            "closing_minutes": pgettext_lazy("minutes of the ring", "Closing"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circle_name"].widget.attrs["list"] = "circles"
        for name in AROUND:
            self.fields[name].error_messages["required"] = MINUTES
        self.fields["people_expected"].error_messages["required"] = _("How many do you expect?")

    def clean_rounds(self) -> int:
        rounds: int = self.cleaned_data["rounds"] or 1
        return rounds

    def clean_keep_days(self) -> int:
        days: int | str = self.cleaned_data["keep_days"]
        return Keeping.THREE_MONTHS if days == "" else int(days)

    def clean_people_expected(self) -> int:
        people: int = self.cleaned_data["people_expected"]
        if not 2 <= people <= 60:
            raise forms.ValidationError(_("A ring is for 2 to 60 people; 6 to 30 is best."))
        return people

    def clean_starts_at(self) -> datetime | None:
        begins: datetime | None = self.cleaned_data["starts_at"]
        if begins and begins.year not in YEARS:
            raise forms.ValidationError(
                _("Give a day that people can come to, such as 2027-05-31.")
            )
        return begins

    def shape(self) -> dict[str, Any]:
        """What a template keeps: everything but the day, the name and who hosts."""
        names = ("scope", "people_expected", "rounds", "keep_days", "turn_minutes", *AROUND)
        shape = {name: self.cleaned_data[name] for name in names}
        return {**shape, "turn_minutes": float(shape["turn_minutes"])}

    @staticmethod
    def like(ring: Ring) -> dict[str, Any]:
        """First values for another ring like this one, on another day; with the next one it is a circle."""
        names = ("title", "host", "scope", "people_expected", "rounds", "keep_days", *AROUND)
        return {
            **{name: getattr(ring, name) for name in names},
            "circle_name": ring.circle.name
            if ring.circle
            else ring.title[:80]
            if ring.is_over
            else "",
            "turn_minutes": ring.turn_seconds / 60,
        }

    def plan(self) -> dict[str, Any]:
        """The fields of the new `Ring`, and the name of its `circle`."""
        data = {name: v for name, v in self.cleaned_data.items() if name != "plan_name"}
        data["circle"] = data.pop("circle_name")
        data["turn_seconds"] = int(data.pop("turn_minutes") * 60)
        return data
