"""Every privileged act leaves a trace.

A seeded dice presses whatever a desk has, and what it should not be able to press: stale, unknown, sent
twice, under a used key, without a token, by somebody else. An act that a later issue builds (removing
somebody, a review by staff) gets its line in `ACTS`.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from rings.player import Refused
from tests.rig.findings import Finding
from tests.rig.phones import Circle, Light, browser, shut_all
from tests.rig.rig import Rig, Size

EACH = 50  # acts in each ring: fewer than a desk may do at once
PHASES = ("lobby", "welcome", "writing", "turns", "wall", "closing", "follow_up")
ENDS = ("archived", "cancelled", "nonsense")
SIGN_IN = "/accounts/login/"

type Trace = tuple[int, str, int | None, int | None]  # ring, kind, user, participant
type Sent = tuple[str, dict[str, object]]  # address and fields


@dataclass
class Act:
    """Something that was asked for under a key; `trace` is the event it must leave if it was done."""

    trace: Trace
    key: str = field(default_factory=lambda: uuid4().hex)
    done: bool = False


async def scenario(rig: Rig, size: Size) -> Finding:
    circles = await rig.furnish(rings=size.pick(6, 40), people=6, shown=2)
    owners = dict(await rig.read("SELECT id, facilitator_id FROM rings_ring"))  # type: ignore[arg-type]  # pairs
    before = {str(op) for (op,) in await rig.read("SELECT op FROM rings_event")}
    desks = [
        Desk(
            rig,
            circle,
            int(str(owners[circle.pk])),
            circles[n - 1],
            random.Random(rig.dice.random()),
        )
        for n, circle in enumerate(circles)
    ]
    await asyncio.gather(*(desk.play() for desk in desks))
    acts = [act for desk in desks for act in desk.acts]
    done = Counter(act.trace[1] for act in acts if act.done)
    finding = Finding()
    finding.at_least("acts asked for", len(acts), len(desks) * EACH)
    finding.at_least("kinds of them done", len(set(done) & set(KINDS)), len(KINDS))
    finding.at_least("refused", sum(not act.done for act in acts), len(desks) * EACH // 10)
    await _hold_against(rig, finding, acts, before)
    finding.count("answers 5xx", sum(desk.errors for desk in desks))
    finding.words = "; ".join(f"{kind} {number}" for kind, number in done.most_common())
    return finding


async def _hold_against(rig: Rig, finding: Finding, acts: list[Act], before: set[str]) -> None:
    """The acts against all events that came since."""
    traces: defaultdict[str, list[Trace]] = defaultdict(list)
    rows = await rig.read(
        "SELECT op, ring_id, kind, by_user_id, by_participant_id FROM rings_event"
    )
    for op, *trace in rows:
        if op not in before:
            traces[str(op)].append(tuple(trace))  # type: ignore[arg-type]  # typed by the columns
    without = [act for act in acts if act.done and _of_its_ring(traces, act) != [act.trace]]
    # a key that was refused once may be used again by chance, and then be taken
    taken = {(act.key, act.trace[1]) for act in acts if act.done}
    left = {(key, kind) for key, events in traces.items() for _, kind, _, _ in events} - taken
    refused = [act for act in acts if not act.done and (act.key, act.trace[1]) in left]
    finding.count("done without exactly one event of its kind and actor", len(without))
    finding.count("refused with one", len(refused))
    finding.count("events nobody asked for", len(set(traces) - {act.key for act in acts}))


def _of_its_ring(traces: dict[str, list[Trace]], act: Act) -> list[Trace]:
    """A new ring may be made under a key that was used in another: keys are each ring's own."""
    return [trace for trace in traces[act.key] if trace[0] == act.trace[0]]


class Desk:
    """The desk of one ring, whoever presses on it. `other` is a ring of somebody else."""

    def __init__(
        self, rig: Rig, circle: Circle, user: int, other: Circle, dice: random.Random
    ) -> None:
        self.rig, self.circle, self.user, self.dice = rig, circle, user, dice
        self.path = f"/desk/{circle.pk}/"
        self.mine = circle.desk(rig.url)
        self.others = [other.desk(rig.url), circle.phone(rig.url, 0)]
        self.acts: list[Act] = []
        self.sent: list[tuple[Act, Sent]] = []  # what was done
        self.errors = 0

    async def play(self) -> None:
        """Everything there is to press, and some of it once more, in any order."""
        deck = [name for name, (often, _, _) in ACTS.items() for _ in range(often)]
        deck += self.dice.choices(deck, k=EACH - len(deck))
        self.dice.shuffle(deck)
        for name in deck:
            await self._press(name)
        await shut_all([self.mine, *self.others])

    async def _press(self, name: str) -> None:
        _, kind, make = ACTS[name]
        path, fields = await make(self)
        act = Act((self.circle.pk, kind, self.user, None))
        chance = self.dice.random()
        if chance < 0.05 and self.sent:  # what was done is sent once more
            act, (path, fields) = self.dice.choice(self.sent)
            await self._send(self.mine, act, path, fields)
        elif chance < 0.1 and kind != "pause":  # under the key of something else
            used = [a for a, _ in self.sent if a.trace[1] != kind]
            if used:
                act.key = self.dice.choice(used).key
            await self._send(self.mine, act, path, fields)
        elif chance < 0.15 and kind != "open_ring":  # which anybody with an account may
            await self._send(self.dice.choice(self.others), act, path, fields)
        elif chance < 0.2:
            answer = await self.mine.http.post(path, data={"op": act.key})
            act.done = answer.status_code < 400
            self.acts.append(act)
        else:
            await self._send(self.mine, act, path, fields)

    async def _send(self, screen: Light, act: Act, path: str, fields: dict[str, object]) -> None:
        self.acts.append(act)
        try:
            answer = await screen.post(path, op=act.key, **fields)
        except Refused as refused:
            self.errors += refused.status >= 500
            return
        then = answer.headers.get("location", "")
        if then.startswith(SIGN_IN):
            return
        if act.trace[1] == "open_ring":  # it is about the ring it made
            act.trace = (int(then.split("/")[2]), *act.trace[1:])
        act.done = True
        self.sent.append((act, (path, fields)))

    # --- what there is to press ---

    async def _pick(self, table: str, where: str = "") -> object:
        """One of the ring's own, sometimes another ring's, or nothing that is."""
        mine = f"ring_id = {self.circle.pk}" if self.dice.random() < 0.9 else "ring_id > 0"
        rows = await self.rig.read(f"SELECT id FROM rings_{table} WHERE {mine} {where} ORDER BY id")  # noqa: S608  (own words)
        return self.dice.choice([pk for (pk,) in rows] or [999_999])

    async def _ring(self) -> tuple[object, ...]:
        columns = "phase, current_id, paused_at"
        [row] = await self.rig.read(f"SELECT {columns} FROM rings_ring WHERE id = {self.circle.pk}")  # noqa: S608  (own number)
        return row

    async def turn(self, command: str) -> Sent:
        _, current, _ = await self._ring()
        believing = current if self.dice.random() < 0.8 else await self._pick("request")
        return f"{self.path}turn/{command}/", {"believing": believing}

    async def move(self) -> Sent:
        phase, _, _ = await self._ring()
        believing = phase if self.dice.random() < 0.8 else self.dice.choice(PHASES)
        to = self.dice.choices([*PHASES, *ENDS], [1, 1, 2, 6, 2, 2, 1, 0.1, 0.1, 1])[0]
        return f"{self.path}move/", {"to": to, "believing": believing}

    async def pause(self) -> Sent:
        _, _, paused = await self._ring()
        yes = (paused is None) == (self.dice.random() < 0.8)
        return f"{self.path}pause/", {"paused": "yes" if yes else "no"}

    async def add_seat(self) -> Sent:
        name = f"Guest {self.dice.randrange(8)}"  # soon such a one is there already
        return f"{self.path}seats/", {"name": name}

    async def admit(self, command: str) -> Sent:
        """First somebody knocks: a newcomer, or somebody's second device."""
        knock = self.dice.random()
        if knock < 0.7:
            stranger = Light(self.rig.url, f"/r/{self.circle.code}/", browser(self.rig.url, {}))
            kind, path, fields = "join", "join/", {"name": f"Late {uuid4().hex[:6]}"}
            if knock < 0.3:
                kind, path, fields = "claim", f"claim/{self.circle.seats[0]['pk']}/", {}
            act = Act((self.circle.pk, kind, None, None))
            await self._send(stranger, act, f"{stranger.path}{path}", dict(fields))
            self.sent = [(a, s) for a, s in self.sent if a is not act]  # no act of the desk
            await stranger.shut()
        waiting = "AND seat = 'waiting'" if self.dice.random() < 0.8 else ""
        return f"{self.path}seats/{await self._pick('participant', waiting)}/{command}/", {}

    async def write_for(self) -> Sent:
        text = "Spoken, and written for somebody." if self.dice.random() < 0.8 else ""
        proxy = "AND proxy" if self.dice.random() < 0.5 else ""
        return f"{self.path}seats/{await self._pick('participant', proxy)}/ask/", {"text": text}

    async def scribe(self) -> Sent:
        kind = "advice" if self.dice.random() < 0.9 else "nonsense"
        fields = {"kind": kind, "helper": await self._pick("participant"), "note": "Spoken."}
        return f"{self.path}asks/{await self._pick('request')}/offers/", fields

    async def withdraw(self) -> Sent:
        pk = await self._pick("offer", "AND status = 'pledged'")
        return f"{self.path}offers/{pk}/withdraw/", {}

    async def open_ring(self) -> Sent:
        minutes = {"welcome": 5, "writing": 5, "rest": 0, "wall": 5, "closing": 5}
        plan: dict[str, object] = {f"{name}_minutes": n for name, n in minutes.items()}
        plan |= {"title": "One more ring", "host": "Fay", "scope": "both", "people_expected": 9}
        plan["turn_minutes"] = 4 if self.dice.random() < 0.8 else "many"
        return "/rings/new/", plan


type Make = Callable[[Desk], Awaitable[Sent]]

# how often it is pressed at least, the event it leaves, and how it is sent
ACTS: dict[str, tuple[int, str, Make]] = {
    "next": (5, "next_turn", lambda desk: desk.turn("next")),
    "back": (2, "back", lambda desk: desk.turn("back")),
    "defer": (2, "defer", lambda desk: desk.turn("defer")),
    "skip": (2, "skip", lambda desk: desk.turn("skip")),
    "move": (3, "move", Desk.move),
    "pause": (4, "pause", Desk.pause),
    "seat": (4, "add_seat", Desk.add_seat),
    "admit": (4, "admit", lambda desk: desk.admit("admit")),
    "turn away": (3, "turn_away", lambda desk: desk.admit("turn-away")),
    "write for": (4, "write", Desk.write_for),
    "scribe": (6, "offer", Desk.scribe),
    "withdraw for": (3, "withdraw", Desk.withdraw),
    "a new ring": (2, "open_ring", Desk.open_ring),
}
KINDS = [kind for _, kind, _ in ACTS.values()]
