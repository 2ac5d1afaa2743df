"""The mechanisms that hold the promises, each switched off by a patch in the server's own process.

A scenario that does not fail under its mutant checks nothing; which guards which is in MUTANTS
(tests/rig/rig.py). These patches know the product's inside, so they are imported by the server's
process alone (tests/rig/serve.py), after Django is set up.
"""

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

from django.db import transaction
from django.db.models import QuerySet

from rings import consumers, live
from rings.actions import door, turns
from rings.hub import Hub, Socket
from rings.models import Event


def forget_ops() -> None:
    """No op is ever known again (its constraint is dropped in the rig's database)."""
    plain = QuerySet._filter_or_exclude

    def forgetful(self: Any, negate: bool, args: Any, kwargs: Any) -> Any:
        unknown = self.model is Event and "op" in kwargs
        return self.none() if unknown else plain(self, negate, args, kwargs)

    QuerySet._filter_or_exclude = forgetful


def blind_advance() -> None:
    """Whatever the desk believed, the turn goes on."""
    turns._on_stage = lambda room, believing: room.ring.current


def early_word() -> None:
    """The word goes out before the change is committed, on a disk that takes its time."""

    def at_once(tell: Callable[[], None], robust: bool = False) -> None:
        tell()
        time.sleep(0.05)

    door.transaction = SimpleNamespace(atomic=transaction.atomic, on_commit=at_once)


def client_group() -> None:
    """Which ring a socket follows is taken from the address the page gave, and whose it is is forgotten.

    The hub looks at each seat again before it sends, so the first alone leaks nothing any more.
    """
    identify = consumers.Page._identify

    async def believing(self: Any, **key: Any) -> Any:
        found = await identify(self, **key)
        asked = parse_qs(self.scope["query_string"].decode()).get("ring")
        if isinstance(found, Socket) and asked:
            found.ring_pk, found.seat = int(asked[0]), None
        return found

    consumers.Page._identify = believing


def no_repair() -> None:
    """Nobody looks round for lost words."""

    async def never(self: Hub) -> None:
        await asyncio.Event().wait()

    Hub._repair = never


def shared_slot() -> None:
    """All rings share the drawings kept for an audience."""
    slot = live._Window.slot
    live._Window.slot = lambda self, ring_pk, audience: slot(self, 0, audience)


PATCHES: dict[str, Callable[[], None]] = {
    patch.__name__: patch
    for patch in (forget_ops, blind_advance, early_word, client_group, no_repair, shared_slot)
}
