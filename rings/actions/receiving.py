"""What an asker answers to an offer: yes, not needed, thank you, and that it was the most useful thing."""

from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.models import Offer
from rings.phases import GONE, SETTLED, NotNow, OfferStatus


@command
def accept(room: Change, *, offer: Offer, needed: bool) -> Refs:
    """Accept an offer, or say kindly that it is not needed. Either can be changed later."""
    offer = standing(room, offer)
    if offer.status in SETTLED:
        raise NotNow(_("What came of this offer has been said already."))
    offer.status = OfferStatus.ACCEPTED if needed else OfferStatus.NOT_NEEDED
    offer.wanted_at = room.now if needed else None
    offer.save(update_fields=["status", "wanted_at"])
    return {"offer": offer.pk, "needed": needed}


@command
def thank(room: Change, *, offer: Offer, thanks: str | None = None, aloud: bool = False) -> Refs:
    """Thank for an offer, whatever came of it, in words if they like. Said twice it is said once.

    `aloud`: those words may be read at the opening of the circle's next ring.
    """
    offer = standing(room, offer)
    offer.thanked_at = offer.thanked_at or room.now
    if thanks is not None:
        offer.thanks, offer.thanks_aloud = thanks, aloud and bool(thanks)
    offer.save(update_fields=["thanked_at", "thanks", "thanks_aloud"])
    return {"offer": offer.pk}


@command
def most_useful(room: Change, *, offer: Offer) -> Refs:
    """Say which was the most useful thing heard: one offer an ask, and it can be another one later."""
    offer = standing(room, offer)
    earlier = offer.ask.offers.filter(useful=True)
    room.touches(*earlier.values_list("helper_id", flat=True))
    earlier.update(useful=False)
    offer.useful = True
    offer.save(update_fields=["useful"])
    return {"offer": offer.pk}


def standing(room: Change, offer: Offer) -> Offer:
    """The offer as it stands, if something can be said of it; both people's own pages hear of it."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    offer = room.ring.offers.select_related("ask").get(pk=offer.pk)
    if offer.status == OfferStatus.WITHDRAWN:
        raise NotNow(_("This offer was taken back a moment ago."))
    room.touches(offer.asker_id, offer.helper_id)
    return offer
