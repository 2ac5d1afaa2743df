"""Two rings, their pages, and how the ring machine does a thing: each command by the rules of the door."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import models
from django.http import Http404
from django.test import Client
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine

from rings import actions, live
from rings.access import key_hash
from rings.actions import By
from rings.live import Audience
from rings.models import Event, Offer, Participant, Reply, Request, Ring, Wording
from rings.phases import GONE, STILL_TO_COME, NotNow, Phase, Turn
from rings.picture import Picture
from tests.model.line import Line, Page

Command = Callable[..., Event]
MODELS: tuple[type[models.Model], ...] = (
    *(Ring, Participant, Request, Wording, Offer, Reply, Event),
)
# What may still be done in a ring that has ended (docs/promises.md: only follow-up).
FOLLOW_UP = {"move", "withdraw", "turn_away", "rejoin", "take_seat", "undo"}
FOLLOW_UP |= {"accept", "thank", "most_useful", "keep", "release", "unsay", "outcome"}
FOLLOW_UP |= {"start_with", "still_coming", "offer", "reply", "unreply", "reframe", "ask_small"}
FOLLOW_UP |= {"hand_over", "take_over", "take_off", "stop_invitations"}


def everything() -> list[tuple[Any, ...]]:
    """Every row of ours, to compare."""
    return [row for model in MODELS for row in model._default_manager.order_by("pk").values_list()]


def seat(ring: Ring, name: str, key: str) -> Participant:
    event = actions.join(ring, By(None), name=name, key_hash=key_hash(key))
    return Participant.objects.get(pk=event.refs["participant"])


def another_ring() -> tuple[Ring, dict[type[models.Model], models.Model]]:
    """A ring whose people must never be able to touch ours, and one thing of each kind from it."""
    gus = User.objects.create_user("gus", "gus@example.org")
    ring = actions.open_ring(gus, uuid4().hex, title="Theirs", host="Gus")
    mal, nan = seat(ring, "Mal", "mal"), seat(ring, "Nan", "nan")
    actions.write(ring, By(mal), participant=mal, text="A key.")
    actions.move(ring, By(gus), to=Phase.TURNS, believing=Phase.LOBBY)
    ask = mal.asks.get()
    pledge = actions.offer(ring, By(nan), ask=ask, helper=nan).refs["offer"]
    return ring, {Participant: mal, Request: ask, Offer: Offer.objects.get(pk=pledge)}


class RingRoom(RuleBasedStateMachine):
    """What is handed to commands was loaded when it was first seen: no command may trust it to be new."""

    def __init__(self) -> None:
        super().__init__()
        self.time = time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False)
        self.clock = self.time.start()
        self.line = Line()
        self.other, self.theirs = another_ring()
        self.fay = User.objects.create_user("fay", "fay@example.org")
        self.gil, self.hal = (
            User.objects.create_user(name, first_name=name.title()) for name in ("gil", "hal")
        )
        self.stale = actions.open_ring(self.fay, uuid4().hex, title="Ours", host="Fay")
        self.ring = Ring.objects.get(pk=self.stale.pk)
        self.seen: dict[tuple[type[models.Model], int], models.Model] = {}
        self.applied = 1
        self.past: list[tuple[Command, By, dict[str, Any], Event]] = []
        self.beliefs: list[int | None] = []
        self.keys: dict[int, str] = {}  # of each seat's device, let in or not
        self.dead_keys: list[str] = []
        self.ran: defaultdict[int | None, float] = defaultdict(float)  # seconds, without pauses
        self.pauses: defaultdict[int | None, int] = defaultdict(int)
        self.extra: defaultdict[int | None, int] = defaultdict(int)  # given on top of the plan
        self.burst = 0
        self.losing = self.lost = False
        self.compared: object = None
        desk = Client()
        desk.force_login(self.fay)
        self.pages = [
            Page(self.line, self.ring, Audience.STAGE, Client()),
            Page(self.line, self.ring, Audience.DESK, desk, user=self.fay.pk),
        ]
        for page in self.pages:
            page.connect()

    def teardown(self) -> None:
        self.line.close()
        self.time.stop()
        live.window.forget()
        for model in (*reversed(MODELS), Session, User):
            model._default_manager.all().delete()

    # --- doing things ---

    def do(self, command: Command, who: Participant | User | None, **fields: Any) -> Event | None:
        """Run a command; a refusal says a sentence and leaves everything as it was.

        To whoever is not in the ring, not even a sentence.
        """
        before, by, inside = everything(), By(who), self.is_in(who)
        phase = self.ring.phase
        had = set(
            self.ring.asks.exclude(turn__in=STILL_TO_COME | {Turn.ABSENT}).values_list(
                "pk", flat=True
            )
        )
        self.pass_time(0.01)
        try:
            with self.line.deaf() if self.losing else nullcontext():
                event = command(self.stale, by, **fields)
        except NotNow as refusal:
            sentence = str(refusal)
        except Http404:
            assert not inside
            assert everything() == before
            return None
        else:
            assert inside, "who is out changes nothing"
            sentence = ""
        if sentence:
            assert sentence[0].isupper()
            assert everything() == before
            return None
        self.applied += 1
        assert (event.kind, event.version) == (command.__name__, self.applied)
        assert phase not in GONE, "nothing moves any more"
        assert phase != Phase.FOLLOW_UP or event.kind in FOLLOW_UP
        self.lost, self.losing = self.lost or self.losing, False
        self.past.append((command, by, fields, event))
        self.ring.refresh_from_db()
        now = self.ring.current_id
        if now and now not in had and event.kind != "back":  # its turn begins
            self.ran[now] = self.pauses[now] = self.extra[now] = 0
        if event.kind == "undo":
            self.count_again()
        return event

    def is_in(self, who: Participant | User | None) -> bool:
        """Whoever leads, and whoever has a seat that was not left or taken away."""
        seats = self.ring.participants.joined()
        return not isinstance(who, Participant) or seats.filter(pk=who.pk).exists()

    def count_again(self) -> None:
        """Who has the ring again has it as if it had never been passed on: its clock went on."""
        picture = Picture.of(self.ring.pk)
        if picture.current and picture.deadline:
            left = (picture.deadline - (self.ring.paused_at or timezone.now())).total_seconds()
            extra = self.extra[picture.current.pk] = picture.current.extra_seconds
            self.ran[picture.current.pk] = self.ring.turn_seconds + extra - left

    @property
    def in_hand(self) -> User:
        """Who leads just now."""
        return self.ring.leader or self.fay

    def pass_time(self, seconds: float) -> None:
        self.clock.shift(seconds)
        if self.ring.paused_at is None:
            self.ran[self.ring.current_id] += seconds

    def known[M: models.Model](self, found: M) -> M:
        """The same thing as it was when it was first seen."""
        kept: M = self.seen.setdefault((type(found), found.pk), found)  # type: ignore[assignment]  # by its type
        return kept

    def some[M: models.Model](self, data: st.DataObject, found: models.QuerySet[M]) -> M | None:
        rows = list(found.order_by("pk"))
        return self.known(data.draw(st.sampled_from(rows))) if rows else None
