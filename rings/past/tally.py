"""A ring's numbers as they are kept, so that lists need not count, and erasing takes none of them."""

from datetime import timedelta
from statistics import median

from rings import drawings, insights
from rings.models import Offer, Request, Tally
from rings.phases import MOVED, OUTCOMES, SETTLED, OfferStatus
from rings.picture import Picture


def of(picture: Picture) -> Tally:
    """The tally of a ring as it stands, not saved. Units stand with each column of `Tally`."""
    ring, numbers = picture.ring, insights.numbers(picture)
    asked = insights.asked(picture)
    firsts = first_offers(picture, asked)
    kept = [offer for offer in picture.offers if offer.status == OfferStatus.KEPT]
    counts = [len(picture.offers_on(ask)) for ask in asked]
    actual = ring.ended_at - ring.began_at if ring.ended_at and ring.began_at else None
    return Tally(
        ring=ring,
        month=ring.ended_in,
        people=numbers.people,
        asks=numbers.asks,
        helped=numbers.asks_with_offer,
        offers=numbers.offers,
        firm=numbers.firm,
        gave=numbers.gave,
        gave_and_got=numbers.gave_and_got,
        onward=numbers.onward,
        all_round=numbers.all_round,
        offers_an_ask=median(counts) if counts else None,
        first_offers=firsts,
        first_offer=median(firsts) if firsts else None,
        answered=sum(offer.status in SETTLED for offer in picture.offers),
        kept=len(kept),
        kept_14=sum(_within(picture, offer, 14) for offer in kept),
        kept_30=sum(_within(picture, offer, 30) for offer in kept),
        moved=sum(ask.status in MOVED for ask in asked),
        outcomes=sum(ask.status in OUTCOMES for ask in asked),
        planned_minutes=ring.planned_minutes(len(picture.asks)) if ring.began_at else None,
        actual_minutes=round(actual.total_seconds() / 60, 1) if actual else None,
        sketch=drawings.sketch(picture),
    )


def first_offers(picture: Picture, asked: list[Request]) -> list[int]:
    """Seconds from the beginning of a turn to its first offer, ascending, for each ask that got one.

    An ask that was shown without a turn has no beginning to count from, and is left out.
    """
    return sorted(
        max(0, int((min(offer.created_at for offer in offers) - ask.began_at).total_seconds()))
        for ask in asked
        if ask.began_at and (offers := _in_the_ring(picture, ask))
    )


def _in_the_ring(picture: Picture, ask: Request) -> list[Offer]:
    """The offers on an ask that were made before the ring ended; people go on offering afterwards."""
    ended = picture.ring.ended_at
    return [offer for offer in picture.offers_on(ask) if ended is None or offer.created_at <= ended]


def _within(picture: Picture, offer: Offer, days: int) -> bool:
    end = picture.ring.ended_at
    return bool(end and offer.settled_at and offer.settled_at <= end + timedelta(days=days))
