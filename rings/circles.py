"""A group that meets again: the ring before, the ring to come, and what came of the last one meanwhile."""

from dataclasses import dataclass

from django.db.models import Count, F, Q

from rings.models import Offer, Ring
from rings.phases import (
    BETWEEN,
    JOINABLE,
    MERGED_FROM,
    MOVED,
    OUTCOMES,
    AskStatus,
    OfferStatus,
    Phase,
    Privacy,
    Seat,
)

READ_OUT = 2  # thanks on one screen, the newest


@dataclass(frozen=True)
class Loops:
    """What closed since the last ring: numbers, and the thanks that their askers let be read."""

    kept: int
    promises: int
    moved: int
    asks: int
    thanks: list[Offer]


def last_of(ring: Ring) -> Ring | None:
    """The ring that this group held last, if it has held one and that was before this one ended."""
    if ring.circle_id is None:
        return None
    held = Ring.objects.real().filter(circle=ring.circle_id, ended_at__isnull=False)
    if ring.ended_at:
        held = held.filter(ended_at__lt=ring.ended_at)
    held = held.exclude(pk=ring.pk).exclude(phase=Phase.CANCELLED)
    return held.order_by("-ended_at").first()


def coming(circles: set[int]) -> dict[int, Ring]:
    """For each of these circles the ring that one can come into now, the one that begins first."""
    if not circles:
        return {}
    rings = Ring.objects.real().filter(circle__in=circles, phase__in=JOINABLE)
    latest_first = rings.order_by(F("starts_at").desc(nulls_first=True), "-pk")
    return {ring.circle_id: ring for ring in latest_first if ring.circle_id}


def loops(ring: Ring) -> Loops | None:
    """What closed since the last ring, as it was when this one's present phase began.

    None without a last ring, and when nothing closed: no nought is shown to a room.
    """
    last = last_of(ring)
    if last is None:
        return None
    by_now = ring.phase_began_at
    offers = last.offers.exclude(status=OfferStatus.WITHDRAWN)
    kept = Q(status=OfferStatus.KEPT, settled_at__lte=by_now)
    counts = offers.aggregate(promises=Count("pk"), kept=Count("pk", filter=kept))
    asked = last.asks.exclude(round=BETWEEN).filter(status__in=(AskStatus.OPEN, *OUTCOMES))
    asks = asked.aggregate(asks=Count("pk"), moved=Count("pk", filter=Q(status__in=MOVED)))
    for of, all_of in ((counts, "promises"), (asks, "asks")):
        if of[all_of] < MERGED_FROM:  # so few would name somebody
            of.update(dict.fromkeys(of, 0))
    aloud = offers.filter(thanks_aloud=True, thanked_at__lte=by_now).exclude(thanks="")
    aloud = aloud.filter(ask__hidden=False, ask__privacy=Privacy.NORMAL)
    aloud = aloud.filter(asker__seat=Seat.JOINED, helper__seat=Seat.JOINED)
    thanks = list(aloud.select_related("asker", "helper").order_by("-thanked_at", "-pk")[:READ_OUT])
    if not (counts["kept"] or asks["moved"] or thanks):
        return None
    return Loops(thanks=thanks, **counts, **asks)
