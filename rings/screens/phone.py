"""What a phone shows: the head, the scene everybody shares, and what is for one seat alone."""

from rings.live import Audience, Context, fragment, personal
from rings.models import Participant
from rings.picture import Picture


@fragment(Audience.PHONE)
def phone_head(picture: Picture) -> Context:
    return {}


@fragment(Audience.PHONE)
def phone_scene(picture: Picture) -> Context:
    return {"scene": f"rings/scenes/{picture.ring.phase}/phone.html"}


@personal
def phone_mine(picture: Picture, me: Participant) -> Context:
    current = picture.current
    return {
        "ask": picture.ask_of[me.pk],
        "my_turn": current is not None and current.participant_id == me.pk,
        "promises": picture.offers_by(me),
        "help": picture.offers_to(me),
    }
