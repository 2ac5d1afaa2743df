"""How people of a ring reach each other, by consent."""

from django.db.models import Q
from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.models import Participant
from rings.phases import GONE, NotNow, OfferStatus


@command
def share_contact(room: Change, *, participant: Participant, contact: str) -> Refs:
    """Somebody says how they can be reached, or with "" that nobody need know any more.

    Only who has an accepted offer with them sees it, and hears of the change.
    """
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = room.ring.participants.get(pk=participant.pk)
    person.contact = contact
    person.save(update_fields=["contact"])
    mine = Q(helper=person) | Q(asker=person)
    met = room.ring.offers.filter(mine, status__in=(OfferStatus.ACCEPTED, OfferStatus.KEPT))
    for pair in met.values_list("helper_id", "asker_id"):
        room.touches(*pair)
    room.touches(person)
    return {"participant": person.pk}
