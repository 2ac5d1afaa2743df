"""The demo: a ring in its lobby, a finished one, and the links a newcomer needs."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from rings import actions
from rings.access import key_hash, seat_key
from rings.actions import By
from rings.models import Participant, Ring
from rings.phases import AskStatus, Phase
from rings.plans import PRESETS
from rings.views.demo import DEMO_SALT

CLASSIC = settings.BASE_DIR / "data" / "classic_ring.json"
WAITING = ("Leïla Ben Youssef", "Goran Petrović", "Amara Okafor", "Mei-Ling Chen", "Tomás Álvarez")


class Command(BaseCommand):
    help = (
        "Make the demo rings where there are none, print the links, and with --serve run the site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serve", action="store_true")

    def handle(self, *args: Any, serve: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs where DEMO=1 is set, as `make run` does.")
        fay = _facilitator()
        data = json.loads(CLASSIC.read_text())
        with transaction.atomic():
            _finished(fay, data)
            lobby = _lobby(fay)
        self.stdout.write(_welcome(fay, lobby))
        if serve:
            call_command("serve")


def _facilitator() -> User:
    """Fay runs the demo's rings, and may see past rings as staff."""
    fay, _ = User.objects.get_or_create(
        username="demo",
        defaults={
            "email": "fay@example.org",
            "first_name": "Fay",
            "is_staff": True,
            "is_superuser": True,
        },
    )
    return fay


def _plan(preset: str) -> dict[str, Any]:
    plan = PRESETS[preset].as_form()
    seconds = int(plan.pop("turn_minutes") * 60)
    return {**plan, "turn_seconds": seconds}


def _lobby(fay: User) -> Ring:
    """The ring to play with: open until somebody ends it, then the next start makes a new one."""
    ring = Ring.objects.owned_by(fay).filter(title="Lantern Street ring").open().first()
    if ring is None:
        plan = _plan("team")
        ring = actions.open_ring(fay, uuid4().hex, title="Lantern Street ring", host="Fay", **plan)
        for name in WAITING:
            _join(ring, name)
    return ring


def _join(ring: Ring, name: str) -> Participant:
    by = By(None)
    event = actions.join(ring, by, name=name, key_hash=key_hash(seat_key(ring, by.op)))
    return Participant.objects.get(pk=event.refs["participant"])


def _finished(fay: User, data: dict[str, Any]) -> None:
    """A whole ring of 24, played through the commands and then dated to last week."""
    if Ring.objects.owned_by(fay).filter(title=data["title"]).exists():
        return
    plan = _plan(data["preset"])
    ring = actions.open_ring(fay, "demo", title=data["title"], host=data["facilitator"], **plan)
    people = {name: _join(ring, name) for name in data["participants"]}
    for ask in data["requests"]:
        who = people[ask["participant"]]
        words = {k: ask[k] for k in ("text", "why", "kind", "privacy")}
        actions.write(
            ring, By(who), participant=who, by=datetime.fromisoformat(ask["by"]).date(), **words
        )
    _move(ring, fay, Phase.WELCOME, Phase.WRITING, Phase.TURNS)
    while True:
        ring.refresh_from_db()
        ask = ring.asks.select_related("participant").get(turn="asking")
        for o in data["offers"]:
            if o["asker"] == ask.participant.name:
                helper = people[o["helper"]]
                words = {k: o[k] for k in ("kind", "strength", "note", "private")}
                actions.offer(ring, By(helper), ask=ask, helper=helper, **words)
        if not ring.asks.in_queue():
            break
        actions.next_turn(ring, By(fay), believing=ring.current_id)
    _move(ring, fay, Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP)
    ring.asks.filter(status=AskStatus.READY).update(status=AskStatus.OPEN)
    _date(ring)
    _afterwards(ring)


def _afterwards(ring: Ring) -> None:
    """What came of it in the week since: promises kept and thanked for, a few let go, asks that moved."""
    offers = ring.offers.select_related("helper", "asker").order_by("pk")
    for number, offer in enumerate(offers):
        if number % 3 == 0:
            actions.keep(ring, By(offer.helper), offer=offer)
        elif number % 11 == 0:
            actions.release(ring, By(offer.helper), offer=offer)
        if number % 6 == 0:
            actions.thank(ring, By(offer.asker), offer=offer)
    for ask in ring.asks.select_related("participant").order_by("pk")[::3]:
        actions.outcome(ring, By(ask.participant), ask=ask, status=AskStatus.FULFILLED)
    first = ring.participants.order_by("pk")[0]
    actions.want_reminders(
        ring, By(first), participant=first, mail="first@example.org", language="en", time_zone=""
    )
    actions.verify_mail(ring, By(first), participant=first)


def _move(ring: Ring, fay: User, *phases: Phase) -> None:
    for to in phases:
        ring.refresh_from_db()
        actions.move(ring, By(fay), to=to, believing=ring.phase)


def _date(ring: Ring) -> None:
    """Spread the moments as a real evening has them: demo data alone is dated after the fact."""
    ring.refresh_from_db()
    began = (timezone.localtime() - timedelta(days=7)).replace(
        hour=18, minute=0, second=0, microsecond=0
    )
    moment = began + timedelta(minutes=ring.welcome_minutes + ring.writing_minutes)
    for number, ask in enumerate(ring.asks.order_by("began_at")):
        length = timedelta(seconds=ring.turn_seconds + 20 * (number % 5) - 30)
        for place, offer in enumerate(ask.offers.order_by("pk")):
            at = moment + timedelta(seconds=45 + 40 * place + 5 * (number % 3))
            ask.offers.filter(pk=offer.pk).update(created_at=at)
        ring.asks.filter(pk=ask.pk).update(began_at=moment, ended_at=moment + length)
        moment += length
    ended = moment + timedelta(minutes=ring.rest_minutes + ring.wall_minutes + ring.closing_minutes)
    Ring.objects.filter(pk=ring.pk).update(
        created_at=began - timedelta(days=2), began_at=began, ended_at=ended, phase_began_at=ended
    )
    ring.participants.update(joined_at=began - timedelta(minutes=5), seen_at=ended)
    _date_events(ring, began)
    ring.refresh_from_db()
    actions.settle(ring)  # its numbers are those of that evening


def _date_events(ring: Ring, began: datetime) -> None:
    """Each change at the moment that its rows say now; what says none follows what was before it."""
    turns = dict(ring.asks.values_list("pk", "began_at"))
    offers = dict(ring.offers.values_list("pk", "created_at"))
    phases = iter((began, began + timedelta(minutes=ring.welcome_minutes)))
    at = began - timedelta(minutes=10)
    for event in ring.events.order_by("version"):
        if event.kind == "move":
            at = next(phases, max(at, ring.asks.latest("began_at").ended_at or at))
            if event.refs["to"] == Phase.TURNS:
                at = min(moment for moment in turns.values() if moment)
        at = turns.get(event.refs.get("began")) or offers.get(event.refs.get("offer")) or at
        ring.events.filter(pk=event.pk).update(at=at)


def _welcome(fay: User, ring: Ring) -> str:
    token = signing.dumps([fay.pk, ring.pk, uuid4().hex], salt=DEMO_SALT)
    site = settings.ORIGIN
    return f"""
Ringsite is ready. The ring "{ring.title}" is in its lobby; five people are in it.

  Facilitator's desk  {site}/demo/{token}/   (this link works once)
  A phone joins       {site}/r/{ring.code}/   or type {ring.code_shown} at {site}/
  The stage           {site}/stage/{ring.stage_token}/
  Past rings          {site}/past/   (after you have opened the desk)
  Mails               {site}/demo/mails/   (they are sent to nobody)

First open the desk, then the stage in a second window, then join on a phone or in a
private window. Press "Begin the welcome" on the desk and watch all three follow.
Ctrl-C stops the site; your rings are kept in db.sqlite3.
"""
