"""The Ask studio's coach: which of the five marks of a good ask a text already has, and one next question.

SMART as Wayne Baker means it: specific, meaningful (why), action, realistic (doable), time-bound. It is a
heuristic over English words: it sees which of them stand there and how a sentence is built, not what it
means. docs/coach.md says how often it is wrong. So it asks and never judges, holds nobody back, and no one
but the writer sees it.

Pure: the same text on the same day gives the same review.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from rings import days
from rings.coach_words import (
    ACTION,
    AN_ACT,
    ASKS,
    DESCRIBED,
    IMPERATIVE,
    OF_EVERYBODY,
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
    details = _details(words, found)
    there = _signs(words, details)
    seen = {
        "specific": (details.told or words) if _speaks("specific", there) else "",
        "meaningful": why.strip() or _why(words),
        "action": _act(words),
        "realistic": words if _speaks("realistic", there) else "",
        "time_bound": when.phrase if when else f"{by:%-d %B}" if by else "",
    }
    marks = {letter: bool(seen[letter]) for letter in LETTERS}
    return Review(
        marks,
        {letter: _explained(letter, seen[letter]) for letter in LETTERS},
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
    "specific": "Details people can remember somebody by: {}",
    "meaningful": "Why it matters: {}",
    "action": "What somebody would do: {}",
    "realistic": "Somebody here, or someone they know, could do this",
    "time_bound": "By when: {}",
}
UNSEEN = {
    "specific": "No detail yet that would make somebody think of a person or a place",
    "meaningful": "No reason yet that I can see",
    "action": "Nothing yet that somebody would do",
    "realistic": "It may be more than one person can give as a favour, or not clear yet what they would give",
    "time_bound": "No day or time yet",
}


def _explained(letter: str, seen: str) -> str:
    return SEEN[letter].format(_short(seen)) if seen else UNSEEN[letter]


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


def signs(text: str, today: date) -> set[str]:
    """What LEARNED has weights for: words, each two in a row, and how many details there are."""
    words = _plain(text)
    return _signs(words, _details(words, days.find(text, today)))


def _signs(words: str, details: "Details") -> set[str]:
    each = re.findall(r"[a-z][a-z']*|\d+|[£$€?]", words.lower())
    names = sum(word[0].isupper() for word in details.asked + details.beside)
    counts = {"name": names, "asked": len(details.asked), "beside": len(details.beside)}
    many = {f"{what} {n}+" for what, count in counts.items() for n in (1, 2, 3, 5) if count >= n}
    return {*each, *map(" ".join, pairwise(each)), *many}


def _speaks(letter: str, there: set[str]) -> bool:
    weights = LEARNED[letter]
    return sum((weights.get(sign, 0.0) for sign in there), weights[""]) > 0


def _act(words: str) -> str:
    match = IMPERATIVE.search(words)
    return _first(ACTION, words) or (match[1] if match else "")


def _why(words: str) -> str:
    """The words that say why: a reason by its sign, or a clause beside the ask that tells something."""
    if reason := _first(REASON, words):
        return reason
    clauses = [clause for clause in _parts(words, CLAUSES) if len(clause.split()) > 1]
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
