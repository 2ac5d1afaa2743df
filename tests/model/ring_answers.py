"""Answers of the ring machine: the easy no, the cheer, asking again, and what is said to an offer."""

import hypothesis.strategies as st
from hypothesis.stateful import invariant, precondition, rule

from rings import actions
from rings.models import Offer, Request
from rings.phases import (
    BETWEEN,
    OFFERABLE,
    OUTCOMES,
    SETTLED,
    WAITS_FOR_WORDS,
    AskStatus,
    OfferStatus,
    Phase,
    ReplyKind,
)
from tests.model.ring_people import RingPeople
from tests.model.ring_room import Command

WORDS = st.sampled_from(["", "Dan might.", "in spring"])
ANSWERS = st.sampled_from([actions.accept, actions.thank, actions.most_useful])
SAYINGS = st.sampled_from(
    [actions.keep, actions.release, actions.still_coming, actions.start_with, actions.unsay]
)


class RingAnswers(RingPeople):
    @rule(data=st.data(), kind=st.sampled_from(ReplyKind), words=WORDS, number=st.integers(1, 3))
    def let_asks_go_by(self, data: st.DataObject, kind: ReplyKind, words: str, number: int) -> None:
        for _ in range(number):
            me = self.some(data, self.ring.participants.joined())
            ask = self.some(data, self.ring.asks.all())
            if me is None or ask is None:
                return
            event = self.do(actions.reply, me, ask=ask, participant=me, kind=kind, words=words)
            if event:
                assert event.refs == {"ask": ask.pk}, "an event says neither which nor any word"
                assert ask.participant_id != me.pk

    @precondition(lambda self: self.ring.replies.exists())
    @rule(data=st.data())
    def think_better_of_it(self, data: st.DataObject) -> None:
        said = data.draw(st.sampled_from(list(self.ring.replies.order_by("pk"))))
        me, ask = self.known(said.participant), self.known(said.ask)
        if self.do(actions.unreply, me, ask=ask, participant=me):
            assert not ask.replies.filter(participant=me).exists()

    @precondition(lambda self: self.ring.asks.filter(status=AskStatus.OPEN).exists())
    @rule(data=st.data(), text=st.sampled_from(["A smaller ladder.", "Ten minutes."]))
    def ask_again(self, data: st.DataObject, text: str) -> None:
        """The old words stay with the ask, and who waits for words reads of the new ones."""
        ask = self.some(data, self.ring.asks.filter(status=AskStatus.OPEN))
        assert ask
        was = Request.objects.get(pk=ask.pk)
        waiting = ask.replies.filter(kind__in=WAITS_FOR_WORDS).count()
        if self.do(actions.reframe, was.participant, ask=ask, text=text):
            assert self.ring.phase in OFFERABLE
            assert not was.text or ask.wordings.filter(text=was.text, why=was.why).exists()
            assert ask.replies.filter(kind__in=WAITS_FOR_WORDS, reworded=True).count() == waiting

    @precondition(lambda self: self.ring.phase == Phase.FOLLOW_UP)
    @rule(data=st.data())
    def ask_for_one_small_thing_more(self, data: st.DataObject) -> None:
        me = self.some(data, self.ring.participants.joined())
        if me:
            self.do(actions.ask_small, me, participant=me, text="Ten minutes.")
            assert me.asks.filter(round=BETWEEN).count() == 1

    @precondition(lambda self: self.ring.offers.exists())
    @rule(data=st.data(), answer=ANSWERS, needed=st.booleans())
    def answer_an_offer(self, data: st.DataObject, answer: Command, needed: bool) -> None:
        offer = self.some(data, self.ring.offers.all())
        assert offer
        was = Offer.objects.get(pk=offer.pk)
        fields = {"needed": needed} if answer is actions.accept else {}
        if self.do(answer, was.asker, offer=offer, **fields):
            assert was.status != OfferStatus.WITHDRAWN

    @precondition(lambda self: self.ring.offers.exists())
    @rule(data=st.data(), say=SAYINGS)
    def say_what_came_of_a_promise(self, data: st.DataObject, say: Command) -> None:
        """When it was said stands with what was said, and goes with it."""
        offer = self.some(data, self.ring.offers.all())
        assert offer
        was = Offer.objects.get(pk=offer.pk)
        if self.do(say, was.helper, offer=offer):
            assert was.status != OfferStatus.WITHDRAWN
            assert (
                say not in {actions.still_coming, actions.start_with} or was.status not in SETTLED
            )
            assert say is not actions.unsay or was.status in SETTLED

    @precondition(lambda self: self.ring.asks.exists())
    @rule(data=st.data(), status=st.sampled_from(AskStatus))
    def say_what_came_of_an_ask(self, data: st.DataObject, status: AskStatus) -> None:
        ask = self.some(data, self.ring.asks.all())
        assert ask
        me = Request.objects.get(pk=ask.pk).participant
        if self.do(actions.outcome, me, ask=ask, status=str(status)):
            assert status in {*OUTCOMES, AskStatus.OPEN}

    @invariant()
    def what_is_settled_says_since_when(self) -> None:
        settled = self.ring.offers.filter(settled_at__isnull=False)
        assert set(settled) == set(self.ring.offers.filter(status__in=SETTLED))

    @invariant()
    def who_offers_has_not_let_the_ask_go_by(self) -> None:
        standing = self.ring.offers.exclude(status=OfferStatus.WITHDRAWN)
        helpers = set(standing.values_list("helper_id", "ask_id"))
        said = set(self.ring.replies.values_list("participant_id", "ask_id"))
        assert not helpers & said

    @invariant()
    def nobody_lets_their_own_ask_go_by(self) -> None:
        for said in self.ring.replies.select_related("ask"):
            assert said.participant_id != said.ask.participant_id

    @invariant()
    def one_offer_of_an_ask_is_the_most_useful(self) -> None:
        asks = list(self.ring.offers.filter(useful=True).values_list("ask_id", flat=True))
        assert len(asks) == len(set(asks))
