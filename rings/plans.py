"""How long a ring takes: the presets and the sum. Pure; minutes everywhere.

T = 30 + n x minutes per turn for the classic shape (8 + 7 + 7 + 8 around the turns).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

AROUND = ("welcome_minutes", "writing_minutes", "rest_minutes", "wall_minutes", "closing_minutes")


@dataclass(frozen=True)
class Preset:
    """A proven shape: people, minutes for each phase, minutes (may be a half) for each turn."""

    name: Promise
    people: int
    welcome: int
    writing: int
    turn: float
    wall: int
    closing: int
    rest: int = 0
    rounds: int = 1

    @property
    def total(self) -> float:
        return total_minutes(
            people=self.people,
            turn=self.turn,
            around=self.welcome + self.rest + self.wall + self.closing,
            writing=self.writing,
            rounds=self.rounds,
        )

    def as_form(self) -> dict[str, Any]:
        """As the first values of the form for a new ring."""
        around = (self.welcome, self.writing, self.rest, self.wall, self.closing)
        return {
            "people_expected": self.people,
            "turn_minutes": self.turn,
            "rounds": self.rounds,
            **dict(zip(AROUND, around, strict=True)),
        }


PRESETS = {
    "huddle": Preset(
        pgettext_lazy("a shape of ring", "Huddle"),
        people=6,
        welcome=2,
        writing=4,
        turn=3,
        wall=3,
        closing=3,
    ),
    "team": Preset(
        pgettext_lazy("a shape of ring", "Team"),
        people=10,
        welcome=5,
        writing=6,
        turn=4,
        wall=4,
        closing=5,
    ),
    "classic": Preset(
        pgettext_lazy("a shape of ring", "Classic"),
        people=15,
        welcome=8,
        writing=7,
        turn=4,
        wall=7,
        closing=8,
    ),
    "full": Preset(
        pgettext_lazy("a shape of ring", "Full"),
        people=24,
        welcome=12,
        writing=10,
        turn=4.5,
        wall=7,
        closing=8,
        rest=5,
    ),
}


def total_minutes(
    *, people: int, turn: float, around: int, writing: int = 0, rounds: int = 1
) -> float:
    """The whole ring in minutes: each round its writing and `people` turns, and what is around them."""
    return around + rounds * (writing + people * turn)


MANY, LONG = 24, 180  # people, and minutes, beyond which listening wears out


@dataclass(frozen=True)
class Split:
    """Two rings instead of one: people in each, and minutes they take side by side."""

    people: int
    total: float


@dataclass(frozen=True)
class Plan:
    """What the plan meter says: so many turns of so many minutes, and when the ring ends."""

    people: int
    turn: float
    total: float
    begins: datetime
    ends: datetime
    rounds: int = 1
    around: float = 0  # minutes beside the turns

    @property
    def split(self) -> "Split | None":
        """Two rings side by side instead, where one is too long to listen to."""
        if self.people <= MANY and self.total <= LONG:
            return None
        each = (self.people + 1) // 2
        total = self.around + each * self.rounds * self.turn
        return Split(each, total)

    @classmethod
    def typed(cls, data: Mapping[str, Any], now: datetime) -> "Plan":
        """From a form as typed so far; what is missing or odd counts as nothing yet.

        `now` is an aware moment in the site's time zone, used while no beginning is given.
        """
        people, turn = int(_number(data.get("people_expected"))), _number(data.get("turn_minutes"))
        rounds = 2 if str(data.get("rounds")) == "2" else 1
        around = sum(int(_number(data.get(name))) for name in AROUND)
        around += (rounds - 1) * int(_number(data.get("writing_minutes")))
        total = total_minutes(people=people * rounds, turn=turn, around=around)
        begins, ends = now, now + timedelta(minutes=total)
        with suppress(ValueError, TypeError, OverflowError):  # no such moment, or the last of all
            typed = datetime.fromisoformat(str(data.get("starts_at"))).replace(tzinfo=now.tzinfo)
            begins, ends = typed, typed + timedelta(minutes=total)
        return cls(people, turn, total, begins, ends, rounds, around)


def _number(typed: object) -> float:
    try:
        return min(max(0.0, float(str(typed))), 600)  # in this order "nan" is 0
    except ValueError:
        return 0
