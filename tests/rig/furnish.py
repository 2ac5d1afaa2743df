"""Fill the rig's database with rings, in a process of its own, by the product's own commands.

`python -m tests.rig.furnish '{"rings": 2, "people": 5, "phase": "wall"}'` prints what the people of
each ring know: codes, seats, keys, sessions. Where the phase is turns, `shown` asks have had the ring.
"""

import json
import os
import sys
from typing import Any
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "ringsite.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402  (models need Django to be set up)
from django.test import Client  # noqa: E402

from rings import access, actions  # noqa: E402
from rings.actions import By  # noqa: E402
from rings.models import Participant, Ring  # noqa: E402
from rings.phases import Phase  # noqa: E402


def furnish(*, rings: int, people: int, phase: str, shown: int) -> list[dict[str, Any]]:
    return [_ring(people, phase, shown) for _ in range(rings)]


def _ring(people: int, phase: str, shown: int) -> dict[str, Any]:
    """One ring; `word` stands in every text of it and `sign` in its title, and in no other ring's."""
    word, sign = f"canary{uuid4().hex[:12]}", f"title{uuid4().hex[:12]}"
    fay = User.objects.create_user(f"fay-{word}", f"fay-{word}@example.org")
    plan = {"title": f"Ring {sign}", "host": f"Fay {sign}"}
    ring = actions.open_ring(fay, uuid4().hex, **plan)
    seats = [_seat(ring, f"{number} {word}") for number in range(people)]
    if phase != Phase.LOBBY:
        actions.move(ring, By(fay), to=phase, believing=Phase.LOBBY)
    if phase == Phase.TURNS:
        for _ in range(shown - 1):
            ring.refresh_from_db()
            actions.next_turn(ring, By(fay), believing=ring.current_id)
    ring.refresh_from_db()
    return {
        "pk": ring.pk,
        "code": ring.code,
        "stage_token": ring.stage_token,
        "word": word,
        "sign": sign,
        "version": ring.version,
        "shown": [ask.pk for ask in ring.asks.all() if ask.is_shown],
        "sessions": [_session(fay) for _ in range(3)],
        "seats": seats,
    }


def _seat(ring: Ring, name: str) -> dict[str, Any]:
    key = uuid4().hex
    joined = actions.join(ring, By(None), name=name, key_hash=access.key_hash(key))
    me = Participant.objects.get(pk=joined.refs["participant"])
    actions.write(
        ring, By(me), participant=me, text=f"What {name} asks.", why=f"Because of {name}."
    )
    return {"pk": me.pk, "name": name, "key": key, "ask": me.asks.get().pk}


def _session(user: User) -> str:
    """A signed-in browser's session cookie."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    json.dump(furnish(**json.loads(sys.argv[1])), sys.stdout)
