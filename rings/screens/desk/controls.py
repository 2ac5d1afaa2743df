"""The desk's controls: small acts on the left, and far from them the one that moves on."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rings.live import Audience, Context, fragment
from rings.models import Request
from rings.phases import (
    PAUSABLE,
    REOPEN_HOURS,
    Phase,
)
from rings.picture import Picture
from rings.screens.desk.names import short
from rings.screens.desk.team import hands
from rings.screens.desk.unfinished import unfinished
from rings.script import cards_in

# What the one large button says, and where it leads; in the turns it is Next while somebody waits.
PRIMARY = {
    Phase.DRAFT: (Phase.LOBBY, _("Open the lobby")),
    Phase.LOBBY: (Phase.WELCOME, _("Begin the welcome")),
    Phase.WELCOME: (Phase.WRITING, _("Start writing")),
    Phase.WRITING: (Phase.TURNS, _("Start turns")),
    Phase.TURNS: (Phase.WALL, _("To the wall")),
    Phase.WALL: (Phase.CLOSING, _("To the closing")),
}


@fragment(Audience.DESK)
def desk_controls(picture: Picture) -> Context:
    """Small acts on the left, and far from them the one that moves on."""
    phase = Phase(picture.ring.phase)
    turns, following = phase == Phase.TURNS, picture.following
    to, says = PRIMARY.get(phase, ("", ""))
    called = _called(picture, following) if following else ""
    again = turns and picture.ring.round < picture.ring.rounds  # the turns lead to the next round
    if again:
        to, says = Phase.WRITING, gettext("To round {number}").format(number=picture.ring.round + 1)
    small = gettext("writing first") if again else ""
    if phase == Phase.WRITING and following:
        small = gettext("{name} begins").format(name=called)
    return {
        "turns": turns,
        "current": picture.current,
        "next": gettext("Next: {name}").format(name=called) if turns and following else "",
        "no_back": not any(ask.ended_at for ask in picture.asks),
        "no_defer": not picture.queue,
        "pausable": phase in PAUSABLE,
        "cards": cards_in(phase),
        "to": to,
        "round": picture.ring.round + 1 if again else "",
        "says": says,
        "small": small,
        "hours": REOPEN_HOURS,
        "left": unfinished(picture),
        **hands(picture),
    }


def _called(picture: Picture, ask: Request) -> str:
    """Who comes next, and whether they are there to come."""
    name, here = short(picture, ask), ask.participant_id in picture.here
    return name if here else gettext("{name} (away)").format(name=name)
