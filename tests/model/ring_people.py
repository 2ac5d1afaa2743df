"""People of the ring machine: they come, by phone or without, leave, are put out and let in, and write."""

from uuid import uuid4

import hypothesis.strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from rings import actions
from rings.access import key_hash
from rings.models import Offer, Participant
from rings.phases import (
    OfferStatus,
    Seat,
)
from tests.model.line import Page
from tests.model.ring_promises import RingPromises
from tests.model.ring_room import Command

NAMES = st.sampled_from(
    ["Ada", "Ada Lovelace", "Ada Byron", "Bo", "Cy", "Dan", "Eve", "Flo", "Gil", "Hal", "Ida"]
)
PHONES = 3  # open pages at most, beside a stage and a desk


class RingPeople(RingPromises):
    # --- people come ---

    @rule(name=NAMES)
    def join(self, name: str) -> None:
        key = uuid4().hex
        event = self.do(actions.join, None, name=name, key_hash=key_hash(key))
        if event:
            self.keys[event.refs["participant"]] = key

    @rule(name=NAMES)
    def come_without_a_phone(self, name: str) -> None:
        self.do(actions.add_seat, self.in_hand, name=name)

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

    @rule(pace=st.sampled_from([0, 1, 4]))
    def hurry_real_people(self, pace: int) -> None:
        """What is for the made-up people of a rehearsal is refused in a ring like this one."""
        assert self.do(actions.set_pace, self.in_hand, pace=pace) is None

    @precondition(lambda self: self.ring.participants.at_the_door().exists())
    @rule(data=st.data(), admit=st.booleans())
    def open_the_door(self, data: st.DataObject, admit: bool) -> None:
        person = self.some(data, self.ring.participants.at_the_door())
        assert person
        pk, held, key = person.pk, person.claims_id, self.keys.get(person.pk, "")
        event = self.do(
            actions.admit if admit else actions.turn_away, self.in_hand, participant=person
        )
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
        if self.do(act, self.in_hand, participant=person):
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
        self.do(actions.lock, self.in_hand, locked=locked)

    @rule()
    def admit_all(self) -> None:
        claims = set(self.ring.participants.exclude(claims=None).values_list("pk", flat=True))
        if self.do(actions.admit_all, self.in_hand):
            waiting = self.ring.participants.at_the_door()
            assert set(waiting.values_list("pk", flat=True)) == claims

    @rule(data=st.data(), name=NAMES)
    def rename(self, data: st.DataObject, name: str) -> None:
        person = self.some(data, self.ring.participants.filter(claims=None))
        if person:
            self.do(actions.rename, self.in_hand, participant=person, name=name)

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
        if self.do(actions.merge, self.in_hand, participant=stays, other=goes):
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
        if self.do(actions.give_pin, self.in_hand, participant=person, pin_hash=pin) and right:
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

    # What rings do most comes twice as often: hypothesis counts names.
    more_doors, more_phones = open_the_door, a_phone_opens
