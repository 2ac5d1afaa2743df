"""The made-up people of a rehearsal: who comes when, what each asks, who offers what. Words only.

Seconds are those of an unhurried ring. Nobody real is meant by any of them. What they say is stored
in the language that is active when they say it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from rings.phases import AskKind, OfferKind, Strength


@dataclass(frozen=True)
class MadeUp:
    """Somebody made up. `comes` counts from the opening of the lobby, `writes` from that of the writing."""

    name: str
    comes: int
    writes: int
    text: Lazy
    why: Lazy
    kind: AskKind = AskKind.PERSONAL


@dataclass(frozen=True)
class Promise:
    """An offer that will be made, so many seconds into the turn of the one it is for."""

    helper: str
    after: int
    kind: OfferKind
    note: Lazy
    strength: Strength = Strength.FIRM
    private: bool = False


LATE = "Jun Mori"  # comes when the turns are on, and stands at the door
AWAY = "Priya Raman"  # puts the phone away after writing, and is not here when called
QUIET = "Lars Holm"  # whose ask nobody has an answer to at once
WITHOUT_A_PHONE = "Otto"  # waves; the facilitator gives him a place and writes for him
OTTO_SAYS = _("Who could read me two letters in Dutch before Christmas?")

TROUPE = (
    MadeUp(
        "Ines Duarte",
        2,
        12,
        _(
            "By Sunday I would like the name of a dentist near the tram line who is patient "
            "with a nervous nine-year-old."
        ),
        _("Our last visit ended in tears."),
    ),
    MadeUp(
        "Tomasz Nowak",
        5,
        20,
        _(
            "I am learning to swim at 41. Would anyone come to the pool with me once "
            "before the end of the month?"
        ),
        _("Alone I will not go in at all."),
    ),
    MadeUp(
        AWAY,
        9,
        8,
        _(
            "Could someone who reads spreadsheets for a living spend 20 minutes "
            "finding the slide that confuses them?"
        ),
        _("I present our budget on Thursday week."),
        AskKind.PROFESSIONAL,
    ),
    MadeUp(
        QUIET,
        14,
        30,
        _(
            "I hope to reach anyone who knows the port archives of Trieste, "
            "before my grandmother is 90 in October."
        ),
        _("She left in 1952 and has one photo of the boat."),
    ),
    MadeUp(
        "Amina Yusuf",
        20,
        25,
        _(
            "May we borrow a cargo bike for one weekend in May? We will return it washed and with cake."
        ),
        _("We want to dry-run living without a car."),
    ),
    MadeUp(
        "Kofi Mensah",
        27,
        38,
        _(
            "Can someone show me, in an hour before the summer, "
            "how to split our volunteer list so that I stop breaking it?"
        ),
        _("It is one giant sheet, and 60 people depend on it."),
        AskKind.PROFESSIONAL,
    ),
    MadeUp(
        LATE,
        8,
        0,
        _(
            "I am looking for two school caretakers to talk with for 15 minutes each before 20 June."
        ),
        _("To check whether our heating sensor solves a real problem."),
        AskKind.PROFESSIONAL,
    ),
)

PROMISES: dict[str, tuple[Promise, ...]] = {
    "Ines Duarte": (
        Promise(
            "Amina Yusuf",
            9,
            OfferKind.INFORMATION,
            _("Dr Osei, two stops after the bridge. They may hold the mirror."),
        ),
        Promise(
            "Kofi Mensah",
            18,
            OfferKind.SUPPORT,
            _("Mine is nine too. They could go in together."),
            Strength.WILL_TRY,
        ),
        Promise(
            "Tomasz Nowak",
            28,
            OfferKind.INTRODUCTION,
            _("My sister-in-law works at one. I will ask her."),
        ),
    ),
    "Tomasz Nowak": (
        Promise(
            "Ines Duarte", 8, OfferKind.SUPPORT, _("Tuesdays at seven I swim anyway. Come along.")
        ),
        Promise(
            "Kofi Mensah",
            20,
            OfferKind.ADVICE,
            _("I learned at 38; ten minutes on the phone, whenever."),
        ),
    ),
    AWAY: (
        Promise(
            "Kofi Mensah", 10, OfferKind.SKILL, _("Send it on Monday, I will read it on the train.")
        ),
        Promise(
            "Jun Mori",
            22,
            OfferKind.ADVICE,
            _("I have sat through many of these."),
            Strength.WILL_TRY,
        ),
    ),
    QUIET: (
        Promise(
            "Priya Raman",
            50,
            OfferKind.INTRODUCTION,
            _("My aunt was a harbour clerk there. I will write to her."),
            Strength.WILL_TRY,
        ),
    ),
    "Amina Yusuf": (
        Promise("Tomasz Nowak", 9, OfferKind.RESOURCE, _("Ours is in the yard most weekends.")),
        Promise("Lars Holm", 19, OfferKind.INFORMATION, _("The library on Mill Road lends one.")),
        Promise(
            "Ines Duarte",
            27,
            OfferKind.SUPPORT,
            _("We did it for a year. Ask me anything."),
            private=True,
        ),
    ),
    "Kofi Mensah": (
        Promise("Priya Raman", 9, OfferKind.SKILL, _("An hour on a Saturday, I bring the coffee.")),
        Promise(
            "Amina Yusuf", 21, OfferKind.ADVICE, _("We split ours last year; I kept my notes.")
        ),
    ),
    LATE: (
        Promise(
            "Lars Holm",
            9,
            OfferKind.INTRODUCTION,
            _("Mr Bell at my daughter’s school loves to talk boilers."),
        ),
        Promise(
            "Ines Duarte",
            20,
            OfferKind.INTRODUCTION,
            _("My neighbour keeps two schools warm."),
            Strength.WILL_TRY,
        ),
    ),
}

# For somebody real, and for who has no phone: what fits any ask.
FOR_ANYBODY = (
    Promise(
        "Ines Duarte", 10, OfferKind.ADVICE, _("I have been near this. Half an hour, this week?")
    ),
    Promise(
        "Amina Yusuf", 20, OfferKind.INTRODUCTION, _("I may know whom to ask."), Strength.WILL_TRY
    ),
    Promise("Tomasz Nowak", 30, OfferKind.SUPPORT, _("Count on me for company.")),
)
