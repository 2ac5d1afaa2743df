"""What the desk shows: the head with steps and clock, the queue, the scene, the offers, the controls."""

from rings.live import Audience, Context, fragment
from rings.picture import Picture


@fragment(Audience.DESK)
def desk_head(picture: Picture) -> Context:
    return {}


@fragment(Audience.DESK)
def desk_queue(picture: Picture) -> Context:
    return {}


@fragment(Audience.DESK)
def desk_scene(picture: Picture) -> Context:
    return {"scene": f"rings/scenes/{picture.ring.phase}/desk.html"}


@fragment(Audience.DESK)
def desk_offers(picture: Picture) -> Context:
    return {}


@fragment(Audience.DESK)
def desk_controls(picture: Picture) -> Context:
    return {}
