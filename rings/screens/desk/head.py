"""The desk's head: the ring, its steps, who is here, links and the menu."""

from dataclasses import dataclass

from django.conf import settings

from rings import drawings
from rings.live import Audience, Context, fragment
from rings.phases import (
    COURSE,
    MOVES,
    REOPEN_HOURS,
    Phase,
)
from rings.picture import Picture
from rings.screens.desk.team import hands

STEP_NAMES = {
    Phase.LOBBY: "Lobby",
    Phase.WELCOME: "Welcome",
    Phase.WRITING: "Writing",
    Phase.TURNS: "Asking",
    Phase.WALL: "Wall",
    Phase.CLOSING: "Close",
}


@dataclass(frozen=True)
class Step:
    """One phase of the course in the head; `open` says that the ring may go there from here."""

    phase: Phase
    name: str
    now: bool
    past: bool
    open: bool

    @property
    def icon(self) -> str:
        return "check" if self.past else ""


@fragment(Audience.DESK)
def desk_head(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    return {
        "mini": drawings.progress(picture),
        "steps": [_step(picture, step) for step in COURSE] if phase in MOVES[Phase.DRAFT] else [],
        "link": picture.ring.join_link,
        "stage_link": f"{settings.ORIGIN}/stage/{picture.ring.stage_token}/",
        "can_end": Phase.FOLLOW_UP in MOVES[phase] and phase != Phase.CLOSING,
        "can_cancel": Phase.CANCELLED in MOVES[phase],
        "hours": REOPEN_HOURS,
        **hands(picture),
    }


def _step(picture: Picture, step: Phase) -> Step:
    phase = Phase(picture.ring.phase)
    name = STEP_NAMES[step]
    if step == phase == Phase.TURNS and picture.current:
        name = f"{name} {picture.turn_number}/{len(picture.asks)}"
    at = COURSE.index(phase) if phase in COURSE else -1
    if phase == Phase.FOLLOW_UP:
        at = len(COURSE)
    return Step(
        phase=step,
        name=name,
        now=step == phase,
        past=COURSE.index(step) < at,
        open=step in MOVES[phase] and phase != Phase.FOLLOW_UP,
    )
