"""A past ring is taken along as a file, and one from elsewhere is brought in."""

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rings.actions.door import By, Change, Refs, command, record
from rings.models import Ring
from rings.past import bringing, search
from rings.past.bringing import NotOurs
from rings.past.taking import Open
from rings.phases import NotNow
from rings.picture import Picture


@command
def take_along(room: Change, *, words: bool) -> Refs:
    """Somebody takes a ring along as a file: recorded, since names and words go with it."""
    if not room.ring.is_over:
        raise NotNow(_("End the ring first."))
    return {"words": words}


def bring_in(user: User, data: bytes) -> list[Ring]:
    """The rings of a file become rings of this site, all of them or none."""
    how, entries = bringing.read(data)
    try:
        with transaction.atomic():
            return [_brought(bringing.write(each, how, user), how, user) for each in entries]
    except (DataError, IntegrityError):
        raise NotOurs(
            _("This file does not fit together: two of its rows cannot both be.")
        ) from None


def _brought(ring: Ring, how: Open, user: User) -> Ring:
    """Recorded as an act on it, and found by its words from now on."""
    ring.version += 1
    ring.save(update_fields=["version"])
    room = Change(ring=ring, by=By(user), now=timezone.now())
    record(room, "bring_in", "", {"whole": how is Open.WHOLE})
    search.index(Picture.of(ring.pk))
    return ring
