"""The Ask studio's coach: which of the five marks of a good ask a text already has, and one next question.

SMART as Wayne Baker means it: specific, meaningful (why), action, realistic (doable), time-bound. It is a
heuristic over English words: it sees which of them stand there and how a sentence is built, not what it
means. docs/coach.md says how often it is wrong. So it asks and never judges, holds nobody back, and no one
but the writer sees it.

Pure: the same text on the same day gives the same review.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from rings import days
from rings.coach_words import (
    ACTION,
    AN_ACT,
    AN_OBJECT,
    ASKS,
    DESCRIBED,
    IMPERATIVE,
    OF_EVERYBODY,
    OF_GRAMMAR,
    REASON,
    TELLS,
    WISH,
)
from rings.days import When

# Learned from labelled asks (tests/coach/learn.py): how much a sign speaks for a mark, or against it.
LEARNED: dict[str, dict[str, float]] = json.loads(
    Path(__file__).with_name("coach_learned.json").read_text()
)
LETTERS = ("specific", "meaningful", "action", "realistic", "time_bound")


@dataclass(frozen=True)
class Review:
    """What the coach sees in a text.

    `marks` and `explained` have one entry for each of LETTERS; `next` is the letter to ask about, or ""
    when there is nothing to add; `when` is the phrase that says by when.
    """

    marks: dict[str, bool]
    explained: dict[str, str]
    next: str
    when: When | None


def review(text: str, today: date, why: str = "", by: date | None = None) -> Review:
    """Look at an ask: its text, and what stands in the fields for why and by when, if anything."""
    words = _plain(text)
    found = days.find(text, today)
    when = next(
        (w for w in found if w.phrase.lower().startswith(DEADLINE)), found[0] if found else None
    )
    told = _told(words, found)
    there = _signs(words, told)
    seen = {
        "specific": told.details.told,
        "meaningful": why.strip() or told.why,
        "action": told.act,
        "realistic": "",
        "time_bound": when.phrase if when else f"{by:%-d %B}" if by else "",
    }
    marks = {letter: _speaks(letter, there) for letter in LEARNED}
    marks["meaningful"] |= bool(why.strip())
    marks["time_bound"] = bool(seen["time_bound"])
    return Review(
        {letter: marks[letter] for letter in LETTERS},
        {letter: _explained(letter, marks[letter], seen[letter]) for letter in LETTERS},
        next((letter for letter in ORDER if not marks[letter]), "") if words else "",
        when,
    )


SENTENCES = r"[.;:!?()—]| [-–] | because |, (?:and|but|as|for|so|because|i|we|my|our)\b"
CLAUSES = (
    r"[.;:!?()—]| [-–] | because |,(?! (?:and|or)\b)(?= \S+ \S+)"
    r"| (?:and|&|or|but)(?= (?:i|we|it|it's|he|she|they|my|our|nobody)\b)"
)

# What to ask about first: what makes the others easier.
ORDER = ("action", "specific", "realistic", "time_bound", "meaningful")
DEADLINE = ("by ", "before ", "until ", "till ", "within ", "in time", "no later")
SEEN = {
    "specific": "Details people can remember somebody by",
    "meaningful": "Why it matters",
    "action": "What somebody would do",
    "realistic": "Somebody here, or someone they know, could do this",
    "time_bound": "By when",
}
UNSEEN = {
    "specific": "No detail yet that would make somebody think of a person or a place",
    "meaningful": "No reason yet that I can see",
    "action": "Nothing yet that somebody would do",
    "realistic": "It may be more than one person can give as a favour, or not clear yet what they would give",
    "time_bound": "No day or time yet",
}


def _explained(letter: str, there: bool, seen: str) -> str:
    if not there:
        return UNSEEN[letter]
    return f"{SEEN[letter]}: {_short(seen)}" if seen else SEEN[letter]


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:57].rsplit(' ', 1)[0]} …"


def _plain(text: str) -> str:
    words = re.sub(r"\s+", " ", text.replace("’", "'").replace("‘", "'")).strip()
    words = re.sub(r"\b(ca|do|wo|did|does|is|was|could|would|has|have)nt\b", r"\1n't", words)
    return re.sub(r"\b(i)(m|ve)\b", r"\1'\2", words)


def _first(patterns: re.Pattern[str], words: str) -> str:
    """The first words that one of these patterns stands for."""
    match = patterns.search(words)
    return match[0].strip(" ,.;:") if match else ""


@dataclass(frozen=True)
class Told:
    """What was found in an ask by rules: by when, an act, a reason, details, and the clauses it has."""

    when: Sequence[When]
    act: str
    why: str
    details: "Details"
    clauses: list[str]


def _told(words: str, found: Sequence[When]) -> Told:
    clauses = _parts(words, CLAUSES)
    return Told(found, _act(words), _why(words, clauses), _details(words, found), clauses)


def signs(text: str, today: date) -> set[str]:
    """What LEARNED has weights for, as far as it stands in this text."""
    words = _plain(text)
    return _signs(words, _told(words, days.find(text, today)))


def _signs(words: str, told: Told) -> set[str]:
    """Words, each two in a row, how clauses begin, what is told beside the ask, and what rules found."""
    each = _each(words)
    names = sum(word[0].isupper() for word in told.details.asked + told.details.beside)
    beside = [_each(clause) for clause in told.clauses if not _asks(clause)]
    counts = {
        "words": len(words.split()),
        "names": names,
        "asked": len(told.details.asked),
        "beside": len(told.details.beside),
        "clauses beside": len(beside),
        "words beside": max(map(len, beside), default=0),
    }
    found = {"an act": told.act, "a why": told.why, "a when": told.when}
    return {
        *each,
        *map(" ".join, pairwise(each)),
        *(f"^{begin}" for clause in told.clauses for begin in _begins(_each(clause))),
        *(f"beside {word}" for clause in beside for word in clause),
        *(f"{what} {n}+" for what, count in counts.items() for n in STEPS if count >= n),
        *(f"has {what}" for what, words_ in found.items() if words_),
    }


STEPS = (1, 2, 3, 4, 6, 9, 14, 22, 35)


def _each(words: str) -> list[str]:
    return re.findall(r"[a-z][a-z']*|\d+|[£$€?]", words.lower())


def _begins(clause: list[str]) -> Iterator[str]:
    """Its first word, its first two, and whether an unknown word and its object begin it: "Rewire our"."""
    yield from clause[:1]
    yield " ".join(clause[:2])
    if clause and clause[0] not in OF_GRAMMAR:
        yield "open"
        if clause[1:2] and clause[1] in AN_OBJECT:
            yield "open object"


def _speaks(letter: str, there: set[str]) -> bool:
    weights = LEARNED[letter]
    return sum((weights.get(sign, 0.0) for sign in there), weights[""]) > 0


def _act(words: str) -> str:
    match = IMPERATIVE.search(words)
    return _first(ACTION, words) or (match[1] if match else "")


def _why(words: str, clauses: Sequence[str]) -> str:
    """The words that say why: a reason by its sign, or a clause beside the ask that tells something."""
    if reason := _first(REASON, words):
        return reason
    clauses = [clause for clause in clauses if len(clause.split()) > 1]
    asking = [clause for clause in clauses if _asks(clause)]
    for clause in clauses if len(clauses) > 1 else []:
        if clause in asking and not (WISH.search(clause) and len(asking) > 1):
            continue
        if TELLS.search(clause):
            return clause
    return ""


def _parts(words: str, between: str) -> list[str]:
    return [
        part.strip(" ,")
        for part in re.split(between, words, flags=re.IGNORECASE)
        if part.strip(" ,")
    ]


def _asks(clause: str) -> bool:
    return bool(ASKS.search(clause) or ACTION.search(clause) or IMPERATIVE.search(clause))


@dataclass(frozen=True)
class Details:
    """Uncommon words: of the part that asks, and those beside it."""

    asked: list[str]
    beside: list[str]

    @property
    def told(self) -> str:
        return ", ".join(self.asked + self.beside)


def _details(words: str, found: Sequence[When]) -> Details:
    """What brings somebody to mind."""
    rest = words
    for when in found:
        rest = rest.replace(when.phrase, " ")
    clauses = _parts(rest, SENTENCES)
    asking = (
        [clause for clause in clauses if _asks(clause)]
        or [clause for clause in clauses if not TELLS.search(clause)]
        or clauses
    )
    asked = _uncommon(asking)
    beside = [word for word in _uncommon(clauses) if word not in asked]
    described = _first(DESCRIBED, " ".join(asking))
    return Details([*asked, described] if described else asked, beside)


def _uncommon(clauses: Sequence[str]) -> list[str]:
    """Names, and words that are not in everybody's ask."""
    seen: dict[str, None] = {}
    for clause in clauses:
        for place, word in enumerate(re.findall(r"[\w][\w'&-]*", clause)):
            plain = re.sub(r"'(?:s|m|re|ve|d|ll|t)?$|n't$", "", word.lower())
            stems = {plain, *(plain.removesuffix(end) for end in ("s", "ing", "ly"))}
            if (
                stems & OF_EVERYBODY
                or plain.isdigit()
                or len(plain) < 3
                or re.fullmatch(AN_ACT, plain)
            ):
                continue
            seen[word if place else plain] = None
    return list(seen)
