"""A ring under any order of commands: hypothesis looks for a sequence that breaks a promise.

Everything is committed and pushed as in a room: the pages are told by a real hub (`line.py`). The
invariants are those of docs/promises.md; each has a name. CONTRIBUTING.md says when to add a rule.
"""

from datetime import timedelta
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from django.db import models
from django.http import Http404
from django.utils import timezone
from hypothesis import settings
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rings import access, actions, hub, live
from rings.access import key_hash
from rings.actions import By, OpReused
from rings.hub import clock
from rings.live import Word
from rings.models import Offer, Participant, Request, Ring
from rings.phases import (
    COURSE,
    GONE,
    MOVES,
    ON_STAGE,
    REOPEN_HOURS,
    STILL_TO_COME,
    UNDO_GRACE,
    UNDO_SECONDS,
    AskStatus,
    OfferKind,
    OfferStatus,
    Phase,
    Privacy,
    Seat,
    Strength,
    Turn,
)
from rings.picture import Picture
from tests.model.line import Page
from tests.model.ring_room import Command, RingRoom, everything

NAMES = st.sampled_from(
    ["Ada", "Ada Lovelace", "Ada Byron", "Bo", "Cy", "Dan", "Eve", "Flo", "Gil", "Hal", "Ida"]
)
TEXTS = st.sampled_from(["", "A ladder.", "Somebody who knows bees.", "Ten minutes. " * 20])
TURNS = st.sampled_from([actions.next_turn, actions.back, actions.defer, actions.skip])
ENDS = (Phase.FOLLOW_UP, Phase.FOLLOW_UP, Phase.ARCHIVED, Phase.CANCELLED)
PHASES = st.sampled_from([*COURSE, Phase.TURNS, *COURSE, *ENDS])
BEGUN = st.sampled_from([Phase.LOBBY, Phase.TURNS, Phase.TURNS, Phase.TURNS, Phase.WALL])
PHONES = 3  # open pages at most, beside a stage and a desk


class RingMachine(RingRoom):
    # --- people come ---

    @initialize(names=st.lists(NAMES, min_size=1, max_size=4, unique=True), begun=BEGUN)
    def it_begins(self, names: list[str], begun: Phase) -> None:
        """A lobby with somebody in it, or a ring well on its way; who came first has written nothing."""
        for name in names:
            self.join(name)
        for person in self.ring.participants.all()[1:]:
            self.do(actions.write, person, participant=person, text=f"What {person} asks.")
        if begun != Phase.LOBBY:
            self.move(begun)

    @rule(name=NAMES)
    def join(self, name: str) -> None:
        key = uuid4().hex
        event = self.do(actions.join, None, name=name, key_hash=key_hash(key))
        if event:
            self.keys[event.refs["participant"]] = key

    @rule(name=NAMES)
    def come_without_a_phone(self, name: str) -> None:
        self.do(actions.add_seat, self.fay, name=name)

    @precondition(lambda self: self.ring.participants.at_the_door().count() < 3)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """ "That's me", says another device."""
        held, key = self.some(data, self.ring.participants.joined()), uuid4().hex
        if held is None:
            return
        event = self.do(actions.claim, None, participant=held, key_hash=key_hash(key))
        if event:
            self.keys[event.refs["participant"]] = key

    @precondition(lambda self: self.ring.participants.at_the_door().exists())
    @rule(data=st.data(), admit=st.booleans())
    def open_the_door(self, data: st.DataObject, admit: bool) -> None:
        person = self.some(data, self.ring.participants.at_the_door())
        assert person
        pk, held, key = person.pk, person.claims_id, self.keys.get(person.pk, "")
        event = self.do(actions.admit if admit else actions.turn_away, self.fay, participant=person)
        if event and not admit and self.ring.participants.filter(pk=pk).exists():
            return  # was in before, and is out again
        if event and not admit:
            self.dead_keys.append(self.keys.pop(pk))
        elif event and held:
            del self.keys[pk]
            self.dead_keys.append(self.keys.get(held, ""))
            self.keys[held] = key
        if event and admit and self.keys.get(held or pk):
            self.open_phone(held or pk)

    # --- people go, and come again ---

    @rule(data=st.data(), act=st.sampled_from([actions.remove, actions.block, actions.let_in]))
    def put_out_or_let_in(self, data: st.DataObject, act: Command) -> None:
        """Whoever it is and however they stand; only a seat that is out can be let in."""
        person = self.some(data, self.ring.participants.all())
        if person is None:
            return
        claims = self.ring.participants.filter(claims=person.pk)
        going = list(claims.values_list("pk", flat=True))
        if self.do(act, self.fay, participant=person):
            self.claims_are_gone(going)

    def claims_are_gone(self, pks: list[int]) -> None:
        for pk in pks:
            if not self.ring.participants.filter(pk=pk).exists():
                self.dead_keys.append(self.keys.pop(pk))

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        person = self.some(data, self.ring.participants.joined().filter(proxy=False))
        if person:
            claims = self.ring.participants.filter(claims=person.pk)
            going = list(claims.values_list("pk", flat=True))
            if self.do(actions.leave, person, participant=person):
                self.claims_are_gone(going)

    @rule(data=st.data(), act=st.sampled_from([actions.rejoin, actions.knock]))
    def come_again(self, data: st.DataObject, act: Command) -> None:
        """Who left has the seat again, who was removed knocks; a blocked seat does neither."""
        person = self.some(data, self.ring.participants.filter(claims=None))
        if person is None:
            return
        seat = Participant.objects.get(pk=person.pk).seat
        event = self.do(act, None, participant=person)
        assert event is None or seat == (Seat.LEFT if act is actions.rejoin else Seat.REMOVED)

    @rule(locked=st.booleans())
    def lock(self, locked: bool) -> None:
        self.do(actions.lock, self.fay, locked=locked)

    @rule()
    def admit_all(self) -> None:
        claims = set(self.ring.participants.exclude(claims=None).values_list("pk", flat=True))
        if self.do(actions.admit_all, self.fay):
            waiting = self.ring.participants.at_the_door()
            assert set(waiting.values_list("pk", flat=True)) == claims

    @rule(data=st.data(), name=NAMES)
    def rename(self, data: st.DataObject, name: str) -> None:
        person = self.some(data, self.ring.participants.filter(claims=None))
        if person:
            self.do(actions.rename, self.fay, participant=person, name=name)

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Two seats become one: it has every offer of both but those to oneself and one of each double."""
        stays = self.some(data, self.ring.participants.joined())
        goes = self.some(data, self.ring.participants.filter(claims=None))
        if stays is None or goes is None:
            return
        both, standing = {stays.pk, goes.pk}, Offer.objects.exclude(status=OfferStatus.WITHDRAWN)
        of_both = standing.filter(helper__in=both).exclude(asker__in=both)
        asks = set(of_both.values_list("ask", flat=True))
        was_proxy = Participant.objects.get(pk=stays.pk).proxy
        if self.do(actions.merge, self.fay, participant=stays, other=goes):
            mine = standing.filter(helper=stays.pk).values_list("ask", flat=True)
            assert sorted(mine) == sorted(asks)
            key = self.keys.pop(goes.pk, "")
            if key and was_proxy:
                self.keys[stays.pk] = key
            elif key:
                self.dead_keys.append(key)

    @rule(data=st.data(), right=st.booleans())
    def a_card_and_its_pin(self, data: st.DataObject, right: bool) -> None:
        """A seat in the ring, or left, opens on another phone; the earlier one is out of it."""
        person = self.some(data, self.ring.participants.filter(claims=None))
        if person is None:
            return
        pin, key = uuid4().hex, uuid4().hex
        if self.do(actions.give_pin, self.fay, participant=person, pin_hash=pin) and right:
            assert self.do(actions.take_seat, None, pin_hash=pin, key_hash=key_hash(key))
            self.dead_keys.append(self.keys.get(person.pk, ""))
            self.keys[person.pk] = key
        elif not right:
            assert self.do(actions.take_seat, None, pin_hash=key, key_hash=key_hash(key)) is None

    @rule(data=st.data())
    def a_phone_opens(self, data: st.DataObject) -> None:
        person = self.some(data, self.ring.participants.joined().exclude(key_hash=""))
        if person:
            self.open_phone(person.pk, loaded=data.draw(st.booleans(), label="loaded"))

    def open_phone(self, seat: int, *, loaded: bool = True) -> None:
        """Loaded and then connected, or connected by a page that shows nothing yet."""
        page = Page.phone(self.line, self.ring, seat, self.keys[seat])
        if loaded:
            page.load()
        page.connect()
        phones = [page for page in self.pages if page.seat] + [page]
        for closed in phones[:-PHONES]:
            closed.disconnect()
        self.pages = self.pages[:2] + phones[-PHONES:]  # stage and desk stay

    @rule(data=st.data())
    def the_line_of_a_page_breaks_or_comes_back(self, data: st.DataObject) -> None:
        page = self.pages[data.draw(st.integers(0, len(self.pages) - 1))]
        if page.socket:
            page.disconnect()
        elif page.closed is None:
            page.connect()

    # --- the ring goes on ---

    @rule(data=st.data(), text=TEXTS, ready=st.booleans(), privacy=st.sampled_from(Privacy))
    def write(self, data: st.DataObject, text: str, ready: bool, privacy: str) -> None:
        joined = self.ring.participants.joined()
        silent = joined.filter(asks__text="")
        first = data.draw(st.booleans(), label="somebody who had not written") and silent.exists()
        me = self.some(data, silent if first else joined)
        if me:
            who = self.fay if me.proxy else me
            fields = {"text": text, "ready": ready, "privacy": privacy}
            self.do(actions.write, who, participant=me, **fields)

    @rule(to=PHASES)
    def move(self, to: Phase) -> None:
        legal = to in MOVES[Phase(self.ring.phase)]
        ended = self.ring.ended_at
        event = self.do(actions.move, self.fay, to=to, believing=self.ring.phase)
        assert event is None or legal
        if event and ended and to == Phase.CLOSING:
            assert timezone.now() - ended <= timedelta(hours=REOPEN_HOURS)

    @precondition(lambda self: self.ring.phase == Phase.TURNS)
    @rule(commands=st.lists(TURNS, min_size=1, max_size=4))
    def turns(self, commands: list[Command]) -> None:
        for command in commands:
            self.turn(command)

    def turn(self, command: Command) -> None:
        """Next and its kin give the ring to whom the desk showed as following, and move nobody else."""
        before = dict(self.ring.asks.values_list("pk", "turn"))
        following, current = self.ring.asks.in_queue().first(), self.ring.current_id
        self.beliefs.append(current)
        event = self.do(command, self.fay, believing=current)
        if event is None:
            return
        after = dict(self.ring.asks.values_list("pk", "turn"))
        moved = {pk for pk in before if before[pk] != after[pk]} - {current, self.ring.current_id}
        assert moved == set()
        if event.kind != "back":
            assert self.ring.current_id == (following.pk if following else None)

    @rule(command=TURNS, phase=st.sampled_from(COURSE), data=st.data())
    def stale_press(self, command: Command, phase: Phase, data: st.DataObject) -> None:
        """A desk that still believes in another phase or an earlier turn changes nothing."""
        believing = data.draw(st.sampled_from([*self.beliefs, self.theirs[Request].pk]))
        if believing != self.ring.current_id:
            assert self.do(command, self.fay, believing=believing) is None
        if phase != self.ring.phase:
            assert self.do(actions.move, self.fay, to=Phase.WALL, believing=phase) is None

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        if self.do(actions.pause, self.fay, paused=paused):
            self.pauses[self.ring.current_id] += 1

    @precondition(lambda self: self.ring.asks.exclude(turn=Turn.WAITING).exists())
    @rule(data=st.data(), number=st.integers(1, 3), private=st.booleans(), scribed=st.booleans())
    def offers(self, data: st.DataObject, number: int, private: bool, scribed: bool) -> None:
        for _ in range(number):
            me = self.some(data, self.ring.participants.joined())
            ask = self.some(data, self.ring.asks.all())
            if me is None:  # everybody is out
                return
            assert ask
            fields = {
                "kind": data.draw(st.sampled_from(OfferKind)),
                "strength": data.draw(st.sampled_from(Strength)),
                "private": private,
                "scribed": scribed,
            }
            who = self.fay if scribed else me
            event = self.do(actions.offer, who, ask=ask, helper=me, note="I can.", **fields)
            assert event is None or ask.participant_id != me.pk

    @precondition(lambda self: self.ring.offers.exists())
    @rule(data=st.data(), after=st.sampled_from([0, 4, 20]))
    def withdraw(self, data: st.DataObject, after: int) -> None:
        """Within the undo window, or by the desk what it entered; else it stays."""
        self.pass_time(after)
        offer = self.some(data, self.ring.offers.all())
        assert offer
        now = Offer.objects.select_related("helper").get(pk=offer.pk)
        age = (timezone.now() - now.created_at).total_seconds() + 0.01
        event = self.do(actions.withdraw, self.fay if now.scribed else now.helper, offer=offer)
        may = now.scribed or age <= UNDO_SECONDS + UNDO_GRACE
        standing = now.status == OfferStatus.PLEDGED and self.ring.phase not in GONE
        assert (event is not None) == (may and standing)

    @rule(seconds=st.sampled_from([1, 3, 12, 20, 300, 25 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.pass_time(seconds)

    # --- what goes wrong ---

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """Any earlier op again, however much later: the same answer, no change; none for another body."""
        command, by, fields, event = data.draw(st.sampled_from(self.past))
        before = everything()
        again = command(self.stale, by, **fields)
        assert (again, again.refs) == (event, event.refs)
        with pytest.raises(OpReused):
            actions.pause(self.stale, by, paused=event.kind != "pause" or not event.refs["paused"])
        assert everything() == before

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def foreign(self, data: st.DataObject) -> None:
        """Any command by somebody of another ring, or about something of it: there is no such thing."""
        command, by, fields, _ = data.draw(st.sampled_from(self.past))
        mal = self.theirs[Participant]
        attempts = [(self.stale, By(mal), fields)]
        for name, value in fields.items():
            if isinstance(value, models.Model):
                attempts.append(
                    (self.stale, By(by.who), {**fields, name: self.theirs[type(value)]})
                )
                attempts.append((self.other, By(by.who), fields))
        before = everything()
        for ring, foreigner, about in attempts:
            with pytest.raises(Http404):
                command(ring, foreigner, **about)
        assert everything() == before

    @rule()
    def the_next_announcement_is_lost(self) -> None:
        self.losing = True

    @rule(behind=st.integers(0, 5))
    def a_word_comes_again_and_late(self, behind: int) -> None:
        live.announce(Word(self.ring.pk, max(1, self.applied - behind)))

    @rule(steps=st.integers(1, 4))
    def much_happens_at_once(self, steps: int) -> None:
        """The next changes come before the hub has said the last ones."""
        self.burst = steps

    @rule(data=st.data(), here=st.booleans())
    def a_page_is_looked_at_or_not(self, data: st.DataObject, here: bool) -> None:
        page = self.pages[data.draw(st.integers(0, len(self.pages) - 1))]
        page.say(here=here)

    # What rings do most comes twice as often: hypothesis counts names.
    more_writing, more_turns, more_offers = write, turns, offers
    more_doors, more_phones = open_the_door, a_phone_opens

    # --- what must always hold ---

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
            kinds = ("skip", "next_turn", "back", "remove", "block", "leave", "undo")
            turns = [event for *_, event in self.past if event.kind in kinds]
            assert turns[-1].kind not in ("next_turn", "back")

    @invariant()
    def the_current_asker_is_in_the_ring(self) -> None:
        current = self.ring.current
        assert current is None or current.participant.seat == Seat.JOINED

    @invariant()
    def everybody_in_has_one_turn_a_round(self) -> None:
        joined = set(self.ring.participants.joined().values_list("pk", flat=True))
        asks = list(self.ring.asks.values_list("participant_id", flat=True))
        assert len(asks) == len(set(asks))
        assert joined <= set(asks)

    @invariant()
    def who_is_out_is_in_no_queue(self) -> None:
        for ask in self.ring.asks.in_queue().select_related("participant"):
            assert ask.participant.seat == Seat.JOINED

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Everybody waits for a turn, has it, or has had it, with the moments that go with that."""
        for ask in self.ring.asks.all():
            over = ask.turn not in STILL_TO_COME | ON_STAGE
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
    def paused_time_is_in_no_plan(self) -> None:
        """What is left of a turn, to a second for each pause."""
        picture = Picture.of(self.ring.pk)
        if picture.current and picture.deadline:
            moment = picture.ring.paused_at or timezone.now()
            left = (picture.deadline - moment).total_seconds()
            ran, pauses = self.ran[picture.current.pk], self.pauses[picture.current.pk]
            assert abs(picture.ring.turn_seconds - left - ran) <= 0.1 + pauses

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


@pytest.mark.django_db(transaction=True)
def test_no_order_of_commands_breaks_a_ring(
    patience: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "DRAW_EVERY", 0.0)
    monkeypatch.setattr(hub, "ON_ITS_WAY", 0.0)
    run_state_machine_as_test(RingMachine, settings=patience)
