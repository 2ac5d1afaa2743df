"""One ring as it stands at one moment, read once: six queries, whatever the number of people.

Every screen and every number is computed from a `Picture`, so nothing drawn can ask the database
again, and the same picture drawn twice gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Self

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from rings.circles import Loops, loops
from rings.models import HERE_FOR, Offer, Participant, Reply, Request, Ring, ScriptLine
from rings.phases import (
    BEHIND_US,
    ON_STAGE,
    PUT_OUT,
    STILL_TO_COME,
    WAITS_FOR_WORDS,
    AskStatus,
    OfferStatus,
    Phase,
    Seat,
    Turn,
)

# A moment's reading waits for no writer and stops none. Without the words SQLite's transactions take
# the write lock at once (settings), and PostgreSQL's statements each see a moment of their own.
BEGIN = {
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


_team = Ring.team.through.objects.filter(ring=OuterRef("pk"))


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside was true at the same moment, whoever writes meanwhile.

    In a transaction that is open already, its own rules go on.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@dataclass(frozen=True)
class Picture:
    """What a ring's screens are drawn from. `now` is the moment of reading (for presence only)."""

    ring: Ring
    now: datetime
    participants: list[Participant]  # let in, in the order they sit
    door: list[Participant]  # waiting to be let in
    out: list[Participant]  # have left, or were put out
    asks: list[Request]  # of this round, of those who have a turn, in the order they are called
    silent: list[Request]  # of this round, of observers and of who is no longer in the ring
    offers: list[Offer]  # not taken back, oldest first
    replies: list[Reply]  # what was said to asks without a promise, oldest first
    heard: list[Request]  # of the rounds before this one, open for offers as ever
    words: dict[str, str]  # the owner's own lines of the script, by moment; for the desk
    team: list[User]  # who lead beside the owner
    loops: Loops | None = None  # what closed since the circle’s last ring; at the opening
    film: bool = False  # seen again afterwards: everybody is there, no clock runs, no door opens

    @classmethod
    def of(cls, ring_pk: int) -> Self:
        """Read a ring, whose content is then that of its version, though others may be changing it."""
        with one_moment():
            rings = Ring.objects.select_related("last_act", "leader", "facilitator")
            ring = rings.annotate(accompanied=Exists(_team)).get(pk=ring_pk)
            team = list(ring.team.order_by("pk")) if ring.__dict__["accompanied"] else []
            people = list(ring.participants.select_related("claims"))
            asks = list(ring.asks.all())
            offers = list(ring.offers.exclude(status=OfferStatus.WITHDRAWN))
            replies = list(ring.replies.all())
            lines = ScriptLine.objects.filter(user=ring.facilitator_id)
            words = dict(lines.values_list("moment", "text"))
            closed = loops(ring) if ring.circle_id and ring.phase == Phase.WELCOME else None
        picture = cls.assemble(
            ring, people, asks, offers, now=timezone.now(), replies=replies, words=words, team=team
        )
        return replace(picture, loops=closed) if closed else picture

    @classmethod
    def assemble(
        cls,
        ring: Ring,
        people: list[Participant],
        asks: list[Request],
        offers: list[Offer],
        *,
        now: datetime,
        replies: list[Reply],
        words: dict[str, str],
        team: list[User],
        film: bool = False,
    ) -> Self:
        """The picture of rows that are read already; each ask and offer is of these people."""
        by_pk = {person.pk: person for person in people}
        for ask in asks:
            ask.ring, ask.participant = ring, by_pk[ask.participant_id]
        ask_by_pk = {ask.pk: ask for ask in asks}
        for offer in offers:
            offer.ring, offer.ask = ring, ask_by_pk[offer.ask_id]
            offer.helper, offer.asker = by_pk[offer.helper_id], by_pk[offer.asker_id]
        joined = {p.pk for p in people if p.seat == Seat.JOINED}
        turns = {ask.pk for ask in asks if ask.turn != Turn.NONE and ask.participant_id in joined}
        of_now = [ask for ask in asks if ask.round == ring.round]
        return cls(
            ring=ring,
            now=now,
            participants=[p for p in people if p.seat == Seat.JOINED],
            door=[p for p in people if p.seat == Seat.WAITING],
            out=[p for p in people if p.seat in PUT_OUT or p.seat == Seat.LEFT],
            asks=[ask for ask in of_now if ask.pk in turns],
            silent=[ask for ask in of_now if ask.pk not in turns],
            offers=offers,
            replies=replies,
            heard=[ask for ask in asks if ask.pk in turns and ask.round < ring.round],
            words=words,
            team=team,
            film=film,
        )

    @cached_property
    def veiled(self) -> Self:
        """The same without the words of hidden asks: what the stage and the phones are drawn from."""
        asks, silent, heard = (
            [ask.veiled() for ask in some] for some in (self.asks, self.silent, self.heard)
        )
        bare = {ask.pk: ask for ask in (*asks, *silent, *heard) if ask.hidden}
        if not bare:
            return self
        offers = [copy(offer) if offer.ask_id in bare else offer for offer in self.offers]
        for offer in offers:
            offer.ask = bare.get(offer.ask_id, offer.ask)
        return replace(self, asks=asks, silent=silent, heard=heard, offers=offers)

    # --- people ---

    @cached_property
    def here(self) -> set[int]:
        return {p.pk for p in self.participants if self.film or p.is_here(self.now)}

    @cached_property
    def seen(self) -> set[int]:
        """Whose own page was open just now."""
        since = self.now - HERE_FOR
        return {p.pk for p in self.participants if p.seen_at and p.seen_at > since}

    @cached_property
    def seat_of(self) -> dict[int, Participant]:
        return {p.pk: p for p in self.participants}

    @cached_property
    def index_of(self) -> dict[int, int]:
        """Where each participant sits on the ring, from 0, clockwise."""
        return {p.pk: i for i, p in enumerate(self.participants)}

    @property
    def on_their_way(self) -> int:
        return max(0, self.ring.people_expected - len(self.participants))

    @cached_property
    def short_names(self) -> dict[int, str]:
        """First names for the ring; two equal ones get an initial; at most 12 characters."""
        people = [*self.participants, *self.out]  # who is out may have offered before
        first = {p.pk: (p.name.split() or ["?"])[0] for p in people}
        counts: defaultdict[str, int] = defaultdict(int)
        for name in first.values():
            counts[name.casefold()] += 1
        short = {}
        for p in people:
            name, rest = first[p.pk], p.name.split()[1:]
            if counts[name.casefold()] > 1 and rest:
                name = f"{name[:9]} {rest[-1][0]}."
            short[p.pk] = name if len(name) <= 12 else name[:11] + "…"
        return short

    # --- asks and turns ---

    @cached_property
    def current(self) -> Request | None:
        return next((ask for ask in self.asks if ask.turn in ON_STAGE), None)

    @cached_property
    def queue(self) -> list[Request]:
        return [ask for ask in self.asks if ask.turn in STILL_TO_COME]

    @property
    def following(self) -> Request | None:
        return self.queue[0] if self.queue else None

    @cached_property
    def behind(self) -> list[Request]:
        return [ask for ask in self.asks if ask.turn in BEHIND_US]

    @property
    def turn_number(self) -> int:
        """Which turn this is, from 1; after the last one, the number of turns."""
        return len(self.behind) + (1 if self.current else 0)

    @cached_property
    def ask_of(self) -> dict[int, Request]:
        """The ask of each participant in this round, whether they have a turn or not."""
        return {ask.participant_id: ask for ask in (*self.silent, *self.asks)}

    @cached_property
    def ready(self) -> int:
        return sum(ask.status != AskStatus.DRAFT for ask in self.asks)

    @cached_property
    def open_asks(self) -> list[Request]:
        """The wall: asks that are open, fewest offers first, then in the order of the turns."""
        asks = (*self.heard, *self.asks)
        opened = [ask for ask in asks if ask.status == AskStatus.OPEN and not ask.erased]
        return sorted(
            opened, key=lambda ask: (len(self.offers_on(ask)), ask.began_at or self.now, ask.pk)
        )

    # --- offers ---

    @cached_property
    def _offers_by_ask(self) -> dict[int, list[Offer]]:
        by_ask: defaultdict[int, list[Offer]] = defaultdict(list)
        for offer in self.offers:
            by_ask[offer.ask_id].append(offer)
        return by_ask

    def offers_on(self, ask: Request) -> list[Offer]:
        return self._offers_by_ask.get(ask.pk, [])

    def offers_by(self, helper: Participant) -> list[Offer]:
        return [offer for offer in self.offers if offer.helper_id == helper.pk]

    def offers_to(self, asker: Participant) -> list[Offer]:
        return [offer for offer in self.offers if offer.asker_id == asker.pk]

    # --- replies ---

    def replies_to(self, ask: Request) -> list[Reply]:
        """What was said to its words as they are now."""
        return [said for said in self.replies if said.ask_id == ask.pk and not said.reworded]

    def reply_of(self, me: Participant, ask: Request) -> Reply | None:
        """What I said to its words as they are now."""
        return next((r for r in self.replies_to(ask) if r.participant_id == me.pk), None)

    def asked_again(self, me: Participant) -> list[Request]:
        """Asks that have other words now, which I had said I wait for."""
        mine = {
            r.ask_id
            for r in self.replies
            if r.participant_id == me.pk and r.kind in WAITS_FOR_WORDS and r.reworded
        }
        return [ask for ask in self.open_asks if ask.pk in mine]

    # --- the clock: moments stored, everything else computed by the screens ---

    @property
    def deadline(self) -> datetime | None:
        """When the current turn (or timed phase) should end, if nothing is paused from now on."""
        ring = self.ring
        if ring.phase == Phase.TURNS:
            if self.current is None or self.current.began_at is None:
                return None
            seconds = ring.turn_seconds + self.current.extra_seconds + self.current.paused_seconds
            return self.current.began_at + timedelta(seconds=seconds)
        minutes = ring.phase_minutes(ring.phase)
        if not minutes:
            return None
        seconds = ring.phase_extra_seconds + ring.phase_paused_seconds
        return ring.phase_began_at + timedelta(minutes=minutes, seconds=seconds)

    @property
    def planned_end(self) -> datetime | None:
        """When the ring is to end: as agreed on the way, else as planned from its real beginning."""
        return self.ring.plan_end(len(self.asks))

    @property
    def clock_can_start(self) -> bool:
        """Whether the clock of this turn still runs from Next: it began when the one before it ended."""
        ask, ring = self.current, self.ring
        if ask is None or ring.paused_at:
            return False
        marks = {ring.phase_began_at, *(each.ended_at for each in (*self.asks, *self.silent))}
        return ask.began_at in marks
