"""A rehearsal: a ring of made-up people that is deleted whole, and how brisk they are."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rings.actions.arrivals import open_ring
from rings.actions.door import Change, Refs, command
from rings.models import Ring
from rings.phases import NotNow

PACES = (0, 1, 4)  # 0: they hold still
KEPT_FOR = timedelta(days=1)  # a rehearsal that nobody has deleted
# Short enough that eight people take about ten minutes.
PLAN: dict[str, Any] = {
    "people_expected": 8,
    "welcome_minutes": 1,
    "writing_minutes": 1,
    "turn_seconds": 60,
    "wall_minutes": 1,
    "closing_minutes": 1,
}


def rehearse(user: User, op: str, host: str) -> Ring:
    """The rehearsal this user is in, or a new one; those that were left lying about are deleted."""
    for ring in Ring.objects.filter(practice=True, created_at__lt=timezone.now() - KEPT_FOR):
        forget(ring)
    for ring in Ring.objects.owned_by(user).filter(practice=True):
        if not ring.is_over:
            return ring
        forget(ring)
    return open_ring(user, op, title=_("Rehearsal"), host=host, practice=True, **PLAN)


@command
def set_pace(room: Change, *, pace: int) -> Refs:
    """Make the made-up people brisker, slower, or hold still."""
    if not room.ring.practice:
        raise NotNow(_("Only the people of a rehearsal can be hurried."))
    if pace not in PACES:
        raise NotNow(_("There is no such pace."))
    room.ring.pace = pace
    return {"pace": pace}


def forget(ring: Ring) -> None:
    """Delete a rehearsal with all that was in it; a ring of real people never."""
    with transaction.atomic():
        found = Ring.objects.select_for_update().filter(pk=ring.pk, practice=True).first()
        if found:
            found.delete()
