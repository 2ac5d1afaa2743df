"""Make rings with many seats, quickly: make_rings RINGS SEATS PHASE. Prints them as JSON.

A ring in its turns has an ask on stage and all others waiting; in the lobby nobody has come yet, and
SEATS are those expected.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User
from django.utils import timezone

from rings.access import key_hash, seat_cookie
from rings.models import Participant, Request, Ring, name_key
from rings.phases import AskStatus, Phase, Turn


def make(user: User, seats: int, phase: str) -> dict[str, Any]:
    now = timezone.now()
    expected = min(max(seats, 1), 1000)
    ring = Ring.objects.create(
        title="A large ring", host="Fay", facilitator=user, people_expected=expected, version=1
    )
    sit(ring, 0 if phase == Phase.LOBBY else seats)
    ring.phase, ring.began_at, ring.phase_began_at = phase, now, now
    current = ring.asks.first()
    if current and phase == Phase.TURNS:
        current.turn, current.status, current.began_at = Turn.ASKING, AskStatus.OPEN, now
        current.save()
        ring.current = current
    ring.save()
    cookie = seat_cookie(ring.pk)
    return {
        "pk": ring.pk,
        "code": ring.code,
        "invite": ring.invite,
        "stage": ring.stage_token,
        "ask": ring.current_id,
        "version": ring.version,
        "seats": [[p.pk, f"{cookie}=key-{p.name_key}"] for p in ring.participants.all()],
    }


def sit(ring: Ring, seats: int) -> None:
    names = [f"Person{number}" for number in range(seats)]
    Participant.objects.bulk_create(
        Participant(
            ring=ring,
            name=name,
            name_key=name_key(name),
            key_hash=key_hash(f"key-{name_key(name)}"),
        )
        for name in names
    )
    Request.objects.bulk_create(
        Request(
            ring=ring,
            participant=person,
            place=place,
            text=f"A room for {place} people on a Thursday evening, near the station.",
            status=AskStatus.READY,
        )
        for place, person in enumerate(ring.participants.all(), 1)
    )


def main(rings: int, seats: int, phase: str) -> None:
    user, _ = User.objects.get_or_create(username="fay", email="fay@example.org")
    json.dump([make(user, seats, phase) for _ in range(rings)], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
