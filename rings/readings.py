"""What the hub reads in its drawing threads: a ring to draw for its pages, and who is here in all rings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import close_old_connections
from django.utils import timezone

from rings import live, metrics, team
from rings.live import Audience
from rings.models import HERE_FOR, Participant, Ring
from rings.picture import Picture


@dataclass
class Drawing:
    """What one reading gave: a screen an audience, the personal fragments, the seats' keys, who leads."""

    version: int
    screens: dict[Audience, live.Screen]
    personal: dict[int, dict[str, str]]
    keys: dict[int, str]
    here: frozenset[int]  # whose pages desk and stage show as here
    desks: set[int]
    lost: bool


def draw(
    pk: int,
    version: int,
    audiences: Collection[Audience],
    seats: Collection[int],
    since: Mapping[int, int],
) -> Drawing:
    """Read the ring once, draw what is asked for.

    `seats` need their personal fragments, and those of `since` too unless they show this very version.
    """
    close_old_connections()
    picture = Picture.of(pk)
    now = picture.ring.version
    behind = {seat for seat, shown in since.items() if shown != now}
    metrics.DRAWINGS.inc()
    return Drawing(
        version=max(version, now),
        screens={a: live.screen(pk, a, version, picture) for a in audiences},
        personal={
            seat: live.draw_personal(picture, picture.seat_of[seat])
            for seat in behind.union(seats)
            if seat in picture.seat_of
        },
        keys={seat: person.key_hash for seat, person in picture.seat_of.items()},
        here=frozenset(picture.seen),
        desks={picture.ring.facilitator_id, *(user.pk for user in picture.team)},
        lost=picture.ring.desk_lost,
    )


def look(
    ring_pks: Collection[int], here: Collection[int], desks: Collection[tuple[int, int]]
) -> tuple[dict[int, int], dict[int, set[int]], set[int]]:
    """Renew the leases of seats and desks, then read all versions and leases at once."""
    close_old_connections()
    now = timezone.now()
    if here:
        Participant.objects.filter(pk__in=here).update(seen_at=now)
    versions = dict(Ring.objects.filter(pk__in=ring_pks).values_list("pk", "version"))
    present: dict[int, set[int]] = {pk: set() for pk in ring_pks}
    rows = Participant.objects.joined().filter(ring__in=ring_pks, seen_at__gt=now - HERE_FOR)
    for ring_pk, seat in rows.values_list("ring_id", "pk"):
        present[ring_pk].add(seat)
    return versions, present, team.renew(desks, ring_pks, now)
