"""The quiet meter: since when nobody has offered or spoken, and what helps after how long. Desk only.

Only the moment is drawn; the page's own clock counts the seconds (static/desk.js).
"""

from datetime import datetime, timedelta

from rings.live import Context
from rings.models import Request
from rings.picture import Picture
from rings.script import QUIET

# The asker has the first third of a turn; after it the quiet is counted, if nobody says so sooner.
ASKER_HAS = 3


def quiet(picture: Picture, ask: Request) -> Context:
    return {
        "quiet_from": quiet_from(picture, ask),
        "quiet_steps": QUIET,
        "hands_due": not hands_up(picture, ask),
        "unoffered": not picture.offers_on(ask),
    }


def hands_up(picture: Picture, ask: Request) -> bool:
    """Whether hands have gone to the phones in this turn, as far as anybody has said."""
    return bool(_signs(picture, ask))


def quiet_from(picture: Picture, ask: Request) -> datetime | None:
    """The last offer of this turn or the last time somebody spoke; before both, the asker's own time."""
    if ask.began_at is None:
        return None
    seconds = picture.ring.turn_seconds // ASKER_HAS + ask.paused_seconds
    return max(_signs(picture, ask), default=ask.began_at + timedelta(seconds=seconds))


def _signs(picture: Picture, ask: Request) -> list[datetime]:
    began = ask.began_at or picture.now
    offered = [offer.created_at for offer in picture.offers_on(ask)]
    spoken = [ask.spoken_at] if ask.spoken_at else []
    return [moment for moment in (*offered, *spoken) if moment >= began]
