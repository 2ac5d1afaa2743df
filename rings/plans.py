"""How long a ring takes: the presets and the sum. Pure; minutes everywhere.

T = 30 + n x minutes per turn for the classic shape (8 + 7 + 7 + 8 around the turns).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AROUND = ("welcome_minutes", "writing_minutes", "rest_minutes", "wall_minutes", "closing_minutes")


@dataclass(frozen=True)
class Preset:
    """A proven shape: people, minutes for each phase, minutes (may be a half) for each turn."""

    name: str
    people: int
    welcome: int
    writing: int
    turn: float
    wall: int
    closing: int
    rest: int = 0

    @property
    def total(self) -> float:
        return total_minutes(
            people=self.people,
            turn=self.turn,
            around=self.welcome + self.writing + self.rest + self.wall + self.closing,
        )

    def as_form(self) -> dict[str, Any]:
        """As the first values of the form for a new ring."""
        around = (self.welcome, self.writing, self.rest, self.wall, self.closing)
        return {
            "people_expected": self.people,
            "turn_minutes": self.turn,
            **dict(zip(AROUND, around, strict=True)),
        }


PRESETS = {
    "huddle": Preset("Huddle", people=6, welcome=2, writing=4, turn=3, wall=3, closing=3),
    "team": Preset("Team", people=10, welcome=5, writing=6, turn=4, wall=4, closing=5),
    "classic": Preset("Classic", people=15, welcome=8, writing=7, turn=4, wall=7, closing=8),
    "full": Preset("Full", people=24, welcome=12, writing=10, turn=4.5, wall=7, closing=8, rest=5),
}


def total_minutes(*, people: int, turn: float, around: int) -> float:
    """The whole ring in minutes: `people` turns of `turn` minutes and the phases around them."""
    return around + people * turn


@dataclass(frozen=True)
class Plan:
    """What the plan meter says: so many turns of so many minutes, and when the ring ends."""

    people: int
    turn: float
    total: float
    begins: datetime
    ends: datetime

    @classmethod
    def typed(cls, data: Mapping[str, Any], now: datetime) -> "Plan":
        """From a form as typed so far; what is missing or odd counts as nothing yet.

        `now` is an aware moment in the site's time zone, used while no beginning is given.
        """
        people, turn = int(_number(data.get("people_expected"))), _number(data.get("turn_minutes"))
        around = sum(int(_number(data.get(name))) for name in AROUND)
        total = total_minutes(people=people, turn=turn, around=around)
        begins, ends = now, now + timedelta(minutes=total)
        with suppress(ValueError, TypeError, OverflowError):  # no such moment, or the last of all
            typed = datetime.fromisoformat(str(data.get("starts_at"))).replace(tzinfo=now.tzinfo)
            begins, ends = typed, typed + timedelta(minutes=total)
        return cls(people, turn, total, begins, ends)


def _number(typed: object) -> float:
    try:
        return min(max(0.0, float(str(typed))), 600)  # in this order "nan" is 0
    except ValueError:
        return 0
