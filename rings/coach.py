"""The Ask studio's coach: which of the five marks of a good ask a text already has, and one next question.

SMART as Wayne Baker means it: specific, meaningful (why), action, realistic (doable), time-bound. It is a
heuristic over English words: it sees how a sentence is built, not what it means, and docs/coach.md says how
often it is wrong. So it asks and never judges, holds nobody back, and no one but the writer sees it.

Pure: the same text on the same day gives the same review.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rings import days
from rings.coach_words import (
    ACTION,
    AMBITION,
    AN_ACT,
    ASKS,
    COMMON,
    DESCRIBED,
    IMPERATIVE,
    PLAIN_WANT,
    REASON,
    TELLS,
    TOO_BIG,
    WISH,
)
from rings.days import When

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
    acts, details = _act(words), _details(words, found)
    too_big = _first(TOO_BIG, words)
    specific = ", ".join(details)
    wanted = acts or ("" if AMBITION.search(words) else _first(PLAIN_WANT, words) or specific)
    seen = {
        "specific": specific,
        "meaningful": why.strip() or _why(words),
        "action": acts,
        "realistic": "" if too_big else wanted,
        "time_bound": when.phrase if when else f"{by:%-d %B}" if by else "",
    }
    marks = {letter: bool(seen[letter]) for letter in LETTERS}
    return Review(
        marks,
        {letter: _explained(letter, seen[letter], too_big) for letter in LETTERS},
        next((letter for letter in ORDER if not marks[letter]), "") if words else "",
        when,
    )


ENOUGH = 1.5

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
    "realistic": "Hard to see yet what a yes would take",
    "time_bound": "No day or time yet",
}


def _explained(letter: str, seen: str, too_big: str) -> str:
    if letter == "realistic" and too_big:
        return f"This may be more than one person can give: {too_big}"
    return SEEN[letter].format(_short(seen)) if seen else UNSEEN[letter]


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:57].rsplit(' ', 1)[0]} …"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("‘", "'")).strip()


def _first(patterns: re.Pattern[str], words: str) -> str:
    """The first words that one of these patterns stands for."""
    match = patterns.search(words)
    return match[0].strip(" ,.;:") if match else ""


def _act(words: str) -> str:
    match = IMPERATIVE.search(words)
    return _first(ACTION, words) or (match[1] if match else "")


def _why(words: str) -> str:
    """The words that say why: a reason by its sign, or a clause beside the ask that tells something."""
    if reason := _first(REASON, words):
        return reason
    clauses = [clause for clause in _clauses(words) if len(clause.split()) > 1]
    asking = [clause for clause in clauses if _asks(clause)]
    for clause in clauses if len(clauses) > 1 else []:
        if clause in asking and not (WISH.search(clause) and len(asking) > 1):
            continue
        if TELLS.search(clause):
            return clause
    return ""


def _clauses(words: str) -> list[str]:
    parts = re.split(
        r"[.;:!?()]|, (?:and|but|as|for|so|because|i|we|my|our)\b| because | [-–—] |—", words
    )
    return [part.strip(" ,") for part in parts if part.strip(" ,")]


def _asks(clause: str) -> bool:
    return bool(ASKS.search(clause) or ACTION.search(clause) or IMPERATIVE.search(clause))


def _details(words: str, found: Sequence[When]) -> list[str]:
    """What brings somebody to mind: uncommon words of the part that asks, and with those any others.

    Empty when they are too few; a name counts twice.
    """
    rest = words
    for when in found:
        rest = rest.replace(when.phrase, " ")
    clauses = _clauses(rest)
    asking = [clause for clause in clauses if _asks(clause)] or clauses
    wanted = _uncommon(asking)
    told = [word for word in _uncommon(clauses) if word not in wanted]
    weight = len(wanted) + sum(word[0].isupper() for word in wanted) + min(1, len(told) / 2)
    described = _first(DESCRIBED, " ".join(asking))
    weight += bool(described)
    wanted += [described] if described else []
    return [*wanted, *told] if wanted and weight >= ENOUGH else []


def _uncommon(clauses: Sequence[str]) -> list[str]:
    """Names, and words that are not in everybody's ask."""
    seen: dict[str, None] = {}
    for clause in clauses:
        for place, word in enumerate(re.findall(r"[\w][\w'&-]*", clause)):
            plain = re.sub(r"'(?:s|m|re|ve|d|ll|t)?$|n't$", "", word.lower())
            stems = {plain, *(plain.removesuffix(end) for end in ("s", "ing", "ly"))}
            if stems & COMMON or plain.isdigit() or len(plain) < 3 or re.fullmatch(AN_ACT, plain):
                continue
            seen[word if place else plain] = None
    return list(seen)
