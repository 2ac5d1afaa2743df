"""Where the names around a ring stand, so that none lies on another. Pure; see `rings.geometry`."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

GAP = 0.35  # of a line, between two names on one line
LINE = 1.06  # base lines of two names above one another are at least this many font sizes apart


@dataclass(frozen=True)
class Spot:
    """The base line of a name: the point it is anchored at, and by which end."""

    x: float
    y: float
    anchor: str

    def left(self, width: float) -> float:
        return self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]


def text_width(text: str, font: float) -> float:
    """About how wide a name is in a system font; wide (East Asian) letters count for nearly two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return font * (0.62 * len(text) + 0.4 * wide)


def around(
    centre: complex, radius: float, angles: Sequence[float], names: Sequence[str], font: float
) -> list[Spot]:
    """A spot for each name, just outside a circle of `radius`; `angles` in degrees from the top.

    Near the top and the bottom neighbours would overlap: going from the sides towards the pole,
    each name moves outwards until it is clear of those already set.
    """
    spots = [_natural(centre, radius, angle, font) for angle in angles]
    for outward in (-1, 1):  # the upper half, then the lower one
        half = [i for i in range(len(names)) if names[i] and _half(angles[i]) == outward]
        half.sort(key=lambda i: (round(abs(cos(radians(angles[i]))), 6), i))
        _spread(spots, half, [text_width(name, font) for name in names], font * LINE * outward)
    return spots


def _half(angle: float) -> int:
    return -1 if cos(radians(angle)) > 0 else 1


def _natural(centre: complex, radius: float, angle: float, font: float) -> Spot:
    across, down = sin(radians(angle)), -cos(radians(angle))
    anchor = "middle" if abs(across) < 0.04 else "start" if across > 0 else "end"
    away = radius + font * 0.55
    lowered = font * (0.34 + 0.22 * down)  # a name is anchored by its base line, not its middle
    return Spot(centre.real + away * across, centre.imag + away * down + lowered, anchor)


def _spread(spots: list[Spot], order: list[int], widths: list[float], step: float) -> None:
    """Move each spot of `order` outwards, at least `step` beyond the earlier ones it would meet."""
    outward, gap = (1 if step > 0 else -1), abs(step) * GAP
    for k, i in enumerate(order):
        left = spots[i].left(widths[i])
        for j in order[:k]:
            other = spots[j].left(widths[j])
            meets = left < other + widths[j] + gap and other < left + widths[i] + gap
            if meets and (spots[i].y - spots[j].y) * outward < abs(step):
                spots[i] = Spot(spots[i].x, spots[j].y + step, spots[i].anchor)
