"""Words beside the desk's clock: over time, a break, and the beginning of a turn."""

from datetime import timedelta

from rings.live import Context
from rings.phases import MINUTE, PAUSABLE, START_WITHIN, Phase
from rings.picture import Picture
from rings.timeline import Timeline, over_time

BREAKS = (5, 10, 15)  # minutes offered


def time_words(picture: Picture, strip: Timeline | None) -> Context:
    """All from stored moments; the page itself counts what runs."""
    ring, current = picture.ring, picture.current
    running = ring.phase in PAUSABLE
    between = ring.phase == Phase.TURNS and not picture.following and not current
    starts = picture.clock_can_start and current and current.began_at
    return {
        "over": over_time(picture, strip) if strip and not ring.paused_at else None,
        "breaks": _breaks(picture) if running and (ring.paused_at or between) else (),
        "more_for": current.pk if current else "",
        "can_have_more": picture.deadline is not None,
        "start_until": starts + timedelta(seconds=START_WITHIN) if starts else None,
        "minute": MINUTE,
    }


def _breaks(picture: Picture) -> tuple[int, ...]:
    """The break of the plan stands among the usual ones."""
    return tuple(sorted({*BREAKS, picture.ring.rest_minutes} - {0}))
