"""The page's own script under anything a net and a phone can do to it.

`static/ring.js` runs in Chromium as it is; the hub and the drawing behind it are the real ones. Between
them stands a net of the machine's (`net.js`), and the page's clock is the machine's too, so that 35 s of
silence cost nothing. A line keeps its order and never loses one frame from its middle: that is TCP's.
What it loses is everything from some moment on; what comes in another order are two lines, or a line
and a poll; and what is said twice comes twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from django.test import Client
from hypothesis import settings
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from playwright.sync_api import Browser

from rings import actions, hub
from rings.hub import clock
from rings.live import Audience
from rings.phases import COURSE, NotNow, OfferStatus, Phase
from tests.model.line import Page, difference
from tests.model.page_net import CLOSING, CONNECTING, OPEN, PageAndNet

pytestmark = pytest.mark.browser

ANSWERED = (0, "")
GONE = 1006  # the close code of a net that went away
WAKE_AFTER = 15_000  # ms without a word after which a waking page trusts nothing it shows
TEXTS = st.sampled_from(["Half a", "Half a sentence", "I could lend mine"])
BEGUN = st.sampled_from([Phase.LOBBY, Phase.WRITING, Phase.TURNS, Phase.TURNS, Phase.WALL])


def one_of[T](data: st.DataObject, found: list[T]) -> T:
    """One of what the page has now; what hypothesis draws does not depend on how much that is."""
    return found[data.draw(st.integers(0, 5)) % len(found)]


class PageMachine(PageAndNet):
    @initialize(audience=st.sampled_from([*Audience, Audience.PHONE]), begun=BEGUN)
    def a_page_opens(self, audience: Audience, begun: Phase) -> None:
        ada, bo, _ = self.people
        self.cast.write(ada)
        self.cast.write(bo)
        if begun != Phase.LOBBY:
            self.cast.move(begun)
        client = {
            Audience.PHONE: self.cast.phone(bo),
            Audience.DESK: self.cast.desk(),
            Audience.STAGE: Client(),
        }[audience]
        self.now = Page(
            self.line, self.ring, audience, client, bo.pk if audience == Audience.PHONE else None
        )
        self.page.clock.install(time=datetime.now(UTC))
        self.page.clock.pause_at(
            datetime.now(UTC) + timedelta(minutes=10)
        )  # a phone's clock is wrong
        self.page.goto(self.now.path.removesuffix("screen/"))
        self.look()

    # --- the ring changes ---

    @rule(what=st.sampled_from(["on", "step_back", "next", "next", "back", "defer", "skip"]))
    def the_ring_moves(self, what: str) -> None:
        ring = self.ring
        step = COURSE.index(Phase(ring.phase))
        moves: dict[str, Callable[[], object]] = {
            "on": lambda: self.cast.move(COURSE[min(step + 1, len(COURSE) - 1)]),
            "step_back": lambda: self.cast.move(COURSE[max(step - 1, 0)]),
            "next": lambda: actions.next_turn(ring, self.cast.by, believing=ring.current_id),
            "back": lambda: actions.back(ring, self.cast.by, believing=ring.current_id),
            "defer": lambda: actions.defer(ring, self.cast.by, believing=ring.current_id),
            "skip": lambda: actions.skip(ring, self.cast.by, believing=ring.current_id),
        }
        self.change(moves[what])

    @rule(what=st.sampled_from(["write", "offer", "mine", "withdraw", "pause", "join"]))
    def somebody_does_something(self, what: str) -> None:
        ring, (ada, bo, cy) = self.ring, self.people
        ask = ring.current or ada.asks.get()
        fresh = ring.offers.filter(status=OfferStatus.PLEDGED).last()
        deeds: dict[str, Callable[[], object]] = {
            "write": lambda: self.cast.write(cy, f"Words at {ring.version}."),
            "offer": lambda: self.cast.offer(cy, ask.participant, note=f"At {ring.version}."),
            "mine": lambda: self.cast.offer(bo, ask.participant, note=f"Mine, {ring.version}."),
            "withdraw": lambda: fresh and actions.withdraw(ring, self.cast.by, offer=fresh),
            "pause": lambda: actions.pause(ring, self.cast.by, paused=ring.paused_at is None),
            "join": lambda: self.cast.proxy(f"Guest {ring.version}"),
        }
        self.change(deeds[what])

    def change(self, deed: Callable[[], object]) -> None:
        self.clock.shift(0.01)
        try:
            deed()
        except NotNow:
            return
        self.line.settle()

    # --- the net carries, loses, repeats ---

    @precondition(lambda self: any(wire.way for wire in self.wires.values()))
    @rule(all_=st.booleans())
    def frames_arrive(self, all_: bool) -> None:
        at, wire = next((at, wire) for at, wire in self.wires.items() if wire.way)
        if self.lines[at] != OPEN:
            wire.way.clear()
        while wire.way and self.lines[at] == OPEN:
            self.give(at, wire.way.popleft())
            if not all_:
                break

    @precondition(lambda self: self.said and self.open_wires())
    @rule(data=st.data())
    def a_frame_comes_again(self, data: st.DataObject) -> None:
        """What was shown before, or is shown, changes nothing."""
        frame = one_of(data, self.said[-6:])
        at = next(at for at, wire in self.wires.items() if wire.socket)
        before = self.shown()
        self.give(at, frame)
        assert self.shown() == before

    @precondition(lambda self: self.connecting())
    @rule(succeeds=st.sampled_from([True, True, False]))
    def a_line_is_answered(self, succeeds: bool) -> None:
        for at in self.connecting():
            if succeeds:
                self.accept(at)
            else:
                self.net("cut", at, GONE)
        self.look()

    @rule(answered=st.booleans())
    def sockets_are_blocked(self, answered: bool) -> None:
        """Every try fails for half a minute; the page polls instead, and may be answered at once."""
        for _ in range(6):
            for at in self.connecting():
                self.net("cut", at, GONE)
            self.wait(5)
            for at in self.waiting() if answered else ():
                self.answer(at, fails=False)

    @precondition(lambda self: self.open_wires())
    @rule(loses=st.booleans(), code=st.sampled_from([GONE, GONE, 1012, 4503]))
    def a_line_breaks(self, loses: bool, code: int) -> None:
        """With a close, or in silence: then whatever was on its way is lost, and all that follows."""
        at, wire = next((at, wire) for at, wire in self.wires.items() if wire.socket)
        wire.disconnect()
        wire.way.clear()
        if not loses:
            self.net("cut", at, code)
        self.look()

    @rule()
    def old_lines_close_late(self) -> None:
        for at, state in self.lines.items():
            if state == CLOSING:
                self.net("cut", at, GONE)
        self.look()

    @precondition(lambda self: self.waiting())
    @rule(data=st.data(), fails=st.booleans())
    def a_poll_is_answered(self, data: st.DataObject, fails: bool) -> None:
        """With what was true when it was asked, which may be long ago."""
        self.answer(one_of(data, self.waiting()), fails=fails)

    def answer(self, at: int, *, fails: bool) -> None:
        status, text = self.answers[at]
        self.answers[at] = ANSWERED
        if fails:
            self.net("fail", at)
        else:
            self.net("answer", at, status, text)
            self.word(prompt=True)
        self.wait(0.06)

    def waiting(self) -> list[int]:
        return [at for at, answer in self.answers.items() if answer != ANSWERED]

    @rule(seconds=st.sampled_from([0.3, 1, 4, 12, 36]))
    def time_passes(self, seconds: float) -> None:
        self.wait(seconds)

    # --- the phone sleeps and wakes ---

    @rule()
    def it_sleeps_for_a_while(self) -> None:
        """Hidden, no timer runs; the clock is five minutes on when the first one does."""
        self.net("show", False)
        self.hidden = self.slept = True
        self.opened = len(self.lines)
        self.look()
        self.clock.shift(300)
        self.beat = clock()
        self.page.clock.fast_forward(300_000)
        self.look()

    @precondition(lambda self: self.hidden)
    @rule()
    def it_wakes(self) -> None:
        self.hidden = False
        self.wakes("show", True)

    @precondition(lambda self: not self.hidden)
    @rule(what=st.sampled_from(["on", "next", "back"]))
    def it_goes_to_the_page_cache_and_back(self, what: str) -> None:
        self.net("turn", "pagehide")
        self.look()
        assert not self.alive()
        self.the_ring_moves(what)
        self.wakes("turn", "pageshow")

    def wakes(self, *how: Any) -> None:
        quiet, since_prompt = clock() - self.heard, clock() - self.prompt
        if self.slept or not self.alive() or quiet > WAKE_AFTER:
            self.veiled = True
        elif since_prompt > WAKE_AFTER:
            self.veiled = self.veiled or None
        self.slept = False
        self.net(*how)
        self.look()

    def alive(self) -> list[int]:
        return [at for at, state in self.lines.items() if state in (CONNECTING, OPEN)]

    @rule()
    def the_net_goes(self) -> None:
        self.page.evaluate("dispatchEvent(new Event('offline'))")
        self.look()
        assert not self.alive()

    @rule()
    def the_net_comes(self) -> None:
        self.page.evaluate("dispatchEvent(new Event('online'))")
        self.look()

    @rule(data=st.data(), text=TEXTS)
    def somebody_types(self, data: st.DataObject, text: str) -> None:
        fields = self.net("fields")
        if fields:
            name = one_of(data, fields)
            self.net("type", name, text)
            self.typed[name] = text

    # Hypothesis counts names: what the page has most to lose by comes twice as often.
    more_sleep, more_waking, more_typing = it_sleeps_for_a_while, it_wakes, somebody_types

    # --- what must always hold ---

    @rule()
    def the_line_is_good_for_a_while(self) -> None:
        """Then what the page shows is what a reload shows, and nothing is veiled."""
        if self.hidden:
            self.it_wakes()
        for _ in range(60):
            self.wait(1)
            for at in self.connecting():
                self.accept(at)
            self.everything_arrives()
            if self.open_wires() and self.look()["line"] == "live":
                break
        else:
            raise AssertionError("the page never came back")
        for wire in self.open_wires():
            self.heartbeat(wire)
        self.everything_arrives()
        fresh = self.now.fresh()
        assert fresh
        for name, html in fresh["fragments"].items():
            shown, would = self.net("shown", name), self.net("would", name, html)
            assert shown == would, f"{name}{difference(shown, would)}"
        assert not self.look()["veiled"]

    @invariant()
    def the_version_never_goes_back(self) -> None:
        assert self.look()["version"] >= self.version
        self.version = self.state["version"]

    @invariant()
    def the_veil_is_up_from_waking_until_the_first_word(self) -> None:
        assert self.look()["veiled"] == self.veiled or self.veiled is None

    @invariant()
    def there_is_one_line_at_most(self) -> None:
        assert len(self.alive()) <= 1
        assert not self.hidden or len(self.lines) == self.opened  # none is opened while asleep

    @invariant()
    def what_was_typed_is_there(self) -> None:
        for name, text in self.typed.items():
            assert any(text in kept for kept in self.net("typed", name)), name

    @invariant()
    def nothing_stands_twice(self) -> None:
        assert self.look()["twice"] == []

    @invariant()
    def no_script_fails(self) -> None:
        assert self.trouble == []


@pytest.mark.django_db(transaction=True)
def test_no_net_and_no_sleep_leaves_a_page_wrong(
    browser: Browser, patience: settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "DRAW_EVERY", 0.0)
    monkeypatch.setattr(hub, "ON_ITS_WAY", 0.0)
    monkeypatch.setattr(hub, "UNHEARD_BOUND", 20_000)  # so that the hub holds back now and then
    monkeypatch.setattr(PageMachine, "browser", browser, raising=False)
    run_state_machine_as_test(PageMachine, settings=patience)
