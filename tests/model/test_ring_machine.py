"""A ring under any order of commands: hypothesis looks for a sequence that breaks a promise.

Everything is committed and pushed as in a room: the pages are told by a real hub (`line.py`). The
invariants are those of docs/promises.md; each has a name. CONTRIBUTING.md says when to add a rule.
"""

from datetime import timedelta

import hypothesis.strategies as st
import pytest
from django.http import Http404
from django.utils import timezone
from hypothesis import settings
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rings import actions, hub, live
from rings.actions import By, OpReused
from rings.live import Word
from rings.models import Offer, Participant, Request, Ring
from rings.phases import (
    COURSE,
    GONE,
    MINUTE,
    REOPEN_HOURS,
    UNDO_ACT_SECONDS,
    UNDO_GRACE,
    UNDO_SECONDS,
    OfferKind,
    OfferStatus,
    Phase,
    Privacy,
    Strength,
    Turn,
    may_go,
)
from rings.picture import Picture
from rings.script import CARDS, EXAMPLE
from tests.model.ring_answers import RingAnswers
from tests.model.ring_people import NAMES
from tests.model.ring_room import Command, everything

TEXTS = st.sampled_from(["", "A ladder.", "Somebody who knows bees.", "Ten minutes. " * 20])
TURNS = st.sampled_from([actions.next_turn, actions.back, actions.defer, actions.skip])
ENDS = (Phase.FOLLOW_UP, Phase.FOLLOW_UP, Phase.ARCHIVED, Phase.CANCELLED)
PHASES = st.sampled_from([*COURSE, Phase.TURNS, *COURSE, *ENDS])
BEGUN = st.sampled_from([Phase.LOBBY, Phase.TURNS, Phase.TURNS, Phase.TURNS, Phase.WALL])


class RingMachine(RingAnswers):
    @initialize(
        names=st.lists(NAMES, min_size=1, max_size=4, unique=True),
        begun=BEGUN,
        rounds=st.sampled_from([1, 2]),
    )
    def it_begins(self, names: list[str], begun: Phase, rounds: int) -> None:
        """A lobby with somebody in it, or a ring well on its way; who came first has written nothing."""
        Ring.objects.filter(pk=self.ring.pk).update(rounds=rounds)
        self.ring.refresh_from_db()
        for name in names:
            self.join(name)
        for person in self.ring.participants.all()[1:]:
            self.do(actions.write, person, participant=person, text=f"What {person} asks.")
        if begun != Phase.LOBBY:
            self.move(begun)

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
        self.go(to, self.ring.round)

    @precondition(lambda self: self.ring.rounds > 1)
    @rule(to=st.sampled_from([Phase.WRITING, Phase.TURNS]), number=st.integers(1, 3))
    def go_to_a_round(self, to: Phase, number: int) -> None:
        self.go(to, number)

    def go(self, to: Phase, number: int) -> None:
        here = (Phase(self.ring.phase), self.ring.round)
        legal = may_go(here, (to, number), self.ring.rounds)
        ended = self.ring.ended_at
        fields = {"to": to, "believing": self.ring.phase, "number": number}
        event = self.do(actions.move, self.in_hand, **fields)
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
        event = self.do(command, self.in_hand, believing=current)
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
            assert self.do(command, self.in_hand, believing=believing) is None
        if phase != self.ring.phase:
            assert self.do(actions.move, self.in_hand, to=Phase.WALL, believing=phase) is None

    @precondition(lambda self: self.ring.phase not in GONE)
    @rule(data=st.data(), to=st.sampled_from(["first", "earlier", "later", "last", "before"]))
    def place(self, data: st.DataObject, to: str) -> None:
        """Somebody is called sooner or later; nobody comes, goes, or takes another's turn."""
        ask = self.some(data, self.ring.asks.all())
        before = self.some(data, self.ring.asks.all()) if to == "before" else None
        waiting = sorted(self.ring.asks.in_queue().values_list("pk", flat=True))
        believing = self.ring.current_id
        event = self.do(
            actions.place, self.in_hand, ask=ask, to=to, before=before, believing=believing
        )
        queue = list(self.ring.asks.in_queue().values_list("pk", flat=True))
        assert (sorted(queue), self.ring.current_id) == (waiting, believing)
        if event and to in ("first", "last"):
            assert queue[0 if to == "first" else -1] == ask.pk
        if event and before:
            assert queue.index(ask.pk) + 1 == queue.index(before.pk)

    @precondition(lambda self: self.ring.asks.in_queue().count() > 1)
    @rule()
    def shuffle(self) -> None:
        waiting = sorted(self.ring.asks.in_queue().values_list("pk", flat=True))
        self.do(actions.shuffle, self.in_hand, believing=self.ring.current_id)
        assert sorted(self.ring.asks.in_queue().values_list("pk", flat=True)) == waiting

    @precondition(lambda self: self.ring.phase in COURSE)
    @rule(data=st.data(), act=st.sampled_from([actions.absent, actions.absent, actions.call, None]))
    def queue(self, data: st.DataObject, act: Command | None) -> None:
        """Not here, at once on stage, or back: the others keep their turns."""
        ask = self.some(data, self.ring.asks.all())
        if ask is None:
            return
        if act is None:
            absent = self.ring.asks.filter(turn=Turn.ABSENT)
            me = Request.objects.get(pk=(self.some(data, absent) or ask).pk).participant
            acts = me.key_hash and self.is_in(me)
            self.do(actions.return_to_queue, me if acts else self.in_hand, participant=me)
            return
        before = dict(self.ring.asks.values_list("pk", "turn"))
        current = self.ring.current_id
        event = self.do(act, self.in_hand, ask=ask, believing=current)
        after = dict(self.ring.asks.values_list("pk", "turn"))
        moved = {pk for pk in before if before[pk] != after[pk]}
        assert moved <= {ask.pk, current, self.ring.current_id}
        if event:
            assert after[ask.pk] == (Turn.ASKING if act is actions.call else Turn.ABSENT)

    @precondition(lambda self: self.ring.phase in COURSE)
    @rule(data=st.data(), observer=st.booleans())
    def observe(self, data: st.DataObject, observer: bool) -> None:
        person = self.some(data, self.ring.participants.joined())
        event = person and self.do(
            actions.observe, self.in_hand, participant=person, observer=observer
        )
        if event:
            person.refresh_from_db(fields=["observer"])
            assert person.observer == observer

    @precondition(lambda self: self.ring.last_act_id)
    @rule(after=st.sampled_from([0, 0, 0, 20, 60]), stale=st.booleans())
    def undo(self, after: int, stale: bool) -> None:
        """The last act of the desk is taken back once, while it is fresh; everything else stays."""
        self.pass_time(after)
        act = self.ring.last_act
        assert act
        age = (timezone.now() - act.at).total_seconds() + 0.01
        believing = act.version - 1 if stale else act.version
        event = self.do(actions.undo, self.in_hand, believing=believing)
        fresh = age <= UNDO_ACT_SECONDS + UNDO_GRACE and self.ring.phase not in GONE
        assert (event is not None) == (fresh and not stale and not act.undone)
        if event is None:
            return
        for row, was in act.was.items():
            if row.startswith("request"):
                ask = self.ring.asks.get(pk=int(row.split()[1]))
                assert ask.turn == was.get("turn", ask.turn)
                assert ask.place == was.get("place", ask.place)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        if self.do(actions.pause, self.in_hand, paused=paused):
            self.pauses[self.ring.current_id] += 1

    @rule(stale=st.booleans())
    def a_minute_more(self, stale: bool) -> None:
        current = self.ring.current_id
        believing = self.theirs[Request].pk if stale else current
        fields = {"phase": self.ring.phase, "believing": believing}
        event = self.do(actions.more_time, self.in_hand, **fields)
        if event and self.ring.phase == Phase.TURNS:
            assert not stale
            self.extra[current] += MINUTE

    @precondition(lambda self: self.ring.phase == Phase.TURNS)
    @rule()
    def start_the_clock(self) -> None:
        current = self.ring.current_id
        if self.do(actions.start_clock, self.in_hand, believing=current):
            self.ran[current] = self.pauses[current] = 0

    @precondition(lambda self: self.ring.phase == Phase.TURNS)
    @rule(seconds=st.sampled_from([59, 60, 120, 210]))
    def trim(self, seconds: int) -> None:
        """The end that was planned stays, and so does the turn that runs."""
        was, planned = self.ring.turn_seconds, Picture.of(self.ring.pk).planned_end
        fields = {"seconds": seconds, "believing": was}
        if self.do(actions.trim, self.in_hand, **fields):
            self.extra[self.ring.current_id] += was - seconds
            assert Picture.of(self.ring.pk).planned_end == planned

    @rule(minutes=st.sampled_from([1, 40]))
    def agree_to_another_end(self, minutes: int) -> None:
        end = timezone.now() + timedelta(minutes=minutes)
        fields = {"end": end, "believing": self.ring.agreed_end}
        if self.do(actions.agree_end, self.in_hand, **fields):
            assert Picture.of(self.ring.pk).planned_end == end

    @rule(minutes=st.sampled_from([5, 61]))
    def take_a_break(self, minutes: int) -> None:
        paused = self.ring.paused_at
        if self.do(actions.take_break, self.in_hand, minutes=minutes) and not paused:
            self.pauses[self.ring.current_id] += 1

    # --- the facilitator's command of the room ---

    @precondition(lambda self: self.ring.phase == Phase.TURNS)
    @rule(stale=st.booleans())
    def somebody_speaks(self, stale: bool) -> None:
        believing = self.theirs[Request].pk if stale else self.ring.current_id
        event = self.do(actions.spoke, self.in_hand, believing=believing)
        assert event is None or (self.ring.current_id == believing and not self.ring.paused_at)

    @precondition(lambda self: self.ring.asks.exclude(turn=Turn.WAITING).exists())
    @rule(data=st.data(), hidden=st.booleans(), paused=st.booleans())
    def a_tender_moment(self, data: st.DataObject, hidden: bool, paused: bool) -> None:
        ask = self.some(data, self.ring.asks.exclude(turn=Turn.WAITING))
        assert ask
        was = self.ring.paused_at
        fields = {"hidden": hidden, "paused": hidden and paused}
        event = self.do(actions.tender, self.in_hand, ask=ask, **fields)
        if event and was != self.ring.paused_at:
            self.pauses[self.ring.current_id] += 1
        if event:
            assert Request.objects.get(pk=ask.pk).hidden == hidden

    @rule(card=st.sampled_from([*CARDS, EXAMPLE, "", "no card"]))
    def a_card_on_the_stage(self, card: str) -> None:
        event = self.do(actions.show_card, self.in_hand, card=card)
        assert event is None or card in {"", EXAMPLE} or self.ring.phase in CARDS[card]

    @rule()
    def the_facilitator_takes_a_place(self) -> None:
        self.do(actions.host_seat, self.in_hand)

    @rule()
    def the_facilitator_s_ask_counts_as_their_turn(self) -> None:
        self.do(actions.count_done, self.in_hand)

    @rule()
    def the_owner_s_words_are_others(self) -> None:
        self.do(actions.take_words, self.fay)

    # --- from hand to hand ---

    @rule(who=st.sampled_from(["gil", "hal"]), how=st.sampled_from(["link", "account", "old link"]))
    def somebody_comes_to_lead(self, who: str, how: str) -> None:
        """By the link of this moment, or invited by their account; an older link is worth nothing."""
        user, changes = getattr(self, who), self.ring.team_changes
        if how == "account":
            self.do(actions.invite, self.fay, user=user)
        believing = {"link": changes, "account": None, "old link": changes - 1}[how]
        event = self.do(actions.join_team, user, user=user, believing=believing)
        assert event is None or how != "old link"

    @rule(who=st.sampled_from(["gil", "hal", ""]))
    def the_owner_takes_somebody_off(self, who: str) -> None:
        if who:
            self.do(actions.take_off, self.fay, user=getattr(self, who))
        else:
            self.do(actions.stop_invitations, self.fay)

    @rule(to=st.sampled_from(["fay", "gil", "hal"]), stale=st.booleans(), over=st.booleans())
    def the_ring_changes_hands(self, to: str, stale: bool, over: bool) -> None:
        """Handed over by who leads or taken over; a desk that believes in another hand changes nothing."""
        before, person = self.in_hand, getattr(self, to)
        believing = before.pk + 1 if stale else before.pk
        if over:
            event = self.do(actions.take_over, person, believing=believing)
        else:
            event = self.do(actions.hand_over, before, to=person, believing=believing)
        if event:
            assert (self.in_hand, before == person) == (person, False)
            assert not stale or (over and to == "fay")

    @rule(command=TURNS, who=st.sampled_from(["fay", "gil", "hal"]))
    def somebody_presses_who_does_not_lead(self, command: Command, who: str) -> None:
        if getattr(self, who) != self.in_hand:
            pressed = self.do(command, getattr(self, who), believing=self.ring.current_id)
            assert pressed is None

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
        event = self.do(actions.withdraw, self.in_hand if now.scribed else now.helper, offer=offer)
        may = now.scribed or (age <= UNDO_SECONDS + UNDO_GRACE and self.is_in(now.helper))
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
            if type(value) in self.theirs:
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


@pytest.mark.django_db(transaction=True)
def test_no_order_of_commands_breaks_a_ring(
    patience: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "DRAW_EVERY", 0.0)
    monkeypatch.setattr(hub, "ON_ITS_WAY", 0.0)
    run_state_machine_as_test(RingMachine, settings=patience)
