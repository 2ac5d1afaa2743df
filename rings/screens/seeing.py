"""A phone as the desk may look at it: what the whole room may know, and nothing that is private."""

from copy import copy
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from rings.models import Offer, Participant, Request
from rings.phases import AskStatus, OfferStatus
from rings.picture import Picture

UNSEEN = _("These words are seen on this phone alone until the turn comes.")


def for_the_room(picture: Picture) -> Picture:
    """Without private offers; whoever has written or not, an ask before its turn looks the same."""
    return replace(
        picture,
        asks=[_closed(ask) for ask in picture.asks],
        silent=[_closed(ask) for ask in picture.silent],
        heard=[_closed(ask) for ask in picture.heard],
        offers=[_bare(offer) for offer in picture.offers if not offer.private],
        participants=[_unreachable(person) for person in picture.participants],
    )


def _bare(offer: Offer) -> Offer:
    """What was answered, came of it or was thanked for is between its two people; so is how to reach them."""
    bare = copy(offer)
    bare.came_of = bare.thanks = ""
    bare.status, bare.useful = OfferStatus.PLEDGED, False
    bare.thanked_at = bare.still_at = bare.wanted_at = None
    bare.helper, bare.asker = _unreachable(offer.helper), _unreachable(offer.asker)
    return bare


def _unreachable(person: Participant) -> Participant:
    bare = copy(person)
    bare.contact = ""
    return bare


def _closed(ask: Request) -> Request:
    if ask.is_shown:
        return ask
    closed = copy(ask)
    closed.text, closed.why, closed.by, closed.kind = str(UNSEEN), "", None, ""
    closed.privacy, closed.status = "normal", AskStatus.READY
    return closed
