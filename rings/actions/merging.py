"""Two seats of one person become one: with one ask a round, and every offer of both."""

from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.actions.seats import settled
from rings.models import Event, Offer, Participant, Request
from rings.phases import NotNow, OfferStatus, Seat, Strength


@command
def merge(room: Change, *, participant: Participant, other: Participant) -> Refs:
    """`other` was the same person: what stands on that seat moves to `participant`, which stays.

    The seat that stays keeps its key; only a seat without a phone takes the other's. The name it has
    stays too. It cannot be taken back, since two seats are one then.
    """
    if participant.pk == other.pk:
        raise NotNow(_("Choose another seat of the same person."))
    stays, goes = settled(room, participant), settled(room, other)
    if stays.seat != Seat.JOINED:
        raise NotNow(_("{name} is not in the ring. Let them in first.").format(name=stays.name))
    if goes.seat not in {Seat.JOINED, Seat.LEFT, Seat.REMOVED}:
        raise NotNow(
            _("The seat of {name} cannot be brought together with another.").format(name=goes.name)
        )
    for ask in list(goes.asks.all()):
        _move_ask(room, ask, stays)
    _move_offers(goes, stays)
    _move_replies(goes, stays)
    goes.claimants.update(claims=stays, name=stays.name, name_key=stays.name_key)
    Event.objects.filter(by_participant=goes).update(by_participant=stays)
    stays.contact = stays.contact or goes.contact
    if not stays.mail or (goes.mail_verified_at and not stays.mail_verified_at):
        stays.mail, stays.mail_verified_at = goes.mail, goes.mail_verified_at
        stays.reminders, stays.digest = goes.reminders, goes.digest
        stays.language, stays.time_zone = goes.language, goes.time_zone
    stays.before = stays.before or goes.before
    key_hash, pin_hash, seen_at, pk = goes.key_hash, goes.pin_hash, goes.seen_at, goes.pk
    goes.delete()
    if stays.proxy and key_hash:
        stays.key_hash, stays.proxy, stays.seen_at = key_hash, False, seen_at
    stays.pin_hash = stays.pin_hash or pin_hash
    stays.save(
        update_fields=[
            *("key_hash", "proxy", "seen_at", "pin_hash"),
            *("contact", "mail", "mail_verified_at", "before"),
            *("reminders", "digest", "language", "time_zone"),
        ]
    )
    room.ring.last_act = None  # what it would put back may be gone
    room.touches(pk)
    room.everyone = True
    return {"participant": stays.pk, "merged": pk}


def _move_ask(room: Change, ask: Request, stays: Participant) -> None:
    """One of the two asks of a round stands: the one that was shown, or the one with words."""
    mine = stays.asks.filter(round=ask.round).first()
    if mine:
        if _was_asked(mine) and _was_asked(ask):
            raise NotNow(
                _(
                    "Both {name} and {other} have asked already, and others answer each ask. "
                    "They cannot become one; remove one of them instead."
                ).format(name=stays.name, other=ask.participant.name)
            )
        theirs_stands = _was_asked(ask) or (
            not _was_asked(mine) and bool(ask.text) and not mine.text
        )
        if not theirs_stands:
            return  # goes with its seat
        mine.delete()
    ask.offers.filter(helper=stays).delete()  # an offer to oneself is none
    ask.replies.filter(participant=stays).delete()
    ask.participant = stays
    ask.save(update_fields=["participant"])
    ask.offers.update(asker=stays)
    if room.ring.current_id == ask.pk:
        room.ring.current = ask


def _was_asked(ask: Request) -> bool:
    return ask.is_shown or ask.is_promised()


def _move_offers(goes: Participant, stays: Participant) -> None:
    """Every offer of the one is the other's; of two on one ask the answered or firmer one stands."""
    if stays.offers.filter(first=True).exists():
        goes.offers.filter(first=True).update(first=False)
    for offer in goes.offers.select_related("ask"):
        if offer.asker_id == stays.pk:
            offer.delete()
            continue
        twin = stays.offers.filter(ask=offer.ask).exclude(status=OfferStatus.WITHDRAWN).first()
        if twin and offer.status != OfferStatus.WITHDRAWN:
            weaker = offer if _weight(twin) >= _weight(offer) else twin
            weaker.status, weaker.settled_at, weaker.first = OfferStatus.WITHDRAWN, None, False
            weaker.save(update_fields=["status", "settled_at", "first"])
        offer.helper = stays
        offer.save(update_fields=["helper"])


def _move_replies(goes: Participant, stays: Participant) -> None:
    """A reply moves where the seat that stays has said nothing and offered nothing; it goes otherwise."""
    for reply in goes.replies.select_related("ask"):
        offered = stays.offers.filter(ask=reply.ask).exclude(status=OfferStatus.WITHDRAWN)
        said = stays.replies.filter(ask=reply.ask)
        if reply.ask.participant_id == stays.pk or offered.exists() or said.exists():
            continue  # goes with its seat
        reply.participant = stays
        reply.save(update_fields=["participant"])
    for offer in stays.offers.exclude(status=OfferStatus.WITHDRAWN):
        stays.replies.filter(ask=offer.ask_id).delete()


STANDS = (OfferStatus.RELEASED, OfferStatus.PLEDGED, OfferStatus.NOT_NEEDED, OfferStatus.ACCEPTED)


def _weight(offer: Offer) -> tuple[int, bool]:
    """What was let go weighs least, what was kept most."""
    status = OfferStatus(offer.status)
    rank = STANDS.index(status) if status in STANDS else len(STANDS)
    return rank, offer.strength == Strength.FIRM
