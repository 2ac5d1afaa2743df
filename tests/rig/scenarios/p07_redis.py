"""Redis is optional for truth."""

import asyncio
import time
from bisect import bisect_left

from tests.rig.findings import Finding
from tests.rig.history import OK, History, Op, Rows, check
from tests.rig.phones import Light, Phone, all_equal, load, shut_all
from tests.rig.rig import WAITS, Rig, Size

at_once = WAITS


async def scenario(rig: Rig, size: Size) -> Finding:
    assert rig.redis
    history, finding = History(), Finding()
    [circle] = await rig.furnish(rings=1, people=size.pick(8, 40))
    phones = circle.phones(rig.url, history)
    await asyncio.gather(*(phone.follow() for phone in phones))
    over = asyncio.Event()
    writing = asyncio.create_task(load(phones, 2, over.is_set, rig.dice))
    await asyncio.sleep(size.pick(1, 5))
    await rig.redis.kill()
    await asyncio.sleep(size.pick(5, 60))
    await rig.redis.start()
    up = time.monotonic()
    await asyncio.sleep(size.pick(8, 15))
    over.set()
    await writing
    equal = await all_equal(phones)
    rows = await rig.rows()
    verdict = check(history, rows, {circle.pk: circle.version})
    lags = _lags(history, rows, phones)
    slow_after = [op.answered or up for op, lag in lags if lag > 1 and (op.answered or 0) > up]
    finding.count(
        "writes that failed", sum(op.state != OK or bool(op.errors) for op in history.ops)
    )
    finding.count("screens that differ", len(equal.wrong))
    finding.count("error pages afterwards", equal.errors)
    finding.count(
        "history and database differ", len(verdict.lost + verdict.doubled + verdict.wrong)
    )
    finding.seconds("longest staleness", max(lag for _, lag in lags), 12)
    finding.seconds("live again after", max([0.0, *(at - up for at in slow_after)]), 5)
    finding.words = f"{verdict.first} {'; '.join(equal.wrong[:3])}"
    screens: list[Light] = [*phones]
    await shut_all(screens)
    return finding


def _lags(history: History, rows: Rows, phones: list[Phone]) -> list[tuple[Op, float]]:
    """For each write, the seconds from its answer until helper and asker had come to its version.

    The others are told only when what all see became different.
    """
    version = {row.op: row.version for row in rows.events}
    by_helper = {phone.seat["pk"]: phone for phone in phones}
    by_ask = {phone.seat["ask"]: phone for phone in phones}
    return [
        (op, max(_reached(phone, version[op.key]) - op.answered for phone in (helper, asker)))
        for op in history.ops
        if op.answered is not None
        for helper, asker in [(by_helper[op.body["helper"]], by_ask[op.body["ask"]])]
    ]


def _reached(phone: Phone, version: int) -> float:
    at = bisect_left(phone.reached, (version, 0.0))
    return phone.reached[at][1] if at < len(phone.reached) else float("inf")
