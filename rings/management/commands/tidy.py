"""The daily task: what a ring's time is up for is erased, old rehearsals go, and no ring stays uncounted.

It may run twice, or at once on two machines: each ring is looked at again under its lock. One ring that
fails is logged, and does not stop the others.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rings import actions
from rings.actions import By
from rings.actions.rehearsing import KEPT_FOR
from rings.models import Request, Ring
from rings.phases import OVER, REOPEN_HOURS, Keeping, NotNow, Privacy

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Erase names and words of past rings whose time is up, and old rehearsals. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        rings = _each(due(), lambda ring: actions.expire(ring, By(None)))
        old = Ring.objects.filter(practice=True, created_at__lt=timezone.now() - KEPT_FOR)
        rehearsals = _each(old, actions.forget)
        # those that were over before numbers were kept
        uncounted = Ring.objects.real().filter(phase__in=OVER, erased_at=None, tally=None)
        counted = _each(uncounted, actions.settle)
        self.stdout.write(
            f"Past rings erased: {rings}. Rehearsals deleted: {rehearsals}. Rings counted: {counted}."
        )


def due() -> QuerySet[Ring]:
    """Rings that are over, not erased, and either at the end of their time or with words of the room.

    The same rule as `Ring.kept_until`, said for the database; the command looks once more.
    """
    now, until_closed = timezone.now(), timedelta(hours=REOPEN_HOURS)
    up = Q()
    for days in Keeping.values:
        up |= Q(keep_days=days, ended_at__lte=now - max(timedelta(days=days), until_closed))
    of_the_room = Request.objects.filter(
        ring=OuterRef("pk"), privacy=Privacy.RING_ONLY, erased=False
    )
    closed = Q(ended_at__lte=now - until_closed)
    rings = Ring.objects.real().filter(phase__in=OVER, erased_at=None)
    return rings.filter(up | closed & Exists(of_the_room)).order_by("pk")


def _each(rings: QuerySet[Ring], do: Callable[[Ring], object]) -> int:
    """Do it to each; how many it was done to."""
    done = 0
    for ring in rings:
        try:
            do(ring)
        except NotNow:  # another machine was quicker, or the ring was just opened again
            continue
        except Exception:
            log.exception("a ring could not be tidied", extra={"ring": ring.pk})
        else:
            done += 1
    return done
