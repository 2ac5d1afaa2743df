"""Plots of summaries as plain numbers, ready to print as SVG attributes: points, intervals, ticks.

A point is a group (a month, a circle, a facilitator) with its n; an open dot has few people behind it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rings.geometry import number
from rings.past.across import Rate, Summary

WIDTH, HEIGHT = 560, 180  # SVG user units
LEFT, RIGHT, TOP, BOTTOM = 50, 22, 12, 26
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600)
LABELS = 8  # at most so many names below a plot


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    low: str  # "" where there is no interval
    high: str
    few: bool


@dataclass(frozen=True)
class Tick:
    at: str
    says: str


@dataclass(frozen=True)
class Plot:
    points: tuple[Point, ...]
    line: str  # the path through all points
    ticks: tuple[Tick, ...]  # of the y axis
    below: tuple[tuple[str, Summary], ...]  # x and group


@dataclass(frozen=True)
class Spark:
    """A small plot of a trend for the archive, on a sheet of 150 by 44."""

    line: str
    dots: tuple[Point, ...]


def of_rates(groups: Sequence[Summary], pick: Callable[[Summary], Rate | None]) -> Plot:
    """Shares from 0 to 100 %, each with its interval."""
    known = [(i, group, found) for i, group in enumerate(groups) if (found := pick(group))]
    points = tuple(
        Point(
            number(_x(i, len(groups))),
            number(_y(found.share)),
            number(_y(found.low)),
            number(_y(found.high)),
            group.few,
        )
        for i, group, found in known
    )
    ticks = tuple(Tick(number(_y(share / 100)), f"{share} %") for share in (0, 50, 100))
    return Plot(points, _path(points), ticks, _below(groups))


def of_values(
    groups: Sequence[Summary], pick: Callable[[Summary], float | None], unit: str
) -> Plot:
    """Values from zero to the largest, in this unit."""
    values = [
        (i, group, value) for i, group in enumerate(groups) if (value := pick(group)) is not None
    ]
    step = next((s for s in STEPS if max((v for *_, v in values), default=1) / s <= 4), STEPS[-1])
    most = step * max(1, -(-int(max((v for *_, v in values), default=1)) // step) + 1)
    points = tuple(
        Point(number(_x(i, len(groups))), number(_y(value / most)), "", "", group.few)
        for i, group, value in values
    )
    ticks = tuple(
        Tick(number(_y(value / most)), f"{value} {unit}".strip())
        for value in range(0, int(most) + 1, step)
    )
    return Plot(points, _path(points), ticks, _below(groups))


def spark(groups: Sequence[Summary], pick: Callable[[Summary], float | None]) -> Spark:
    """The course of one number over the last twelve months there were."""
    values = [(g, v) for g in groups[-12:] if (v := pick(g)) is not None]
    low, high = min((v for _, v in values), default=0), max((v for _, v in values), default=1)
    wide = max(len(values) - 1, 1)
    dots = tuple(
        Point(
            number(6 + 138 * i / wide),
            number(36 - 28 * ((v - low) / (high - low) if high > low else 0.5)),
            "",
            "",
            g.few,
        )
        for i, (g, v) in enumerate(values)
    )
    return Spark(_path(dots), dots)


def _x(place: int, groups: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / max(groups, 1)


def _y(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{p.x} {p.y}" for p in points) if len(points) > 1 else ""


def _below(groups: Sequence[Summary]) -> tuple[tuple[str, Summary], ...]:
    every = -(-len(groups) // LABELS) or 1
    return tuple((number(_x(i, len(groups))), g) for i, g in enumerate(groups) if i % every == 0)
