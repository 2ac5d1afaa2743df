"""The Ask studio: what it says of a text being written, and words to begin and to shrink an ask with.

The coach (`rings.coach`) looks; here stand the questions and what a tap writes. Nothing of it is kept,
counted or shown to anybody but the writer.

The coach reads English. In another language nobody judges the text: all five questions stand there at once.
What is marked with `_` is translated where it is drawn; what the coach says is English only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from rings import coach

BLANK = "___"  # where the caret goes when a starter is put into the text

NAMES = {
    "specific": "Specific",
    "meaningful": "Why",
    "action": "Action",
    "realistic": "Doable",
    "time_bound": "By when",
}
LETTER = dict(zip(NAMES, "SMART", strict=True))


@dataclass(frozen=True)
class Chip:
    """A tap that writes: `put` goes to the end of the text, `day` into the field for by when.

    One without a label says what it writes.
    """

    label: str
    put: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Mark:
    letter: str
    name: str
    there: bool
    explained: str


@dataclass(frozen=True)
class Studio:
    """What stands under the text: five marks, one thing to say, and what a tap would write.

    Where the coach does not read there are no marks, but all `questions`, each with its own taps.
    """

    marks: list[Mark]
    says: str
    chips: Sequence[Chip]
    questions: Sequence[tuple[str, Sequence[Chip]]] = ()


QUESTIONS = {
    "specific": _("What would a yes look like?"),
    "meaningful": _("Why does it matter to you now?"),
    "action": _("What should someone do after hearing you?"),
    "realistic": _("Could a person in this ring, or someone they know, really do it?"),
    "time_bound": _("By when, and is that date real?"),
}
BEGIN = _("Nothing comes? Begin with one of these.")
UNREAD = _(
    "The hints read English only; in other languages, these five questions are yours to ask."
)
CHIPS = {
    "specific": (
        Chip(_("someone who …"), _("Someone who ___")),
        Chip(_("for example …"), _("For example, ___")),
        Chip(_("near …"), _("Near ___")),
    ),
    "meaningful": (
        Chip(_("because …"), _("because ___")),
        Chip(_("so that …"), _("so that ___")),
        Chip(_("it would save me …"), _("It would save me ___")),
    ),
    "action": (
        Chip(_("could you introduce me to …"), _("Could you introduce me to ___?")),
        Chip(_("who could look at …"), _("Who could look at ___ for 15 minutes?")),
        Chip(_("may I borrow …"), _("May I borrow ___?")),
    ),
    "realistic": (
        Chip(_("a first conversation"), _("A first conversation of 20 minutes would be enough.")),
        Chip(_("only a name"), _("A name is enough.")),
        Chip(_("one small part"), _("For now only ___")),
    ),
}
STARTERS = (
    Chip("", _("I am trying to ___ and I am stuck at ___")),
    Chip("", _("It would save me a week if someone ___")),
    Chip("", _("Do you know anyone who has ever ___?")),
    Chip("", _("One small thing that would help is ___")),
    Chip("", _("On behalf of ___, I am asking for ___")),
)
LADDER = (
    (
        _("Too big?"),
        _("Ask for the first conversation."),
        _("Could I have 20 minutes with somebody who ___?"),
    ),
    (_("Too small?"), _("Ask what it is part of."), _("It is part of something larger: ___")),
    (
        _("Too private?"),
        _("Ask for the person, not the story."),
        _("May I speak alone with somebody who knows ___?"),
    ),
)
PAIRS = (
    (
        _("I need help with marketing."),
        _(
            "Who could look at our sign-up page for 15 minutes this week and tell me where they stopped?"
        ),
    ),
    (
        _("I want a new job."),
        _(
            "I am after one conversation this month with someone who hires lab technicians in Leeds."
        ),
    ),
    (
        _("Any tips for sleep?"),
        _("Which one habit ended your 4 a.m. waking? I will try three in the next two weeks."),
    ),
    (
        _("Someone to fund our project."),
        _("By 15 March we need 600 for paint. Who knows a firm that gives left-over tins?"),
    ),
)
EXAMPLES = (
    _(
        "By Sunday I would like the name of a dentist near the tram line who is patient with a nervous "
        "nine-year-old; our last visit ended in tears."
    ),
    _(
        "I am learning to swim at 41. Would anyone come to the pool with me once before the end of the "
        "month, so I go in at all?"
    ),
    _(
        "I present our budget on Thursday week. Could someone who reads spreadsheets for a living spend 20 "
        "minutes finding the slide that confuses them?"
    ),
    _(
        "I need a second pair of eyes on a 300-word Portuguese e-mail to a supplier by Tuesday noon: it "
        "must stay friendly while saying no."
    ),
    _(
        "We want to dry-run living without a car. May we borrow a cargo bike for one weekend in May? We "
        "will return it washed and with cake."
    ),
    _(
        "My father has just been told he has early Parkinson’s. I would value 30 minutes this month with "
        "someone whose parent has had it for a few years."
    ),
    _(
        "I am looking for two school caretakers to interview for 15 minutes each before 20 June, to check "
        "whether our heating sensor solves a real problem."
    ),
    _(
        "Our volunteer database is one giant sheet. Can someone show me, in an hour before the summer, how "
        "to split it so that I stop breaking it?"
    ),
    _(
        "My grandmother left Trieste in 1952 and has one photo of the boat. By her 90th birthday in October "
        "I hope to reach anyone who knows port archives there."
    ),
    _(
        "I start fostering in September and know nobody who has done it. I am looking for one family to "
        "ring on bad evenings during the first three months."
    ),
    _(
        "To run a repair café all year we need a ground-floor room, 40 m², two Saturdays a month from "
        "January. Who knows someone with an idle shop front?"
    ),
    _(
        "I have six weeks to decide between leading a team and staying a specialist. I would like to talk "
        "with two people who chose each, half an hour each, before 1 July."
    ),
)


def look(text: str, why: str, by: date | None, *, today: date) -> Studio:
    """What to show under this text, and in these two fields, today where its writer is."""
    if not _is_read():
        return _unread(text, today)
    review = coach.review(text, today, why, by)
    marks = [
        Mark(LETTER[letter], name, review.marks[letter], review.explained[letter])
        for letter, name in NAMES.items()
    ]
    if not text.strip():
        return Studio(marks, gettext(BEGIN), _said(STARTERS))
    day = review.when.day if review.when and not by else None
    chips = [Chip(f"{day:%A} {day.day} {day:%B}: make it the day", day=day)] if day else []
    if review.next:
        more = _said(_chips(review.next, today))
        return Studio(marks, gettext(QUESTIONS[review.next]), [*more, *chips])
    return Studio(
        marks, "All five are there, and I have nothing to add. Read it aloud once.", chips
    )


def _is_read() -> bool:
    """Whether the coach reads the language of the page."""
    return get_language().startswith("en")


def _unread(text: str, today: date) -> Studio:
    """What to show under a text in a language that the coach does not read."""
    if text.strip():
        questions = [(gettext(q), _said(_chips(letter, today))) for letter, q in QUESTIONS.items()]
    else:
        questions = [(gettext(q), []) for q in QUESTIONS.values()]
        questions.append((gettext(BEGIN), _said(STARTERS)))
    return Studio([], gettext(UNREAD), [], questions)


def _chips(letter: str, today: date) -> Sequence[Chip]:
    if letter != "time_bound":
        return CHIPS[letter]
    sunday = today + timedelta(days=6 - today.weekday() or 7)
    return (
        # where nobody reads the day out of the words, the tap writes the day itself
        Chip(_("by Sunday"), _("by Sunday") if _is_read() else "", sunday),
        Chip(_("this month"), _("this month")),
        Chip(_("pick a day")),
    )


def _said(chips: Sequence[Chip]) -> list[Chip]:
    """These chips in the language of the page."""
    return [
        Chip(
            gettext(chip.label) or gettext(chip.put).replace(BLANK, "…"),
            gettext(chip.put),
            chip.day,
        )
        for chip in chips
    ]


def in_language(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows of LADDER or PAIRS in the language of the page."""
    return [tuple(map(gettext, row)) for row in rows]


def put(text: str, words: str) -> str:
    """The text with these words at its end, as a tap on a chip writes them."""
    before = text.rstrip()
    return f"{before} {words.replace(BLANK, '…')}" if before else words.replace(BLANK, "…")


def examples(page: int) -> list[str]:
    """Three asks that worked, others for each page."""
    start = page * 3 % len(EXAMPLES)
    return [gettext(example) for example in islice(EXAMPLES, start, start + 3)]
