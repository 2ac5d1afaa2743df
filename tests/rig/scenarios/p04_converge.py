"""Every screen converges, without a reload."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.rig.faults import FLUSH, STALL, Fault, faults_for
from tests.rig.findings import Finding
from tests.rig.history import History, check
from tests.rig.phones import Light, Phone, all_equal, load, settled, share, shut_all
from tests.rig.rig import Rig, Size

on = ("small", "large")
QUIET = 5.0  # seconds: the loop that looks for lost words waits less


async def scenario(rig: Rig, size: Size) -> Finding:
    history, finding = History(), Finding()
    circles = await rig.furnish(rings=size.pick(3, 10), people=size.pick(6, 30))
    phones = [phone for circle in circles for phone in circle.phones(rig.url, history)]
    others = [circle.stage(rig.url) for circle in circles]
    others += [circle.desk(rig.url) for circle in circles]
    screens: list[Light] = [*phones, *others]
    await asyncio.gather(*(screen.follow() for screen in screens))
    burst = Fault(f"{size.pick(60, 300)} changes at once", _burst(phones, size.pick(60, 300)))
    extra = [FLUSH, STALL] if rig.redis else []
    spans: list[float] = []
    stuck: list[str] = []
    errors = 0
    for fault in [*faults_for(rig), *extra, burst]:
        ended = await _under_load(rig, size, fault, phones)
        await settled(phones, QUIET)
        equal = await all_equal(screens)
        errors += equal.errors
        stuck += [f"{fault.name}: {name}" for name in equal.wrong]
        late = sorted(max(0.0, phone.changed_at - ended) for phone in phones)
        spans += late
        finding.words += f"{fault.name} {late[-1]:.1f} s; "
        if stuck:  # they would stay so through what follows
            break
    await shut_all(screens)
    verdict = check(history, await rig.rows(), {circle.pk: circle.version for circle in circles})
    finding.count(f"of {len(screens)} screens not like a fresh page in the end", len(stuck))
    finding.count("error pages after a fault's end", errors)
    finding.count(
        "history and database differ", len(verdict.lost + verdict.doubled + verdict.wrong)
    )
    spans.sort()
    finding.seconds("p50", share(spans, 0.5), 1)
    finding.seconds("p99", share(spans, 0.99), 5)
    finding.seconds("max", spans[-1], 10)
    finding.words += f"{verdict.first} {'; '.join(stuck[:3])}"
    return finding


async def _under_load(rig: Rig, size: Size, fault: Fault, phones: list[Phone]) -> float:
    """Strike amid writes; the moment when the fault and the last write have ended."""
    over = asyncio.Event()
    writing = asyncio.create_task(load(phones, size.pick(8, 20), over.is_set, rig.dice))
    await asyncio.sleep(size.pick(0.5, 3))
    await fault.strike(rig, size)
    ended = time.monotonic()
    over.set()
    await writing
    answered = [op.answered or 0.0 for op in phones[0].history.ops]
    return max(ended, *answered)


def _burst(phones: list[Phone], changes: int) -> Callable[[Rig, Size], Awaitable[None]]:
    """That many pledges sent in the same moment."""

    async def strike(rig: Rig, size: Size) -> None:
        sends = []
        for number in range(changes):
            phone = phones[number % len(phones)]
            ask = next(ask for ask in phone.circle.shown if ask != phone.seat["ask"])
            sends.append(phone.pledge(ask, f"{phone.circle.word} burst {number}"))
        await asyncio.gather(*sends)

    return strike
