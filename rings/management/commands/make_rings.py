"""Many made-up past rings, for demonstrations and to try how lists and searches hold up."""

import json
import random
from argparse import ArgumentParser
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from rings.models import Circle, Offer, Participant, Request, Ring, Tally, name_key
from rings.past import search, tally
from rings.phases import AskStatus, OfferKind, OfferStatus, Phase, Strength, Turn
from rings.picture import Picture

CLASSIC = settings.BASE_DIR / "data" / "classic_ring.json"
SHAPES = 20  # different rings; the others are like one of them
AT_ONCE = 200  # rings written in one transaction
PLACES = ("Lantern Street", "Old Dye Works", "Harbour College", "St. Brigid Clinic", "North Hall")
LEADERS = ("Noor van Dijk", "Amara Okafor", "Katarzyna Wiśniewska", "Ji-woo Han")
SEASONS = ("Spring ring", "New tenants", "Repair café", "Cohort evening", "Winter ring")
TURN = timedelta(minutes=4)


@dataclass(frozen=True)
class Shape:
    """Who helps whom in one ring: (helper, asker, kind, firm, kept, seconds into the turn)."""

    people: int
    offers: list[tuple[int, int, str, bool, bool | None, int]]


class Command(BaseCommand):
    help = "Make this many past rings of made-up people. Not on a production site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rings", type=int)
        parser.add_argument("--people", type=int, default=24)
        parser.add_argument("--months", type=int, default=36, help="over which they are spread")
        parser.add_argument("--seed", type=int, default=7)

    def handle(
        self, *args: Any, rings: int, people: int, months: int, seed: int, **options: Any
    ) -> None:
        if settings.PRODUCTION:
            raise CommandError("These people are made up; they have no place on a production site.")
        dice = random.Random(seed)  # noqa: S311  (made-up people, no secrets)
        words = json.loads(CLASSIC.read_text())
        shapes = [_shape(dice, people) for _ in range(SHAPES)]
        hosts = [_host(number, name) for number, name in enumerate(LEADERS)]
        first = Ring.objects.count()
        for start in range(0, rings, AT_ONCE):
            with transaction.atomic():
                _write(
                    dice, words, shapes, hosts, months, range(start, min(start + AT_ONCE, rings))
                )
            self.stdout.write(f"{Ring.objects.count() - first} of {rings}")


def _host(number: int, name: str) -> tuple[User, list[Circle]]:
    first, _, last = name.partition(" ")
    user, _ = User.objects.get_or_create(
        username=f"made-up-{number}",
        defaults={"first_name": first, "last_name": last, "email": f"host{number}@example.org"},
    )
    circles = [
        Circle.objects.get_or_create(owner=user, name=place)[0] for place in PLACES[number % 2 :: 2]
    ]
    return user, circles


def _shape(dice: random.Random, people: int) -> Shape:
    offers = []
    for asker in range(people):
        helpers = dice.sample(
            [p for p in range(people) if p != asker], min(people - 1, dice.randint(0, 4))
        )
        for helper in helpers:
            kept = dice.choice((None, None, True, True, False))
            offers.append(
                (helper, asker, str(dice.choice(list(OfferKind))), dice.random() < 0.7, kept,
                 dice.randint(5, 200))
            )  # fmt: skip
    return Shape(people, offers)


def _write(
    dice: random.Random, words: dict[str, Any], shapes: list[Shape],
    hosts: list[tuple[User, list[Circle]]], months: int, numbers: range,
) -> None:  # fmt: skip
    now = timezone.now()
    plan = []
    for number in numbers:
        host, circles = dice.choice(hosts)
        shape = shapes[number % SHAPES]
        began = now - timedelta(days=dice.randint(1, 30 * months), hours=dice.randint(0, 9))
        plan.append((shape, began, _ring(dice, number, host, dice.choice(circles), shape, began)))
    Ring.objects.bulk_create(ring for *_, ring in plan)
    people = [
        (ring, began, shape, _people(ring, words, shape, began)) for shape, began, ring in plan
    ]
    Participant.objects.bulk_create(person for *_, some in people for person in some)
    asked = [
        (ring, began, shape, some, list(_asks(ring, words, some, began)))
        for ring, began, shape, some in people
    ]
    Request.objects.bulk_create(ask for *_, asks in asked for ask in asks)
    Offer.objects.bulk_create(offer for row in asked for offer in _offers(*row))
    counted: dict[int, Tally] = {}
    for ring, _began, shape, *_ in asked:
        picture = Picture.of(ring.pk) if id(shape) not in counted else None
        if picture:
            counted[id(shape)] = tally.of(picture)
        own = copy(counted[id(shape)])
        own.ring, own.month = ring, ring.ended_in
        own.save(force_insert=True)
        _index(ring, words)


def _index(ring: Ring, words: dict[str, Any]) -> None:
    said = " ".join(ask["text"] for ask in words["requests"][:3])
    search.put(ring, f"{ring.title} {ring.host}", said)


def _ring(
    dice: random.Random, number: int, host: User, circle: Circle, shape: Shape, began: datetime
) -> Ring:
    ended = began + timedelta(minutes=30 + 4 * shape.people + dice.randint(-5, 15))
    return Ring(
        title=f"{dice.choice(SEASONS)} {number + 1}", host=host.get_full_name(), facilitator=host,
        circle=circle, language=dice.choice(("en", "en", "de", "es", "fr")), phase=Phase.FOLLOW_UP,
        people_expected=shape.people, began_at=began, ended_at=ended, phase_began_at=ended,
        created_at=began - timedelta(days=7), version=1,
    )  # fmt: skip


def _people(ring: Ring, words: dict[str, Any], shape: Shape, began: datetime) -> list[Participant]:
    names = words["participants"]
    named = [names[i] if i < len(names) else f"Person {i}" for i in range(shape.people)]
    return [
        Participant(ring=ring, name=name, name_key=name_key(name), proxy=True, joined_at=began)
        for name in named
    ]


def _asks(
    ring: Ring, words: dict[str, Any], people: list[Participant], began: datetime
) -> Iterator[Request]:
    for place, person in enumerate(people):
        said = words["requests"][place % len(words["requests"])]
        at = began + timedelta(minutes=15) + place * TURN
        yield Request(
            ring=ring, participant=person, place=place + 1, text=said["text"], why=said["why"],
            kind=said["kind"], status=AskStatus.OPEN, turn=Turn.DONE, began_at=at, ended_at=at + TURN,
        )  # fmt: skip


def _offers(
    ring: Ring, began: datetime, shape: Shape, people: list[Participant], asks: list[Request]
) -> Iterator[Offer]:
    for helper, asker, kind, firm, kept, seconds in shape.offers:
        status = {None: OfferStatus.PLEDGED, True: OfferStatus.KEPT, False: OfferStatus.RELEASED}[
            kept
        ]
        at = asks[asker].began_at or began
        yield Offer(
            ring=ring, ask=asks[asker], helper=people[helper], asker=people[asker], kind=kind,
            strength=Strength.FIRM if firm else Strength.WILL_TRY, status=status,
            settled_at=ring.ended_at + timedelta(days=9) if kept is not None and ring.ended_at else None,
            created_at=at + timedelta(seconds=seconds),
        )  # fmt: skip
