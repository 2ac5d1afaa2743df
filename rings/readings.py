"""What the hub reads in its drawing threads: a ring to draw for its pages, and who is here in all rings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import close_old_connections
from django.utils import timezone, translation

from rings import live, metrics, team
from rings.live import Audience
from rings.models import HERE_FOR, Participant, Ring
from rings.picture import Picture

type Sight = tuple[Audience, str]  # whose screen, in which language
type Own = tuple[int, str]  # a seat, and the language of its phone


@dataclass
class Drawing:
    """What one reading gave: screens, personal fragments, the seats' keys, who leads."""

    version: int
    screens: dict[Sight, live.Screen]
    personal: dict[Own, dict[str, str]]
    keys: dict[int, str]
    here: frozenset[int]  # whose pages desk and stage show as here
    desks: set[int]
    lost: bool


def draw(
    pk: int,
    version: int,
    sights: Iterable[Sight],
    seats: Iterable[Own],
    since: Mapping[Own, int],
) -> Drawing:
    """Read the ring once, draw what is asked for.

    `seats` need their personal fragments, and those of `since` too unless they show this very version.
    """
    close_old_connections()
    picture = Picture.of(pk)
    now = picture.ring.version
    behind = {own for own, shown in since.items() if shown != now}
    metrics.DRAWINGS.inc()
    return Drawing(
        version=max(version, now),
        screens={sight: _screen(sight, picture, version) for sight in sights},
        personal={
            own: _personal(own, picture) for own in behind.union(seats) if own[0] in picture.seat_of
        },
        keys={seat: person.key_hash for seat, person in picture.seat_of.items()},
        here=frozenset(picture.seen),
        desks={picture.ring.facilitator_id, *(user.pk for user in picture.team)},
        lost=picture.ring.desk_lost,
    )


def _screen(sight: Sight, picture: Picture, version: int) -> live.Screen:
    audience, language = sight
    with translation.override(language):
        return live.screen(picture.ring.pk, audience, version, picture)


def _personal(own: Own, picture: Picture) -> dict[str, str]:
    seat, language = own
    with translation.override(language):
        return live.draw_personal(picture, picture.seat_of[seat])


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
