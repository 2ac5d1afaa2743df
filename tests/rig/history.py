"""What was asked and answered, and the checker that holds it against the database.

Each operation is logged from its first try to its answer: ok, failed (refused with a sentence), or
unknown (no answer ever came). The checker walks history and rows once.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"


@dataclass
class Op:
    """One operation of one phone, under one key, however often it had to be sent."""

    ring: int
    kind: str
    body: dict[str, object]
    key: str = field(default_factory=lambda: uuid4().hex)
    invoked: float = field(default_factory=time.monotonic)
    answered: float | None = None
    state: str = UNKNOWN
    status: int = 0
    said: str = ""  # the sentence of a refusal
    tries: int = 0
    errors: list[str] = field(default_factory=list)  # answers 5xx and lines that broke

    def answer(self, state: str, status: int, said: str = "") -> None:
        self.state, self.status, self.said = state, status, said
        self.answered = time.monotonic()

    @property
    def seconds(self) -> float:
        """From the first try to the answer; what never came has taken until now."""
        return (self.answered or time.monotonic()) - self.invoked


@dataclass
class History:
    """All operations of a scenario."""

    ops: list[Op] = field(default_factory=list)
    acknowledged: int = 0

    def begin(self, ring: int, kind: str, **body: object) -> Op:
        op = Op(ring, kind, body)
        self.ops.append(op)
        return op

    def server_errors(self) -> Counter[str]:
        return Counter(e for op in self.ops for e in op.errors if e.startswith("5"))


@dataclass(frozen=True)
class EventRow:
    ring: int
    version: int
    op: str
    kind: str


@dataclass(frozen=True)
class OfferRow:
    helper: int
    ask: int
    note: str


@dataclass
class Rows:
    """The database as the checker reads it; withdrawn offers are left out."""

    versions: dict[int, int]  # ring -> its version
    events: list[EventRow]
    offers: list[OfferRow]


@dataclass
class Verdict:
    """What the checker found. Every list holds sentences; all empty is right."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)

    @property
    def first(self) -> str:
        return next(iter([*self.lost, *self.doubled, *self.wrong]), "")


def check(history: History, rows: Rows, before: dict[int, int]) -> Verdict:
    """Hold a history against the rows; `before` are the versions of its rings when it began."""
    verdict = Verdict(acknowledged=sum(op.state == OK for op in history.ops))
    events: defaultdict[str, list[EventRow]] = defaultdict(list)
    for row in rows.events:
        if row.ring in before and row.version > before[row.ring]:
            events[row.op].append(row)
    for op in history.ops:
        times = len(events[op.key])
        if op.state == OK and not times:
            verdict.lost.append(f"{op.kind} {op.key} was acknowledged and is not there")
        if op.state == FAILED and times:
            verdict.wrong.append(f"{op.kind} {op.key} was refused ({op.status}) and is there")
        if times > 1:
            verdict.doubled.append(f"{op.kind} {op.key} is there {times} times")
    known = {op.key for op in history.ops}
    unasked = [key for key in events if key not in known]
    verdict.wrong += [f"{events[key][0].kind} {key} is there and nobody sent it" for key in unasked]
    verdict.wrong += _versions(rows, before)
    verdict.wrong += _order(history, rows, before)
    verdict.wrong += _offers(history, rows, before)
    return verdict


def _versions(rows: Rows, before: dict[int, int]) -> Iterable[str]:
    """Each version of a ring is one event, from the first to the ring's own."""
    seen: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows.events:
        seen[row.ring].append(row.version)
    for ring in before:
        if sorted(seen[ring]) != list(range(1, rows.versions[ring] + 1)):
            yield f"ring {ring}: its events are not versions 1 to {rows.versions[ring]}, each once"


def _in_order(rows: Rows, before: dict[int, int]) -> list[EventRow]:
    events = (row for row in rows.events if row.ring in before)
    return sorted(events, key=lambda row: (row.ring, row.version))


def _order(history: History, rows: Rows, before: dict[int, int]) -> Iterable[str]:
    """What was answered before another was first sent has the lower version."""
    ops = {op.key: op for op in history.ops}
    latest: defaultdict[int, float] = defaultdict(float)
    for row in _in_order(rows, before):
        op = ops.get(row.op)
        if op is None:
            continue
        if op.answered is not None and op.answered < latest[row.ring]:
            yield f"{op.kind} {op.key} was answered before something with a lower version was sent"
        latest[row.ring] = max(latest[row.ring], op.invoked)


def _offers(history: History, rows: Rows, before: dict[int, int]) -> Iterable[str]:
    """The offer of a helper on an ask is worded as the last applied pledge said."""
    ops = {op.key: op for op in history.ops if op.kind == "offer"}
    last: dict[tuple[object, object], Op] = {}
    for row in _in_order(rows, before):
        if row.op in ops:
            op = ops[row.op]
            last[op.body["helper"], op.body["ask"]] = op
    there = {(offer.helper, offer.ask): offer.note for offer in rows.offers}
    for (helper, ask), op in last.items():
        if there.get((int(str(helper)), int(str(ask)))) != op.body["note"]:
            yield f"the offer of {helper} on ask {ask} is not what pledge {op.key} said last"
