"""What must hold after every step of the ring machine: the invariants of docs/promises.md, each by name."""

from django.db import transaction
from django.utils import timezone
from hypothesis.stateful import (
    invariant,
)

from rings import access, live
from rings.hub import clock
from rings.live import Audience
from rings.models import Request, Ring
from rings.phases import (
    BEHIND_US,
    BETWEEN,
    ON_STAGE,
    AskStatus,
    OfferStatus,
    Phase,
    Seat,
)
from rings.picture import Picture
from tests.model.ring_room import RingRoom

TURN_ENDS = ("skip", "next_turn", "back", "absent", "call", "undo")


class RingPromises(RingRoom):
    @invariant()
    def the_version_counts_the_changes(self) -> None:
        assert Ring.objects.get(pk=self.ring.pk).version == self.applied

    @invariant()
    def one_event_a_change(self) -> None:
        events = self.ring.events.order_by("version")
        assert list(events.values_list("version", "kind", "op")) == [
            (1, "open_ring", events[0].op),
            *((event.version, command.__name__, by.op) for command, by, _, event in self.past),
        ]

    @invariant()
    def one_current_asker_in_the_turns_and_nowhere_else(self) -> None:
        """None only when nobody is left: after the last one has passed."""
        on_stage = list(self.ring.asks.filter(turn__in=ON_STAGE).values_list("pk", flat=True))
        assert on_stage == ([self.ring.current_id] if self.ring.current_id else [])
        assert not on_stage or self.ring.phase == Phase.TURNS
        if self.ring.phase == Phase.TURNS and not on_stage:
            kinds = (*TURN_ENDS, "remove", "block", "leave")
            turns = [event for *_, event in self.past if event.kind in kinds]
            last = turns[-1]
            assert last.kind in ("skip", "absent", "undo", "remove", "block", "leave"), last.kind

    @invariant()
    def who_leads_has_a_desk_and_the_owner_can_take_the_ring_back(self) -> None:
        assert Ring.objects.led_by(self.in_hand.pk).filter(pk=self.ring.pk).exists()

    @invariant()
    def the_current_asker_is_in_the_ring(self) -> None:
        current = self.ring.current
        assert current is None or current.participant.seat == Seat.JOINED

    @invariant()
    def everybody_in_has_one_turn_a_round(self) -> None:
        joined = set(self.ring.participants.joined().values_list("pk", flat=True))
        for number in {1, self.ring.round}:
            asks = list(
                self.ring.asks.filter(round=number).values_list("participant_id", flat=True)
            )
            late = joined - set(asks) if number < self.ring.round else set()
            assert len(asks) == len(set(asks))
            assert joined - late <= set(asks)

    @invariant()
    def who_is_out_is_in_no_queue(self) -> None:
        for ask in self.ring.asks.in_queue().select_related("participant"):
            assert ask.participant.seat == Seat.JOINED

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Everybody waits for a turn, has it, or has had it, with the moments that go with that."""
        for ask in self.ring.asks.exclude(round=BETWEEN):
            over = ask.turn in BEHIND_US
            assert (ask.turn in ON_STAGE) == (ask.pk == self.ring.current_id)
            assert not over or None not in (ask.began_at, ask.ended_at)
            assert ask.turn not in ON_STAGE or (ask.began_at and not ask.ended_at)

    @invariant()
    def nobody_offers_to_themselves(self) -> None:
        for offer in self.ring.offers.select_related("ask"):
            assert offer.helper_id != offer.ask.participant_id == offer.asker_id

    @invariant()
    def offers_stand_on_asks_that_were_shown(self) -> None:
        for offer in self.ring.offers.exclude(status=OfferStatus.WITHDRAWN).select_related("ask"):
            spoken = offer.ask.status == AskStatus.OPEN or not offer.ask.text
            assert spoken, f"{offer.ask.status} {offer.ask.turn}"

    @invariant()
    def a_seat_opens_with_its_own_key_and_no_other(self) -> None:
        """Who was turned away, replaced, still at the door, or of another ring, sees nothing."""
        cookie = access.seat_cookie(self.ring.pk)
        joined = set(self.ring.participants.joined().values_list("pk", flat=True))
        for pk, key in self.keys.items():
            me = access.phone_seat(self.ring.code, {cookie: key})
            assert (me and me.pk) == (pk if pk in joined else None)
        for key in (*self.dead_keys, "mal"):
            assert access.phone_seat(self.ring.code, {cookie: key}) is None

    @invariant()
    def a_hidden_ask_has_no_word_on_a_shared_screen(self) -> None:
        for ask in self.ring.asks.filter(hidden=True).exclude(text=""):
            with transaction.atomic():  # and taken back: the hub must not come upon it
                Request.objects.filter(pk=ask.pk).update(text="a-canary", why="a-canary")
                picture = Picture.of(self.ring.pk)
                transaction.set_rollback(True)
            own = [p for p in picture.participants if p.pk != ask.participant_id]
            drawn = [live.draw(picture, audience) for audience in (Audience.STAGE, Audience.PHONE)]
            drawn += [live.draw_personal(picture, me) for me in own]
            assert "a-canary" not in str(drawn)

    @invariant()
    def paused_time_is_in_no_plan_and_extra_time_is(self) -> None:
        """What is left of a turn, to a second for each pause."""
        picture = Picture.of(self.ring.pk)
        if picture.current and picture.deadline:
            moment = picture.ring.paused_at or timezone.now()
            left = (picture.deadline - moment).total_seconds()
            ran, pauses = self.ran[picture.current.pk], self.pauses[picture.current.pk]
            planned = picture.ring.turn_seconds + picture.current.extra_seconds
            assert abs(planned - left - ran) <= 0.1 + pauses
            assert picture.current.extra_seconds == self.extra[picture.current.pk]

    @invariant()
    def a_break_is_a_pause(self) -> None:
        assert self.ring.break_until is None or self.ring.paused_at is not None

    @invariant()
    def what_is_pushed_equals_what_a_reload_shows(self) -> None:
        """For every page and audience, once the hub has nothing left to say."""
        if self.burst:
            self.burst -= 1
            return
        self.line.settle()
        moment = (self.applied, clock(), [page.socket for page in self.pages])
        if moment == self.compared:
            return
        if not self.lost:  # a change is announced; who is here, and what was lost, is looked for
            for page in self.pages:
                if page.seat:
                    page.equals_a_reload()
        self.line.look_round()
        for page in self.pages:
            if self.lost or not page.seat:
                page.equals_a_reload()
        self.lost, self.compared = False, moment
        self.pages = [page for page in self.pages if page.closed is None]
