"""What phones and the stage say while the desk of who leads is away: calmly, and what still works."""

from django.utils.translation import gettext as _

from rings import team
from rings.live import Audience, Context, fragment
from rings.phases import OFFERABLE, Phase
from rings.picture import Picture


@fragment(Audience.PHONE)
def phone_host(picture: Picture) -> Context:
    return {"name": team.leader_name(picture.ring), "still": _still(picture)}


@fragment(Audience.STAGE)
def stage_host(picture: Picture) -> Context:
    return {"name": team.leader_name(picture.ring), "still": _still(picture)}


def _still(picture: Picture) -> str:
    """What goes on without a facilitator."""
    phase = picture.ring.phase
    if phase in OFFERABLE:
        return _("You can go on offering.")
    return _("You can go on writing.") if phase == Phase.WRITING else ""
