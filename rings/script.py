"""The facilitator's script: what to say at each moment, the product's own words, in one place.

A facilitator may put words of their own for any moment (`models.ScriptLine`). Words may hold the places
of `PLACES`; `fill` leaves out the part of a sentence for which there is nothing to put in. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rings.phases import Phase

PLACES = {
    "name": _("who has the ring"),
    "next": _("who comes next"),
    "then": _("who comes after that"),
    "n": _("the offers so far, as “12 offers”"),
}
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Moment:
    """A moment of the script: its key, when it comes, and the product's line for it."""

    key: str
    comes: Promise
    says: Promise

    @property
    def when(self) -> str:
        return str(self.comes)

    @property
    def line(self) -> str:
        return str(self.says)


MOMENTS = (
    Moment(
        "lobby",
        pgettext_lazy("a moment of the script", "Lobby"),
        _(
            "Welcome. Scan the code and write the name you like to be called. No phone? Wave, and we "
            "will write for you."
        ),
    ),
    Moment(
        "why",
        pgettext_lazy("a moment of the script", "Why"),
        _(
            "For the next while we do one unusual thing: each of us asks for something that matters, "
            "and the rest of us look through what we know and whom we know. Nobody keeps score. The "
            "person who helps you may not be the person you help."
        ),
    ),
    Moment(
        "rules",
        pgettext_lazy("a moment of the script", "Rules"),
        _(
            "Four: everybody asks, once. We listen to the end, then ask at most two short questions. "
            "Offer only what you would be glad to do; ‘I’d rather not’ is a complete sentence. What "
            "is said here stays here unless its owner shares it."
        ),
    ),
    Moment(
        "repeat",
        _("If you have met before"),
        _(
            "Before new asks: which loop closed since last time? Say what happened and whom you thank."
        ),
    ),
    Moment(
        "model",
        _("Go first, with your own ask: what, why, by when"),
        _("I go first, so that mine can be the clumsy one."),
    ),
    Moment(
        "writing",
        pgettext_lazy("a moment of the script", "Writing"),
        _(
            "Write what you want, why it matters, what someone could do, and by when. Your phone will"
            " hint; it will never send before you say so. If nothing comes, ask for the smallest "
            "useful thing."
        ),
    ),
    Moment(
        "before",
        _("Before the first turn"),
        _(
            "When it is your turn, read it as written. You do not have to be impressive; you have to "
            "be clear."
        ),
    ),
    Moment("floor", _("A turn begins"), _("{name}, the ring is yours.")),
    Moment("questions", _("The ask was read"), _("Two short questions?")),
    Moment(
        "hands",
        _("Hands to phones"),
        _("Now hands to phones: can you do it, do you know someone, or do you have a thought?"),
    ),
    Moment(
        "wider",
        _("If it stays quiet"),
        _("Not you, perhaps: who has a cousin, a neighbour, an old colleague in this?"),
    ),
    Moment(
        "thanks",
        _("A turn ends"),
        _(
            # Translators: without anybody for {then}, the words from the comma on are left out
            "{name}, which of these surprised you? You need not answer any of them now. Thank you. "
            "Next is {next}, and after that {then}."
        ),
    ),
    Moment(
        "half",
        _("Half way"),
        _(
            "We are half way: {n} so far. Stretch, drink, breathe. If you have offered a lot, let "
            "your neighbour have this one."
        ),
    ),
    Moment(
        "over",
        _("Over time"),
        _(
            "I will keep us kind to the people still waiting. Let us take the rest of this at the "
            "wall."
        ),
    ),
    Moment(
        "tender",
        _("A tender moment"),
        _(
            "Thank you for trusting us with that. We can pause, or I can carry on for you; you choose."
        ),
    ),
    Moment(
        "asked",
        _("Everybody has asked"),
        _(
            "Thank you all. Stretch, drink, breathe. Next we look at every ask once more, on the wall."
        ),
    ),
    Moment(
        "again",
        _("Everybody has asked, and a second round follows"),
        _(
            "Thank you all. Stretch, drink, breathe. Now the second round: quiet minutes to write once "
            "more, and then each of us asks again."
        ),
    ),
    Moment(
        "wall",
        pgettext_lazy("a moment of the script", "Wall"),
        _(
            "All asks are now open at once. Those with the fewest offers stand first. Five silent "
            "minutes: read, and give one thing you had not thought of."
        ),
    ),
    Moment(
        "map",
        pgettext_lazy("a moment of the script", "The map"),
        _("Every line began as somebody asking. Look how few go straight back: that is the point."),
    ),
    Moment(
        "close",
        pgettext_lazy("a moment of the script", "Closing"),
        _(
            "Choose the one promise you will start first, and its day. Say it to your phone, and to "
            "the person beside you. If a promise stops fitting your life, release it; an honest "
            "release is a kindness."
        ),
    ),
)
MOMENT = {moment.key: moment for moment in MOMENTS}

# What is said in a phase, one after the other; a turn has its own order (screens.desk.scene).
IN_PHASE: dict[Phase, tuple[str, ...]] = {
    Phase.LOBBY: ("lobby",),
    Phase.WELCOME: ("why", "rules", "repeat", "model"),
    Phase.WRITING: ("writing", "before"),
    Phase.WALL: ("wall",),
    Phase.CLOSING: ("map", "close"),
}


@dataclass(frozen=True)
class Quiet:
    """What helps after so many seconds without an offer, for the facilitator's eyes only."""

    seconds: int
    first: Promise
    then: Promise


QUIET = (
    Quiet(10, _("Keep still."), _("People are searching their memory.")),
    Quiet(20, _("Say:"), _("“Take your time; who comes to mind, however unlikely?”")),
    Quiet(
        30,
        _("Ask the asker:"),
        _("“What is the smallest piece of this that would help this week?”"),
    ),
    Quiet(45, _("Offer the wall:"), _("“Let us leave this one ripening and come back to it.”")),
)

# The research cards (templates/rings/parts/research.html), and where each may stand on the stage.
CARDS: dict[str, frozenset[Phase]] = {
    "willing": frozenset({Phase.WELCOME, Phase.WRITING}),
    "odds": frozenset({Phase.WELCOME, Phase.WRITING}),
    "gap": frozenset({Phase.WELCOME, Phase.WRITING}),
    "no": frozenset({Phase.WALL}),
    "when": frozenset({Phase.WALL, Phase.CLOSING}),
    "forward": frozenset({Phase.CLOSING}),
    "thanks": frozenset({Phase.CLOSING}),
}
EXAMPLE = "example"  # as a card: the facilitator's own ask, in the welcome


def cards_in(phase: str) -> list[str]:
    """The research cards that may be shown on the stage in a phase."""
    return [card for card, phases in CARDS.items() if phase in phases]


def words(moment: str, mine: Mapping[str, str], values: Mapping[str, str] | None = None) -> str:
    """What to say at a moment: one's own words if there are any, else the product's, filled."""
    return fill(mine.get(moment) or MOMENT[moment].line, values or {})


def fill(line: str, values: Mapping[str, str]) -> str:
    """Put the values into a line. A part of a sentence without its value is left out, and so is a
    sentence that begins with one. Nothing else in the line means anything, and nothing in a value."""
    sentences = (_fill_sentence(sentence, values) for sentence in re.split(r"(?<=[.?!])\s+", line))
    return " ".join(sentence for sentence in sentences if sentence)


def _fill_sentence(sentence: str, values: Mapping[str, str]) -> str:
    parts = [
        "" if any(not values.get(place) for place in _places(part)) else part
        for part in sentence.split(", ")
    ]
    if not parts[0]:
        return ""
    kept = ", ".join(part for part in parts if part)
    if not parts[-1]:
        kept = kept.rstrip(".,;:") + sentence[-1]
    filled = _BRACED.sub(lambda found: values.get(found[1], found[0]), kept)
    ends_in_name = filled.endswith("..") and not kept.endswith("..")  # "after that Ana K."
    return filled[:-1] if ends_in_name else filled


def _places(text: str) -> list[str]:
    return [place for place in _BRACED.findall(text) if place in PLACES]


def wrong_place(line: str) -> str:
    """What is wrong with the places in somebody's own words, as a sentence; "" if nothing is."""
    for place in _BRACED.findall(line):
        if place not in PLACES:
            known = ", ".join(f"{{{known}}}" for known in PLACES)
            wrong = gettext("There is nothing to put in for {place}. You can use {known}.")
            return wrong.format(place=f"{{{place}}}", known=known)
    if set("{}") & set(_BRACED.sub("", line)):
        return gettext("A brace stands alone. Write a place as {name}, with both braces.")
    return ""
