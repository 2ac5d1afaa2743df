"""The plan of a ring against how it really goes, as bars on one line of time for the desk's clock.

Pure: from stored moments to numbers ready to print as SVG attributes. What runs now is drawn to its
planned end and what is still to come follows it, so nothing depends on the moment of drawing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rings.geometry import number
from rings.models import Ring
from rings.phases import COURSE, SHORTEST_TURN, Phase, Place, course, place_of
from rings.picture import Picture

WIDTH, EDGE = 452, 10  # SVG user units: the whole strip, and its empty margin at either end
GAP = 2.4  # between two bars
STEPS = (5, 10, 15, 30, 60, 120, 240)  # minutes between two times below the strip
TIMES = 7  # at most so many of them

OVER_FROM = 3  # minutes late from which on the desk says so
NICE = 5  # seconds: trimmed turns are a multiple of this

PLAN, DONE, NOW, LEFT = "track-plan", "track-real", "track-now", "track-left"


@dataclass(frozen=True)
class Span:
    begin: datetime
    end: datetime
    css: str


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    css: str


@dataclass(frozen=True)
class Tick:
    x: str
    at: datetime


@dataclass(frozen=True)
class Timeline:
    """The bars of plan and of what happened; when it ends, when that begins to slip, the plan."""

    plan: tuple[Bar, ...]
    real: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    ends: datetime
    due: datetime
    planned: datetime

    @property
    def lag(self) -> str:
        """Minutes behind or ahead of the plan, if what runs now ends in time."""
        minutes = round((self.ends - self.planned).total_seconds() / 60)
        if not minutes:
            return _("on time")
        lag = _("{n} min behind") if minutes > 0 else _("{n} min ahead")
        return lag.format(n=abs(minutes))


@dataclass(frozen=True)
class Over:
    """How late the ring will be, and the two ways out of it."""

    minutes: int
    turn: int  # seconds to which the turns still to come can be cut; 0 if that saves nothing
    trimmed: datetime  # when the ring then ends
    in_time: bool  # whether that is the end that was planned
    end: datetime  # the end to agree to otherwise, a whole minute


def over_time(picture: Picture, strip: Timeline) -> Over | None:
    """What there is to decide in the turns, once the end will be later than planned."""
    ring, late = picture.ring, int((strip.ends - strip.planned).total_seconds())
    minutes = round(late / 60)
    if ring.phase != Phase.TURNS or minutes < OVER_FROM:
        return None
    coming = _turns_to_come(picture)
    wanted = ring.turn_seconds - late / max(coming, 1)
    turn = max(SHORTEST_TURN, int(wanted // NICE) * NICE)
    saved = timedelta(seconds=(ring.turn_seconds - turn) * coming)
    whole = strip.ends.replace(second=0, microsecond=0)
    return Over(
        minutes=minutes,
        turn=turn if saved > timedelta(0) else 0,
        trimmed=strip.ends - saved,
        in_time=saved.total_seconds() >= late,
        end=whole if whole == strip.ends else whole + timedelta(minutes=1),
    )


def timeline(picture: Picture) -> Timeline | None:
    """The strip of a ring before its end; None while it has no time to begin at."""
    ring = picture.ring
    start, planned = ring.began_at or ring.starts_at, picture.planned_end
    if ring.is_over or start is None or planned is None:
        return None
    turns = len(picture.asks) or ring.people_expected
    fitting = _fitting_turn(ring, planned - start, turns)
    whole = dict.fromkeys(range(1, ring.rounds + 1), turns)
    plan = _row(start, _stretches(ring, course(ring.rounds), whole, fitting), PLAN)
    real = _past(picture) + _now(picture) if ring.began_at else []
    due = real[-1].end if real else start
    left = _row(due, _to_come(picture), LEFT) if real else []
    ends = left[-1].end if left else due if real else planned
    scale = _Scale(start, max(planned, ends))
    return Timeline(
        plan=scale.bars(plan),
        real=scale.bars(real + left),
        ticks=scale.ticks(),
        ends=ends,
        due=due,
        planned=planned,
    )


def _turns_to_come(picture: Picture) -> int:
    """The turns after the one that runs, in this round and the next."""
    rounds_to_come = picture.ring.rounds - picture.ring.round
    return len(picture.queue) + rounds_to_come * len(picture.asks)


# --- what is planned ------------------------------------------------------------------------------


def _fitting_turn(ring: Ring, whole: timedelta, turns: int) -> timedelta:
    """How long each turn is in the plan, which may have agreed to another end on the way."""
    around = timedelta(minutes=ring.planned_minutes(0))
    if ring.agreed_end is None or not turns or whole <= around:
        return timedelta(seconds=ring.turn_seconds)
    return (whole - around) / (turns * ring.rounds)


def _stretches(
    ring: Ring, places: Iterable[Place], turns: Mapping[int, int], turn: timedelta
) -> Iterator[tuple[timedelta, bool]]:
    """How long each part of these places is to be, and whether it is drawn: the break is a gap.

    `turns` says how many there are in each round.
    """
    for phase, which in places:
        if phase == Phase.TURNS:
            yield from [(turn, True)] * turns[which]
        if phase == Phase.WALL and ring.rest_minutes:
            yield timedelta(minutes=ring.rest_minutes), False
        if minutes := ring.phase_minutes(phase):
            yield timedelta(minutes=minutes), True


def _row(start: datetime, stretches: Iterable[tuple[timedelta, bool]], css: str) -> list[Span]:
    """One part after the other from `start`."""
    spans = []
    for length, drawn in stretches:
        if drawn:
            spans.append(Span(start, start + length, css))
        start += length
    return spans


def _to_come(picture: Picture) -> Iterator[tuple[timedelta, bool]]:
    ring = picture.ring
    here = place_of(ring.phase, ring.round, ring.rounds)
    later = course(ring.rounds)[here + (ring.phase != Phase.TURNS) :]
    turns = dict.fromkeys(range(1, ring.rounds + 1), len(picture.asks) or ring.people_expected)
    if picture.asks:
        turns[ring.round] = len(picture.queue)
    return _stretches(ring, later, turns, timedelta(seconds=ring.turn_seconds))


# --- what happened --------------------------------------------------------------------------------


def _past(picture: Picture) -> list[Span]:
    """What is behind us: the beginning as one bar, each turn, and what came after the turns."""
    ring = picture.ring
    marks = [ring.began_at or ring.phase_began_at]
    if ring.round > 1 or COURSE.index(Phase(ring.phase)) >= COURSE.index(Phase.TURNS):
        taken = [a for a in (*picture.heard, *picture.asks) if a.began_at]
        for ask in sorted(taken, key=lambda ask: (ask.began_at or ring.phase_began_at, ask.pk)):
            marks += [m for m in (ask.began_at, ask.ended_at) if m]
    if ring.phase != Phase.TURNS:
        marks.append(ring.phase_began_at)
    spans: list[Span] = []
    for mark in marks[1:]:
        begin = spans[-1].end if spans else marks[0]
        if mark > begin:
            spans.append(Span(begin, mark, DONE))
    return spans


def _now(picture: Picture) -> list[Span]:
    """What runs now, up to its planned end; nothing where nobody has the ring or no time is set."""
    ring, deadline, current = picture.ring, picture.deadline, picture.current
    began = current.began_at if current else ring.phase_began_at
    return [Span(began, deadline, NOW)] if began and deadline else []


# --- as numbers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    """Time along the strip, from the first moment shown to the last."""

    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        share = (moment - self.start) / max(self.end - self.start, timedelta(minutes=1))
        return EDGE + share * (WIDTH - 2 * EDGE)

    def bars(self, spans: Iterable[Span]) -> tuple[Bar, ...]:
        return tuple(
            Bar(number(x), number(max(self.x(span.end) - x - GAP, 1)), span.css)
            for span in spans
            for x in [self.x(span.begin)]
        )

    def ticks(self) -> tuple[Tick, ...]:
        """Full hours, halves or less, as the length of the strip allows."""
        minutes = (self.end - self.start).total_seconds() / 60
        step = next((s for s in STEPS if minutes / s <= TIMES), STEPS[-1])
        seconds = self.start.timestamp()
        late = -seconds % (step * 60)
        first = self.start + timedelta(seconds=late)
        count = int((minutes - late / 60) / step) + 1
        moments = [first + timedelta(minutes=step * i) for i in range(max(count, 0))]
        return tuple(Tick(number(self.x(m)), m) for m in moments if m <= self.end)
