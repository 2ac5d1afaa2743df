"""The desk's controls: small acts on the left, and far from them the one that moves on."""

from rings.live import Audience, Context, fragment
from rings.phases import (
    PAUSABLE,
    REOPEN_HOURS,
    Phase,
)
from rings.picture import Picture
from rings.screens.desk.names import short
from rings.screens.desk.team import hands

# What the one large button says, and where it leads; in the turns it is Next while somebody waits.
PRIMARY = {
    Phase.DRAFT: (Phase.LOBBY, "Open the lobby"),
    Phase.LOBBY: (Phase.WELCOME, "Begin the welcome"),
    Phase.WELCOME: (Phase.WRITING, "Start writing"),
    Phase.WRITING: (Phase.TURNS, "Start turns"),
    Phase.TURNS: (Phase.WALL, "To the wall"),
    Phase.WALL: (Phase.CLOSING, "To the closing"),
}


@fragment(Audience.DESK)
def desk_controls(picture: Picture) -> Context:
    """Small acts on the left, and far from them the one that moves on."""
    phase = Phase(picture.ring.phase)
    turns, following = phase == Phase.TURNS, picture.following
    to, says = PRIMARY.get(phase, ("", ""))
    begins = phase == Phase.WRITING and following
    return {
        "turns": turns,
        "current": picture.current,
        "next": f"Next: {short(picture, following)}" if turns and following else "",
        "no_back": not any(ask.ended_at for ask in picture.asks),
        "no_defer": not picture.queue,
        "pausable": phase in PAUSABLE,
        "to": to,
        "says": says,
        "small": f"{short(picture, following)} begins" if begins and following else "",
        "hours": REOPEN_HOURS,
        **hands(picture),
    }
