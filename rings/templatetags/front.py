"""Words for the pages around a ring: the ring at the door, a QR code, and a way back within this site."""

from functools import lru_cache

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme

from rings.geometry import Frame, Place, Ring, draw
from rings.qr import QrCode, qr_code

register = template.Library()

MOST = 60  # beads that still stand apart


@register.simple_tag
@lru_cache(maxsize=400)
def door_ring(people: int, expected: int) -> str:
    """The door's ring, drawn once for each two numbers.

    It is most of what a page at the door costs, and whole cohorts (and guessers) stand there.
    """
    return get_template("rings/parts/ring.html").render({"drawing": at_the_door(people, expected)})


def at_the_door(people: int, expected: int) -> Ring:
    """A bead for each person inside, dashed ones for those expected, and below them your place."""
    others = min(max(people, expected - 1, 1), MOST)
    taken = min(people, others)
    # the empty places are spread evenly between the taken ones
    inside = [
        seat * taken // others != (seat - 1) * taken // others for seat in range(1, others + 1)
    ]
    places = [
        Place(state="asking"),
        *(Place(state="plain" if is_in else "empty") for is_in in inside),
    ]
    frame = Frame(420, 420, radius=176, bead=10, hoop=3, thread=0, turn=180)
    return draw(frame, places, [], "")


@register.filter
def qr(link: str) -> QrCode:
    """A link as a QR code for `parts/qr.html`."""
    return qr_code(link)


@register.simple_tag(takes_context=True)
def same_site(context: Context, link: str | None) -> str:
    """The link if it leads to a page of this site, else the front page."""
    request = context["request"]
    ours = url_has_allowed_host_and_scheme(
        link, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return link if link and ours else "/"
