"""What came of a promise and of an ask, as its people say it afterwards, and can say otherwise."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.actions.receiving import standing
from rings.models import Event, Offer, Participant, Request
from rings.phases import AFTERWARDS, GONE, OUTCOMES, SETTLED, AskStatus, NotNow, OfferStatus


@command
def keep(
    room: Change,
    *,
    offer: Offer,
    came_of: str | None = None,
    hours: float | None = None,
    money: int | None = None,
) -> Refs:
    """A promise was kept, say its helper or its asker.

    With `came_of`, be it empty, goes what it saved, if they like to say; without, nothing of that changes.
    """
    offer = _promise(room, offer)
    was = offer.status
    _settle(room, offer, OfferStatus.KEPT)
    if _is_asker(room, offer):
        offer.wanted_at = offer.wanted_at or room.now
    if came_of is not None:
        offer.came_of, offer.hours, offer.money = came_of, hours, money
    offer.save(update_fields=["status", "settled_at", "wanted_at", "came_of", "hours", "money"])
    return {"offer": offer.pk, "before": was}


@command
def release(room: Change, *, offer: Offer) -> Refs:
    """Its helper lets a promise go, without a reason; its asker reads it kindly."""
    offer = _promise(room, offer)
    was = offer.status
    _settle(room, offer, OfferStatus.RELEASED)
    offer.came_of, offer.hours, offer.money = "", None, None
    offer.save(update_fields=["status", "settled_at", "came_of", "hours", "money"])
    return {"offer": offer.pk, "before": was}


@command
def still_coming(room: Change, *, offer: Offer, due: date | None = None) -> Refs:
    """Its helper says that a promise still stands, and perhaps another day for it."""
    offer = _promise(room, offer)
    if offer.status in SETTLED:
        raise NotNow(_("What came of this offer has been said already."))
    offer.still_at, offer.due = room.now, due or offer.due
    offer.save(update_fields=["still_at", "due"])
    return {"offer": offer.pk}


@command
def start_with(room: Change, *, offer: Offer, due: date | None = None) -> Refs:
    """Its helper chooses the one promise to start with, and perhaps its day; it can be another one later."""
    offer = _promise(room, offer)
    if offer.status in SETTLED:
        raise NotNow(_("What came of this offer has been said already."))
    room.ring.offers.filter(helper=offer.helper_id, first=True).update(first=False)
    offer.first, offer.due = True, due or offer.due
    offer.save(update_fields=["first", "due"])
    return {"offer": offer.pk}


@command
def unsay(room: Change, *, offer: Offer) -> Refs:
    """What was said to have come of a promise is taken back: it stands as it did before."""
    offer = _promise(room, offer)
    if offer.status not in SETTLED:
        raise NotNow(_("There is nothing to take back."))
    said = room.ring.events.filter(kind__in=("keep", "release"), refs__offer=offer.pk)
    offer.status = _before(said.order_by("version"))
    offer.settled_at, offer.came_of, offer.hours, offer.money = None, "", None, None
    offer.save(update_fields=["status", "settled_at", "came_of", "hours", "money"])
    return {"offer": offer.pk}


@command
def outcome(room: Change, *, ask: Request, status: str) -> Refs:
    """The asker says what came of an ask, or that it is open still."""
    _is_time(room)
    ask = room.ring.asks.get(pk=ask.pk)
    if status not in (*OUTCOMES, AskStatus.OPEN) or ask.status not in (*OUTCOMES, AskStatus.OPEN):
        raise NotNow(_("Nothing can be said to have come of this ask."))
    ask.status = AskStatus(status)
    ask.save(update_fields=["status"])
    room.touches(ask.participant_id)
    return {"ask": ask.pk, "status": status}


def _is_time(room: Change) -> None:
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    if room.ring.phase not in AFTERWARDS:
        raise NotNow(_("This can be said once the ring is closing."))


def _promise(room: Change, offer: Offer) -> Offer:
    """The offer as it stands, if it is a promise of which something can be said now."""
    _is_time(room)
    offer = standing(room, offer)
    if offer.status == OfferStatus.NOT_NEEDED and not _is_asker(room, offer):
        raise NotNow(
            _("{name} has enough for now, and nothing more is asked of you.").format(
                name=offer.asker.name
            )
        )
    return offer


def _is_asker(room: Change, offer: Offer) -> bool:
    return isinstance(room.by.who, Participant) and room.by.who.pk == offer.asker_id


def _settle(room: Change, offer: Offer, status: OfferStatus) -> None:
    """Both answers can follow on the other; when it was first said to be so is what counts."""
    if offer.status != status:
        offer.settled_at = room.now
    offer.status = status


def _before(said: QuerySet[Event]) -> OfferStatus:
    """How a promise stood before anything was said of it."""
    before = (OfferStatus(event.refs.get("before", "pledged")) for event in said.reverse())
    return next((status for status in before if status not in SETTLED), OfferStatus.PLEDGED)
