"""What people type, made clean: names, asks, offers, a new ring.

Text is NFC-normalised, loses control and bidi-override characters, and needs one visible character.
What is given back with a sentence is what was typed, cleaned in the same way.
"""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rings.models import Offer, Participant, Request, name_key
from rings.phases import AskKind, OfferKind, Privacy, ReplyKind, Strength
from rings.script import MOMENT, MOMENTS, wrong_place

BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Letters and signs by their category, and yet nothing to see: the Hangul fillers, the blank of Braille.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
NUL = "\0"  # left in place: Django's own validator refuses it with a sentence

NAME_LENGTH, ASK_LENGTH, NOTE_LENGTH = 60, 600, 400
NAME_KEY_LENGTH = Participant._meta.get_field("name_key").max_length or 0
YEARS = range(2000, 2101)  # in which a ring may begin: in odd years clocks and time zones end


def clean_text(typed: str) -> str:
    """NFC, without control and bidi-override characters; white space of any kind becomes one space."""
    spaced = " ".join(typed.split())
    kept = "".join(c for c in spaced if c == NUL or not _unwanted(c))
    return unicodedata.normalize("NFC", kept).strip()


def _unwanted(c: str) -> bool:
    return c in BIDI_OVERRIDES or unicodedata.category(c) in {"Cc", "Cs", "Co"} or _is_no_sign(c)


def _is_no_sign(c: str) -> bool:
    """Whether this will never be a character. One that is not yet (a new emoji) is left alone."""
    return ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


def has_visible(text: str) -> bool:
    """Whether there is anything to see. What Python does not know yet ("Cn") may well be seen by others."""
    return any(
        c not in BLANK and (unicodedata.category(c)[0] in "LNPS" or unicodedata.category(c) == "Cn")
        for c in text
    )


def whole(typed: str) -> int | None:
    """A whole number as a page sends it; None for what is none, or is beyond any that we count."""
    return int(typed) if typed.isdecimal() and len(typed) <= 18 else None


class Text(forms.CharField):
    """A line or a few of human text, cleaned as above."""

    def __init__(self, *, max_length: int, area: bool = False, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3}) if area else forms.TextInput()
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        text = clean_text(super().to_python(value) or "")
        if self.required and not has_visible(text):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return text if has_visible(text) else ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form holds when it comes back."""
        return None if data is None else clean_text(str(data)).replace(NUL, "")


class Name(Text):
    """What somebody is called by in a ring; two names are compared by their `name_key`."""

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if len(name_key(name)) > NAME_KEY_LENGTH:  # one sign may stand for a whole sentence
            raise forms.ValidationError(self.error_messages["max_length"], code="max_length")
        return name


class NameForm(forms.Form):
    """A name to be called by in this ring."""

    name = Name(
        max_length=NAME_LENGTH,
        label=_("What should we call you?"),
        error_messages={
            "required": _("Write the name you like to be called."),
            "max_length": _("Give a shorter name: at most 60 characters."),
        },
    )


class CodeForm(forms.Form):
    """The code on the screen."""

    code = forms.CharField(
        max_length=20,
        label=_("Code on the screen"),
        error_messages={"required": _("Type the eight signs you see on the screen.")},
    )


class AskForm(forms.Form):
    """An ask: what, why, by when, of which kind, and whether it stays in the room."""

    text = Text(
        max_length=ASK_LENGTH,
        area=True,
        required=False,
        label=_("What do you ask for?"),
        error_messages={
            "max_length": _("This is longer than a minute’s reading: at most 600 characters.")
        },
    )
    why = Text(
        max_length=NOTE_LENGTH,
        area=True,
        required=False,
        label=_("Why does it matter?"),
        error_messages={"max_length": _("Say it a little shorter: at most 400 characters.")},
    )
    by = forms.DateField(
        required=False,
        label=_("By when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a day, such as 2027-05-31.")},
    )
    kind = forms.ChoiceField(
        choices=AskKind, required=False, label=_("Kind of ask"), widget=forms.RadioSelect
    )
    privacy = forms.BooleanField(required=False, label=_("Stays in the room"))
    draft = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, ask: Request) -> "AskForm":
        return cls(
            initial={
                "text": ask.text,
                "why": ask.why,
                "by": ask.by,
                "kind": ask.kind,
                "privacy": ask.privacy == Privacy.RING_ONLY,
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text") and not data.get("draft") and "text" not in self.errors:
            self.add_error(
                "text", _("Write what you ask for. The smallest useful thing is enough.")
            )
        return data

    @property
    def words(self) -> tuple[str, str, date | None]:
        """Text, why and by when, as far as they have been written and can be read."""
        if not self.is_bound:
            return self.initial["text"], self.initial["why"], self.initial["by"]
        self.full_clean()
        data = self.cleaned_data
        return data.get("text", ""), data.get("why", ""), data.get("by")

    @property
    def fields_for_write(self) -> dict[str, Any]:
        """The keywords of `actions.write`."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "why": data["why"],
            "by": data["by"],
            "kind": data["kind"],
            "privacy": Privacy.RING_ONLY if data["privacy"] else Privacy.NORMAL,
            "ready": not data["draft"],
        }


class Day(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SmallAskForm(forms.Form):
    """One small thing, asked after the ring."""

    text = Text(
        max_length=200,
        area=True,
        label=_("What would help, and is small?"),
        error_messages={
            "required": _("Write the one small thing that would help."),
            "max_length": _("Small also means short: at most 200 characters."),
        },
    )
    by = Day(required=False, label=_("By when"))


class OfferForm(forms.Form):
    """A pledge: kind, strength, and if they like a line, a day, and for the asker's eyes only."""

    kind = forms.ChoiceField(
        choices=OfferKind,
        error_messages={
            "required": _("Choose what kind of help it is."),
            "invalid_choice": _("Choose what kind of help it is."),
        },
    )
    strength = forms.ChoiceField(choices=Strength, required=False)
    note = Text(
        max_length=NOTE_LENGTH,
        area=True,
        required=False,
        label=_("A line to go with it"),
        error_messages={"max_length": _("Say it a little shorter: at most 400 characters.")},
    )
    due = forms.DateField(
        required=False,
        label=_("By when"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a day, such as 2027-05-31.")},
    )
    private = forms.BooleanField(required=False)

    def clean_strength(self) -> str:
        return self.cleaned_data["strength"] or Strength.FIRM

    @classmethod
    def of(cls, offer: Offer) -> "OfferForm":
        names = ("kind", "strength", "note", "due", "private")
        return cls(initial={name: getattr(offer, name) for name in names})


class KeptForm(forms.Form):
    """What came of a promise that was kept; nothing of it must be said."""

    came_of = Text(
        max_length=NOTE_LENGTH,
        area=True,
        required=False,
        label=_("What came of it?"),
        error_messages={"max_length": _("Say it a little shorter: at most 400 characters.")},
    )
    hours = forms.FloatField(
        required=False,
        min_value=0,
        max_value=9999,
        label=_("Hours it saved"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        localize=True,
    )
    money = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10**9,
        label=_("Money it saved"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    @classmethod
    def of(cls, offer: Offer) -> "KeptForm":
        hours = None if offer.hours is None else f"{offer.hours:g}"
        return cls(initial={"came_of": offer.came_of, "hours": hours, "money": offer.money})


class StillForm(forms.Form):
    """Another day for a promise that is still coming, if there is one."""

    due = Day(required=False, label=_("By when"))


class MailForm(forms.Form):
    """The address to which somebody has their return link sent."""

    mail = forms.EmailField(
        max_length=254,
        label=_("Your mail address"),
        error_messages={
            "required": _("Write the address the link should go to."),
            "invalid": _("This does not look like a mail address."),
        },
    )


class RemindersForm(MailForm):
    """Where somebody is reminded, and whether also of what is newly asked."""

    digest = forms.BooleanField(
        required=False, label=_("Also what others newly ask, at most once a week")
    )


class ContactForm(forms.Form):
    """How somebody can be reached: a mail address, a number, a link, or nothing."""

    contact = Text(
        max_length=200,
        required=False,
        label=_("A mail address, a number or a link"),
        error_messages={"max_length": _("Say it shorter: at most 200 characters.")},
    )


class ThanksForm(forms.Form):
    """Thanks, in words if they like."""

    thanks = Text(
        max_length=NOTE_LENGTH,
        area=True,
        required=False,
        label=_("In your words, if you like"),
        error_messages={"max_length": _("Say it a little shorter: at most 400 characters.")},
    )

    aloud = forms.BooleanField(
        required=False, label=_("May be read at the opening of this group’s next ring")
    )

    @classmethod
    def of(cls, offer: Offer) -> "ThanksForm":
        return cls(initial={"thanks": offer.thanks, "aloud": offer.thanks_aloud})


class ReplyForm(forms.Form):
    """What is said to an ask without a promise, and if they like a few words with it."""

    kind = forms.ChoiceField(
        choices=ReplyKind,
        error_messages={
            "required": _("Choose one of these."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    words = Text(
        max_length=120,
        required=False,
        label=_("A few words, if you like"),
        error_messages={"max_length": _("A few words are enough: at most 120 characters.")},
    )


class ReasonForm(forms.Form):
    """Why somebody of the staff needs to read the words of a ring."""

    reason = Text(
        max_length=200,
        label=_("Why do you need them?"),
        error_messages={
            "required": _("Say why in a sentence; the ring’s facilitator can read it."),
            "max_length": _("Say it shorter: at most 200 characters."),
        },
    )


class RingFileForm(forms.Form):
    """A ring that somebody took along from another installation."""

    file = forms.FileField(
        label=_("File of a ring"),
        help_text=_("It ends in .json and holds at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        error_messages={
            "required": _("Choose a file of a ring."),
            "empty": _("There is nothing in this file."),
            "missing": _("Choose a file of a ring."),
            "invalid": _("Choose a file of a ring."),
        },
    )


class LineForm(forms.Form):
    """A facilitator's own words for a moment of the script; none keeps the product's."""

    moment = forms.ChoiceField(
        choices=[(moment.key, moment.when) for moment in MOMENTS], widget=forms.HiddenInput
    )
    text = Text(
        max_length=ASK_LENGTH,
        area=True,
        required=False,
        label=_("What I say"),
        error_messages={
            "max_length": _("Nobody can say this in one breath: at most 600 characters.")
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, moment = data.get("text", ""), MOMENT.get(data.get("moment", ""))
        if wrong := wrong_place(text):
            self.add_error("text", wrong)
        if moment and text == clean_text(str(moment.line)):
            data["text"] = ""
        return data


class InviteForm(forms.Form):
    """An account to lead a ring with, by its address."""

    address = forms.EmailField(
        label=_("E-mail address of their account"),
        error_messages={
            "required": _("Write the address they sign in with."),
            "invalid": _("That is not an e-mail address yet, such as ada@example.org."),
        },
    )
