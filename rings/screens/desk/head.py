"""The desk's head: the ring, its steps, who is here, links and the menu."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from rings import drawings
from rings.live import Audience, Context, fragment
from rings.phases import (
    MOVES,
    REOPEN_HOURS,
    Phase,
    Place,
    course,
    may_go,
    place_of,
)
from rings.picture import Picture
from rings.screens.desk.team import hands
from rings.screens.desk.unfinished import unfinished

STEP_NAMES = {
    Phase.LOBBY: pgettext_lazy("step of the ring", "Lobby"),
    Phase.WELCOME: pgettext_lazy("step of the ring", "Welcome"),
    Phase.WRITING: pgettext_lazy("step of the ring", "Writing"),
    Phase.TURNS: pgettext_lazy("step of the ring", "Asking"),
    Phase.WALL: pgettext_lazy("step of the ring", "Wall"),
    Phase.CLOSING: pgettext_lazy("step of the ring", "Close"),
}


@dataclass(frozen=True)
class Step:
    """One place of the course in the head; `open` says that the ring may go there from here."""

    phase: Phase
    round: int
    name: str
    now: bool
    past: bool
    open: bool
    sure: bool  # whether somebody would be left without a turn, so that it is asked once

    @property
    def goes(self) -> str:
        return _("Open the wall now") if self.phase == Phase.WALL else _("Go to the closing now")

    @property
    def id(self) -> str:
        return f"{self.phase}-{self.round}"

    @property
    def icon(self) -> str:
        return "check" if self.past else ""


@fragment(Audience.DESK)
def desk_head(picture: Picture) -> Context:
    phase = Phase(picture.ring.phase)
    return {
        "mini": drawings.progress(picture),
        "steps": _steps(picture) if phase in MOVES[Phase.DRAFT] else [],
        "link": picture.ring.join_link,
        "stage_link": f"{settings.ORIGIN}/stage/{picture.ring.stage_token}/",
        "can_end": Phase.FOLLOW_UP in MOVES[phase] and phase != Phase.CLOSING,
        "can_cancel": may_go(
            (phase, picture.ring.round), (Phase.CANCELLED, picture.ring.round), picture.ring.rounds
        ),
        "hours": REOPEN_HOURS,
        "left": unfinished(picture),
        **hands(picture),
    }


def _steps(picture: Picture) -> list[Step]:
    ring = picture.ring
    at = place_of(ring.phase, ring.round, ring.rounds)
    return [_step(picture, place, where, at) for where, place in enumerate(course(ring.rounds))]


def _step(picture: Picture, place: Place, where: int, at: int) -> Step:
    ring, (step, number) = picture.ring, place
    name = str(STEP_NAMES[step])
    if ring.rounds > 1 and step in (Phase.WRITING, Phase.TURNS):
        name = f"{name} {number}"
    if where == at and step == Phase.TURNS and picture.current:
        name = f"{STEP_NAMES[step]} {picture.turn_number}/{len(picture.asks)}"
    # what is around the rounds is reached from whichever the ring is in
    aim = number if step in (Phase.WRITING, Phase.TURNS) else ring.round
    return Step(
        phase=step,
        round=aim,
        name=name,
        now=where == at,
        past=where < at,
        open=ring.phase != Phase.FOLLOW_UP
        and may_go((Phase(ring.phase), ring.round), (step, aim), ring.rounds),
        sure=ring.phase == Phase.TURNS
        and step in (Phase.WALL, Phase.CLOSING)
        and bool(unfinished(picture).turns),
    )
