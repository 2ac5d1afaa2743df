"""What would be left undone: who has not had a turn, and which asks have no offer. For the desk alone."""

from dataclasses import dataclass

from rings.models import Request
from rings.phases import LIVE, ON_STAGE, STILL_TO_COME, AskStatus, Phase, Turn
from rings.picture import Picture


@dataclass(frozen=True)
class Unfinished:
    turns: list[Request]  # whose turn is still to come
    quiet: list[Request]  # asked, and no offer yet
    wall_open: bool  # whether the wall is what the desk shows

    def __bool__(self) -> bool:
        return bool(self.turns or self.quiet)


def unfinished(picture: Picture) -> Unfinished:
    phase = Phase(picture.ring.phase)
    if phase not in LIVE or picture.ring.is_gathering:
        return Unfinished([], [], False)
    to_come = STILL_TO_COME | {Turn.ABSENT}
    turns = [ask for ask in picture.asks if ask.turn in to_come]
    quiet = [ask for ask in picture.asks if _asked(ask) and not picture.offers_on(ask)]
    return Unfinished(turns, quiet, phase == Phase.WALL)


def _asked(ask: Request) -> bool:
    spoken = ask.turn in ON_STAGE | {Turn.DONE}
    return spoken or ask.status == AskStatus.OPEN
