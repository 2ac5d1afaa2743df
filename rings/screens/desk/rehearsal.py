"""The desk's bar over a rehearsal: that its people are made up, what to try now, their pace, the way out."""

from collections.abc import Callable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rings.live import Audience, Context, fragment
from rings.models import Request
from rings.phases import JOINABLE, Phase
from rings.picture import Picture
from rings.qr import qr_code
from rings.screens.desk.names import short
from rings.troupe import OTTO_SAYS, QUIET, WITHOUT_A_PHONE

GOODBYE = _("It is over. Look at the map and the numbers as long as you like.")


@fragment(Audience.DESK)
def desk_rehearsal(picture: Picture) -> Context:
    ring = picture.ring
    if not ring.practice:
        return {}
    link = ring.join_link
    return {
        "hint": hint(picture),
        "qr": qr_code(link) if ring.phase in JOINABLE else None,
        "link": link,
        "paces": PACES[ring.pace] if ring.is_live else (),
    }


# What the pace can become from what it is: the value, and what the button says.
PACES = {
    0: (("1", "play", _("Let them go on")),),
    1: (("4", "next", _("Faster")), ("0", "pause", _("Hold still"))),
    4: (("1", "clock", _("Slower")), ("0", "pause", _("Hold still"))),
}


def hint(picture: Picture) -> str:
    """The one thing to try now, so that in ten minutes the hands have been everywhere."""
    ring = picture.ring
    if ring.pace == 0 and ring.is_live:
        return gettext("They hold still. Look round in peace: every button works.")
    if ring.paused_at:
        return gettext(
            "The clocks stand, and this time counts nowhere. Press Go on when you are ready."
        )
    says = HINTS.get(Phase(ring.phase))
    return says(picture) if says else str(GOODBYE)


def _lobby(picture: Picture) -> str:
    if _without_a_phone(picture) is None:
        return gettext(
            "People come in by themselves. {name} has no phone and waves: "
            "give him a place under Add somebody, on the left."
        ).format(name=WITHOUT_A_PHONE)
    return gettext(
        "When you think everybody is here, begin the welcome. Who is late still comes in."
    )


def _welcome(picture: Picture) -> str:
    return gettext("Say the lines aloud once, as you would in the room. Then start writing.")


def _writing(picture: Picture) -> str:
    ask = _without_a_phone(picture)
    if ask and not ask.text:
        return gettext(
            "They write in quiet. Press the pen beside {name} and write for him: “{ask}”"
        ).format(name=short(picture, ask), ask=OTTO_SAYS)
    return gettext(
        "Watch how many asks are ready. Start the turns when it is enough; the slow ones may go on."
    )


def _turns(picture: Picture) -> str:
    ask, following = picture.current, picture.following
    if picture.door:
        return gettext(
            "{name} stands at the door, late. Let them in: their turn comes last."
        ).format(name=picture.door[0].name)
    if ask is None:
        return gettext("Everyone has asked. Go to the wall.")
    name = short(picture, ask)
    offers = picture.offers_on(ask)
    if ask.participant_id not in picture.here:
        return gettext(
            "{name} is not here. Press Defer, and their turn comes later; or wait a little."
        ).format(name=name)
    if ask.participant.name == QUIET and not offers:
        return gettext(
            "Nobody knows at once, and that is normal. Keep still; the wall helps {name} too."
        ).format(name=name)
    if following and following.participant_id not in picture.here:
        return gettext(
            "Look at the list: {name} is next and away. You see it before you call."
        ).format(name=short(picture, following))
    return _habits(picture, name, bool(offers))


def _habits(picture: Picture, name: str, offered: bool) -> str:
    if picture.turn_number == 1 and not offered:
        return gettext("{name} reads. Keep still: the first offer takes a moment.").format(
            name=name
        )
    if picture.turn_number == 1:
        return gettext(
            "Somebody said an offer aloud? Write it under Write for someone. Then press Next."
        )
    if picture.turn_number == 2:
        return gettext(
            "Press Next once too early, on purpose, and take it back: Undo waits for 30 seconds."
        )
    if picture.turn_number == 3:
        return gettext("Press Pause as if somebody had dropped a cup, then Go on.")
    return gettext("You have it. Go on turn by turn, or to the wall when you have seen enough.")


def _wall(picture: Picture) -> str:
    return gettext(
        "All asks are open, fewest offers first. Be quiet with them, then go to the closing."
    )


def _closing(picture: Picture) -> str:
    return gettext("This map is on the stage. Say the lines, then end the ring: it asks once.")


HINTS: dict[Phase, Callable[[Picture], str]] = {
    Phase.DRAFT: _lobby,
    Phase.LOBBY: _lobby,
    Phase.WELCOME: _welcome,
    Phase.WRITING: _writing,
    Phase.TURNS: _turns,
    Phase.WALL: _wall,
    Phase.CLOSING: _closing,
}


def _without_a_phone(picture: Picture) -> Request | None:
    return next((ask for ask in picture.asks if ask.participant.proxy), None)
