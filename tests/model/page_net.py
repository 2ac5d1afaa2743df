"""One page in Chromium and the net between it and the hub, as the page machine plays them."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from hypothesis.stateful import RuleBasedStateMachine
from playwright.sync_api import Browser, Route

from rings import live
from rings.hub import HEARTBEAT_EVERY, clock
from rings.live import Audience
from rings.models import Event, Offer, Participant, Request, Ring
from tests.conftest import Cast
from tests.model.line import Line, Page

SITE = "http://ring.test"
NET = (Path(__file__).parent / "net.js").read_text()
PROMPT = 2500  # ms; a word older than this may have lain waiting somewhere
CONNECTING, OPEN, CLOSING = 0, 1, 2  # readyState of a WebSocket


@dataclass(eq=False, repr=False)
class Wire(Page):
    """The server's end of one of the page's sockets, and what is on its way."""

    way: deque[str | int] = field(default_factory=deque)  # frames, or the code of a close
    answered: bool = False  # its first word has come

    async def _hear(self, text: str) -> None:
        self.way.append(text)

    async def _shut(self, code: int) -> None:
        self.way.append(code)
        self.socket = None


class PageAndNet(RuleBasedStateMachine):
    """One page in Chromium, whatever its audience, and the net that the machine plays."""

    browser: ClassVar[Browser]

    def __init__(self) -> None:
        super().__init__()
        self.time = time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False)
        self.clock = self.time.start()
        self.line = Line()
        self.cast = Cast()
        self.people = [self.cast.seat(name) for name in ("Ada", "Bo", "Cy")]
        self.context = self.browser.new_context(base_url=SITE, reduced_motion="reduce")
        self.context.add_init_script(NET)
        self.context.route("**/*", self.serve)
        self.page = self.context.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.wires: dict[int, Wire] = {}
        self.answers: dict[int, tuple[int, str]] = {}  # of polls that wait
        self.said: list[str] = []  # frames this page was given
        self.typed: dict[str, str] = {}
        self.version = -1
        self.heard = self.prompt = self.beat = clock()  # any word at all, and one that was not late
        self.hidden = self.slept = False
        self.veiled: bool | None = (
            False  # None: after late words alone, which the page may not trust
        )
        self.opened = 0

    def teardown(self) -> None:
        self.context.close()
        self.line.close()
        self.time.stop()
        live.window.forget()
        for model in (Event, Offer, Ring, Request, Participant, Session, User):
            model._default_manager.all().delete()

    @property
    def ring(self) -> Ring:
        return Ring.objects.get(pk=self.cast.ring.pk)

    # --- the net ---

    def serve(self, route: Route) -> None:
        """The page itself and its files, by the views and without a server."""
        answer = self.now.client.get(urlsplit(route.request.url).path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)

    def net(self, call: str, *with_: Any) -> Any:
        return self.page.evaluate(f"given => net.{call}(...given)", list(with_))

    def look(self) -> dict[str, Any]:
        """See what the page did: lines it opened or left, words it said, polls it sent."""
        state: dict[str, Any] = self.net("state")
        self.lines = {at: line["state"] for at, line in enumerate(state["sockets"])}
        for at, line in enumerate(state["sockets"]):
            wire = self.wires.get(at)
            if wire and line["state"] != OPEN:
                wire.disconnect()
            for word in line["said"]:
                if wire:
                    wire.say(here=json.loads(word)["here"])
        for at, _ in enumerate(state["polls"][len(self.answers) :], len(self.answers)):
            answer = self.now.client.get(state["polls"][at].removeprefix(SITE))
            self.answers[at] = answer.status_code, answer.content.decode()
        self.urls = [line["url"] for line in state["sockets"]]
        self.state = state
        return state

    def wait(self, seconds: float) -> None:
        """Time passes for the server and, timer by timer, for the page."""
        self.clock.shift(seconds)
        self.page.clock.run_for(int(seconds * 1000))
        while clock() - self.beat >= HEARTBEAT_EVERY * 1000:
            self.beat += int(HEARTBEAT_EVERY * 1000)
            for wire in self.open_wires():
                self.heartbeat(wire)
        self.look()

    def heartbeat(self, wire: Wire) -> None:
        room = self.line.hub.rooms[self.ring.pk]
        frame = {"version": room.version, "now": clock(), "fragments": {}}
        wire.way.append(json.dumps(frame))

    def open_wires(self) -> list[Wire]:
        return [wire for wire in self.wires.values() if wire.socket]

    def connecting(self) -> list[int]:
        return [at for at, state in self.lines.items() if state == CONNECTING]

    def accept(self, at: int) -> None:
        said = parse_qs(urlsplit(self.urls[at]).query)["since"][0]
        since = int(said) if said.isdecimal() else -1
        now = self.now
        wire = Wire(self.line, now.ring, now.audience, now.client, now.seat, version=since)
        wire.key = "key-of-Bo" if now.seat else ""
        wire.user = self.cast.fay.pk if now.audience == Audience.DESK else 0
        self.wires[at] = wire
        self.net("open", at)
        wire.connect()
        self.line.settle()

    def give(self, at: int, frame: str | int) -> None:
        """One frame, or a close, arrives at the page."""
        if isinstance(frame, int):
            self.net("cut", at, frame)
        else:
            self.net("deliver", at, frame)
            self.said.append(frame)
            age = clock() - json.loads(frame)["now"]
            self.word(prompt=age < PROMPT or not self.wires[at].answered)
            self.wires[at].answered = True
        self.page.clock.run_for(60)  # what htmx does in timers of a millisecond
        self.clock.shift(0.06)
        self.look()

    def word(self, *, prompt: bool) -> None:
        self.heard = clock()
        if prompt:
            self.prompt, self.veiled = self.heard, False
        elif self.veiled:
            self.veiled = None

    def everything_arrives(self) -> None:
        """Until the hub, having looked round just now, has nothing to say."""
        self.line.look_round()
        while any(wire.way for wire in self.open_wires()):
            for at, wire in self.wires.items():
                while wire.socket and wire.way:
                    self.give(at, wire.way.popleft())
            self.line.look_round()

    def shown(self) -> dict[str, str]:
        names = (self.now.fresh() or {"fragments": {}})["fragments"]
        return {name: self.net("shown", name) for name in names}
