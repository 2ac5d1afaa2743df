"""A ring under any order of commands: hypothesis looks for a sequence that breaks a promise.

The invariants are those of docs/promises (P2, P3 and the model tests) for the commands built so far.
"""

from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from django.contrib.auth.models import User
from django.core.serializers import serialize
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rings import access, actions, live
from rings.access import key_hash
from rings.actions import By, OpReused
from rings.live import Audience
from rings.models import Event, Offer, Participant, Request, Ring
from rings.phases import COURSE, MOVES, ON_STAGE, AskStatus, NotNow, OfferStatus, Phase, Seat, Turn
from rings.picture import Picture

NAMES = st.sampled_from(["Ada", "Bo", "Cy", "Dan", "Eve", "Flo"])
TEXTS = st.sampled_from(["A ladder.", "Somebody who knows bees.", "Ten minutes on Monday."])
MODELS = (Ring, Participant, Request, Offer, Event)


def everything() -> str:
    """The whole of our database, to compare."""
    return "".join(serialize("json", model.objects.order_by("pk")) for model in MODELS)


class RingMachine(RuleBasedStateMachine):
    """Two rings: ours, and one whose people must never be able to touch ours."""

    people: Bundle[int] = Bundle("people")
    offers: Bundle[int] = Bundle("offers")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.fay = User.objects.create_user(uuid4().hex, "fay@example.org")
        self.ring = actions.open_ring(self.fay, uuid4().hex, title="Ours", host="Fay")
        gus = User.objects.create_user(uuid4().hex, "gus@example.org")
        self.other = actions.open_ring(gus, uuid4().hex, title="Theirs", host="Gus")
        key = By(None)
        mal = actions.join(self.other, key, name="Mal", key_hash=key_hash("mal"))
        self.mal = Participant.objects.get(pk=mal.refs["participant"])
        self.applied = 1
        self.past: list[tuple[Any, By, dict[str, Any], Event]] = []
        self.stages: list[int | None] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        live.window.forget()

    # --- doing things ---

    def do(self, command: Any, who: Participant | User | None, **fields: Any) -> Event | None:
        """Run a command; a refusal must leave everything as it was."""
        before, by = everything(), By(who)
        self.ring.refresh_from_db()
        try:
            event: Event = command(self.ring, by, **fields)
        except NotNow as refusal:
            sentence = str(refusal)
        else:
            sentence = ""
        if sentence:
            assert sentence[0].isupper()
            assert everything() == before
            return None
        self.applied += 1
        self.past.append((command, by, fields, event))
        self.ring.refresh_from_db()
        return event

    def person(self, pk: int) -> Participant:
        return Participant.objects.select_related("ring").get(pk=pk)

    @rule(target=people, name=NAMES)
    def join(self, name: str) -> int:
        event = self.do(actions.join, None, name=name, key_hash=key_hash(uuid4().hex))
        return event.refs["participant"] if event else self._anybody()

    @rule(target=people, name=NAMES)
    def without_a_phone(self, name: str) -> int:
        event = self.do(actions.add_seat, self.fay, name=name)
        return event.refs["participant"] if event else self._anybody()

    def _anybody(self) -> int:
        found = self.ring.participants.first()
        return found.pk if found else self.mal.pk

    @initialize(target=people)
    def somebody_comes(self) -> int:
        return self.join("Ada")

    @rule(data=st.data())
    def open_the_door(self, data: st.DataObject) -> None:
        waiting = list(self.ring.participants.at_the_door())
        if waiting:
            person = data.draw(st.sampled_from(waiting))
            act = data.draw(st.sampled_from([actions.admit, actions.turn_away]))
            self.do(act, self.fay, participant=person)

    def _joined(self, pk: int) -> Participant | None:
        return self.ring.participants.joined().filter(pk=pk).first()

    @rule(who=people, text=TEXTS, ready=st.booleans())
    def write(self, who: int, text: str, ready: bool) -> None:
        me = self._joined(who)
        if me:
            self.do(actions.write, me, participant=me, text=text, ready=ready)

    @rule(to=st.sampled_from([*COURSE, Phase.FOLLOW_UP]))
    def move(self, to: Phase) -> None:
        legal = to in MOVES[Phase(self.ring.phase)]
        event = self.do(actions.move, self.fay, to=to, believing=self.ring.phase)
        assert event is None or legal

    def _turn(self, command: Any, believing: int | None) -> Event | None:
        return self.do(command, self.fay, believing=believing)

    @rule(command=st.sampled_from([actions.next_turn, actions.back, actions.defer, actions.skip]))
    def turn(self, command: Any) -> None:
        self.stages.append(self.ring.current_id)
        self._turn(command, self.ring.current_id)

    @precondition(lambda self: self.stages and self.stages[-1] != self.ring.current_id)
    @rule(command=st.sampled_from([actions.next_turn, actions.back, actions.defer, actions.skip]))
    def stale_turn(self, command: Any) -> None:
        """A desk that still believes in an earlier turn changes nothing."""
        assert self._turn(command, self.stages[-1]) is None

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.do(actions.pause, self.fay, paused=paused)

    @rule(target=offers, helper=people, data=st.data())
    def offer(self, helper: int, data: st.DataObject) -> int:
        me = self._joined(helper)
        asks = list(self.ring.asks.order_by("pk"))
        if not me or not asks:
            return 0
        ask = data.draw(st.sampled_from(asks))
        event = self.do(actions.offer, me, ask=ask, helper=me, note="I can.")
        assert event is None or ask.participant_id != me.pk
        return event.refs["offer"] if event else 0

    @rule(offer=consumes(offers))
    def withdraw(self, offer: int) -> None:
        mine = self.ring.offers.filter(pk=offer).select_related("helper").first()
        if mine:
            self.do(actions.withdraw, mine.helper, offer=mine)

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """Any earlier op again, however much later: the same answer, no change."""
        command, by, fields, event = data.draw(st.sampled_from(self.past))
        before = everything()
        assert command(self.ring, by, **fields) == event
        assert everything() == before

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def same_op_other_body(self, data: st.DataObject) -> None:
        _, by, _, event = data.draw(st.sampled_from(self.past))
        before = everything()
        with pytest.raises(OpReused):
            actions.pause(self.ring, by, paused=event.kind != "pause" or not event.refs["paused"])
        assert everything() == before

    @rule(who=people)
    def foreign(self, who: int) -> None:
        """A seat in another ring opens nothing here."""
        cookies = {
            access.seat_cookie(self.ring.pk): "mal",
            access.seat_cookie(self.other.pk): "mal",
        }
        before = everything()
        assert access.phone_seat(self.ring.code, cookies) is None
        mal = access.phone_seat(self.other.code, cookies)
        assert mal is not None
        assert mal.ring_id == self.other.pk
        assert everything() == before

    # --- what must always hold ---

    @invariant()
    def the_version_counts_the_changes(self) -> None:
        self.ring.refresh_from_db()
        assert self.ring.version == self.applied

    @invariant()
    def one_event_a_change(self) -> None:
        versions = list(self.ring.events.order_by("version").values_list("version", flat=True))
        assert versions == list(range(1, self.applied + 1))

    @invariant()
    def one_current_turn_at_most_and_only_in_the_turns(self) -> None:
        on_stage = list(self.ring.asks.filter(turn__in=ON_STAGE).values_list("pk", flat=True))
        assert on_stage == ([self.ring.current_id] if self.ring.current_id else [])
        assert not on_stage or self.ring.phase == Phase.TURNS

    @invariant()
    def everybody_in_has_one_turn_a_round(self) -> None:
        joined = set(self.ring.participants.joined().values_list("pk", flat=True))
        asks = list(self.ring.asks.values_list("participant_id", flat=True))
        assert sorted(asks) == sorted(joined)

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Somebody waits for a turn, or everybody has had one, passed, or has it."""
        for ask in self.ring.asks.all():
            assert ask.turn in Turn.values
            assert (ask.turn in ON_STAGE) == (ask.pk == self.ring.current_id)
            if ask.turn == Turn.DONE:
                assert None not in (ask.began_at, ask.ended_at)

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
    def who_waits_at_the_door_has_no_ask(self) -> None:
        assert not Request.objects.filter(participant__seat=Seat.WAITING).exists()

    @invariant()
    def what_is_kept_drawn_equals_a_fresh_drawing(self) -> None:
        """The window's incremental drawing shows what a reload would, for every audience."""
        picture = Picture.of(self.ring.pk)
        for audience in Audience:
            shown = live.screen(self.ring.pk, audience, picture.ring.version)
            assert shown.html == live.draw(picture, audience)


@pytest.mark.django_db
def test_no_order_of_commands_breaks_a_ring(request: pytest.FixtureRequest) -> None:
    assert connection.in_atomic_block
    run_state_machine_as_test(
        RingMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
