"""The numbers behind the picture of a ring: where beads sit and how threads bow between them.

Pure and without HTML: frozen values whose fields are ready to print as SVG attributes, drawn by
`parts/ring.html` and `parts/ring_mini.html`. Lengths are SVG user units (y grows down), angles are
degrees clockwise from the top. A point is a complex number.
"""

from cmath import exp
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import radians

from rings import curves, lettering

# What each state of a bead is made of: the circle's class and its radius in beads.
LOOKS: dict[str, tuple[tuple[str, float], ...]] = {
    "done": (("b-done", 0.8),),
    "waiting": (("b-wait", 0.8),),
    "next": (("b-wait b-next", 1.0), ("b-done", 0.38)),
    "asking": (("b-halo", 2.05), ("b-ask", 1.35)),
    "later": (("b-wait b-dash", 0.8),),
    "empty": (("b-dash b-empty", 0.62),),
    "you": (("b-you", 1.5), ("b-done", 0.8)),
    "plain": (("b-done", 0.7),),
    "unseen": (),
}


@dataclass(frozen=True)
class Place:
    """One place on the ring, as the caller knows it: whose it is, and the class of its name."""

    key: int = 0
    state: str = "plain"
    name: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Strand:
    """One offer between two places, as the caller knows it. `style` is "", "kept" or "loop"."""

    helper: int
    asker: int
    firm: bool = True
    via: bool = False
    arrow: bool = True
    style: str = ""


@dataclass(frozen=True)
class Frame:
    """The sheet a ring is drawn on: its size, the ring's radius, and how large everything on it is.

    `turn` rotates the ring clockwise; `font` 0 leaves the names out; `mine` adds to each bead the
    hidden mark with which a page rings its own.
    """

    width: float
    height: float
    radius: float
    bead: float
    hoop: float
    thread: float
    font: float = 0
    turn: float = 0
    mine: bool = False

    @cached_property
    def centre(self) -> complex:
        return complex(self.width / 2, self.height / 2)

    def at(self, angle: float, radius: float) -> complex:
        return self.centre + radius * exp(1j * radians(angle - 90))


@dataclass(frozen=True)
class Circle:
    css: str
    r: str


@dataclass(frozen=True)
class Bead:
    """A drawn place: circles around (cx, cy), and the name's anchor point relative to it."""

    key: int
    state: str
    cx: str
    cy: str
    circles: tuple[Circle, ...]
    name: str
    tone: str
    name_x: str
    name_y: str
    anchor: str


@dataclass(frozen=True)
class Knot:
    cx: str
    cy: str


@dataclass(frozen=True)
class Thread:
    """A drawn offer. `tip` is the arrow head, "" where a knot ends it; `dash` is "" when firm."""

    css: str
    by: int
    asker: int
    path: str
    dash: str
    tip: str
    knots: tuple[Knot, ...]
    via: Knot | None
    width: str
    casing: str
    knot: str
    via_r: str
    via_width: str


@dataclass(frozen=True)
class Ring:
    """A whole picture, ready for `parts/ring.html`. `spent` are the arcs behind us."""

    width: str
    height: str
    cx: str
    cy: str
    r: str
    hoop: str
    spent: tuple[str, ...]
    spent_width: str
    threads: tuple[Thread, ...]
    beads: tuple[Bead, ...]
    font: str
    mine: str
    title: str


@dataclass(frozen=True)
class MiniRing:
    """The header's progress ring on a sheet of 44: the arc so far, and the bead of the turn now."""

    arc: str
    now: Knot | None


def number(value: float) -> str:
    """One decimal at most, never "-0"."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def point(p: complex) -> str:
    return f"{number(p.real)} {number(p.imag)}"


def draw(frame: Frame, places: Sequence[Place], strands: Sequence[Strand], title: str) -> Ring:
    """The picture of a ring with these places and a thread for each strand, later ones on top."""
    angles = [_angle(frame, seat, len(places)) for seat in range(len(places))]
    names = [place.name if frame.font else "" for place in places]
    spots = lettering.around(
        frame.centre, frame.radius + frame.bead * 0.9, angles, names, frame.font
    )
    return Ring(
        width=number(frame.width),
        height=number(frame.height),
        cx=number(frame.centre.real),
        cy=number(frame.centre.imag),
        r=number(frame.radius),
        hoop=number(frame.hoop),
        spent=_spent(frame, [place.state for place in places]),
        spent_width=number(frame.hoop * 1.8),
        threads=tuple(_thread(frame, places, strand) for strand in strands),
        beads=tuple(
            _bead(frame, place, angle, spot)
            for place, angle, spot in zip(places, angles, spots, strict=True)
            if LOOKS[place.state]
        ),
        font=number(frame.font),
        mine=number(frame.bead * 1.5) if frame.mine else "",
        title=title,
    )


def facing(seat: int, seats: int, angle: float) -> float:
    """The rotation that brings `seat` to `angle`."""
    return angle - 360 * seat / seats


def mini_ring(done: int, turns: int) -> MiniRing:
    """The progress ring: an arc over the turns done, and a bead where the next one sits."""
    frame = Frame(width=44, height=44, radius=17.5, bead=3.2, hoop=2, thread=0)
    share = min(done / turns, 1) if turns else 0
    p = frame.at(360 * share, frame.radius)
    now = None if share == 1 or not turns else Knot(number(p.real), number(p.imag))
    return MiniRing(arc=arc(frame, 0, 360 * share) if share else "", now=now)


def share_ring(frame: Frame, share: float, title: str) -> Ring:
    """A ring without people: an arc over `share` (0 to 1) of it."""
    ring = draw(frame, [], [], title)
    spent = (arc(frame, 0, 360 * min(share, 1)),) if share else ()
    return Ring(**{**vars(ring), "spent": spent})


def arc(frame: Frame, start: float, end: float) -> str:
    """The arc from `start` clockwise to `end`: two halves, so that it can be a full circle."""
    r = number(frame.radius)
    first, half, last = (
        point(frame.at(angle, frame.radius)) for angle in (start, (start + end) / 2, end)
    )
    return f"M{first}A{r} {r} 0 0 1 {half}A{r} {r} 0 0 1 {last}"


# --- beads ----------------------------------------------------------------------------------------


def _angle(frame: Frame, seat: int, seats: int) -> float:
    return frame.turn + 360 * seat / seats


def _bead(frame: Frame, place: Place, angle: float, spot: lettering.Spot) -> Bead:
    p = frame.at(angle, frame.radius)
    return Bead(
        key=place.key,
        state=place.state,
        cx=number(p.real),
        cy=number(p.imag),
        circles=tuple(Circle(css, number(r * frame.bead)) for css, r in LOOKS[place.state]),
        name=place.name if frame.font else "",
        tone=place.tone,
        name_x=number(spot.x - p.real),
        name_y=number(spot.y - p.imag),
        anchor=spot.anchor,
    )


# --- threads --------------------------------------------------------------------------------------


def _spent(frame: Frame, states: Sequence[str]) -> tuple[str, ...]:
    """The stretches of hoop between beads that are done, up to the one asking now."""
    seats, runs = len(states), []
    start = 0
    while start < seats:
        end = start
        while states[end] == "done" and states[(end + 1) % seats] in ("done", "asking"):
            end += 1
            if end == seats:
                break
        if end > start:
            runs.append(arc(frame, *(_angle(frame, seat, seats) for seat in (start, end))))
        start = end + 1
    return tuple(runs)


def _thread(frame: Frame, places: Sequence[Place], strand: Strand) -> Thread:
    helper, asker = (
        frame.at(_angle(frame, seat, len(places)), frame.radius)
        for seat in (strand.helper, strand.asker)
    )
    width = frame.thread * (1.5 if strand.style == "loop" else 1)
    control = curves.bow(frame.centre, frame.radius, helper, asker)
    start = curves.towards(helper, control, _reach(frame, places[strand.helper]) + width)
    end = curves.towards(asker, control, _reach(frame, places[strand.asker]) + width)
    head = curves.arrow_head(control, end, width * 3.2) if strand.arrow else ()
    stop = (head[1] + head[2]) / 2 if head else end
    via = (start + 2 * control + stop) / 4  # the middle of the curve
    return Thread(
        css=" ".join(filter(None, ["firm" if strand.firm else "try", strand.style])),
        by=places[strand.helper].key,
        asker=places[strand.asker].key,
        path=f"M{point(start)}Q{point(control)} {point(stop)}",
        dash="" if strand.firm else f"{number(width * 2.6)} {number(width * 2.2)}",
        tip=f"M{'L'.join(map(point, head))}Z" if head else "",
        knots=tuple(_knot(p) for p in ([start] if head else [start, end])),
        via=_knot(via) if strand.via else None,
        width=number(width),
        casing=number(width * 1.6 + 2.4),
        knot=number(width * 0.95),
        via_r=number(width * 1.7),
        via_width=number(width * 0.8),
    )


def _reach(frame: Frame, place: Place) -> float:
    """How far a bead reaches from its place, with a little air."""
    return frame.bead * (max(r for _, r in LOOKS[place.state]) + 0.3)


def _knot(p: complex) -> Knot:
    return Knot(number(p.real), number(p.imag))
