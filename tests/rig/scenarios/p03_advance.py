"""An advance is never applied twice, and none is skipped."""

import asyncio

from tests.rig.findings import Finding
from tests.rig.history import OK, History, Op, check
from tests.rig.phones import Circle, Light, shut_all
from tests.rig.rig import Rig, Size

on = ("small", "large")
PEOPLE = 26


async def scenario(rig: Rig, size: Size) -> Finding:
    rounds = size.pick(20, 200)
    history = History()
    finding = Finding()
    circles = await rig.furnish(rings=-(-rounds // (PEOPLE - 1)), people=PEOPLE, shown=1)
    presses: list[list[Op]] = []
    for circle in circles:
        desks = [circle.desk(rig.web[n % len(rig.web)].url, n, history) for n in range(3)]
        wanted = min(PEOPLE - 1, rounds - len(presses))
        presses += [await _press_at_once(circle, desks, number) for number in range(wanted)]
        await shut_all(desks)
    begun = {circle.pk: circle.version for circle in circles}
    verdict = check(history, await rig.rows(), begun)
    winners = [sum(op.state == OK for op in ops) for ops in presses]
    losers = [op for ops in presses for op in ops if op.state != OK]
    finding.at_least("presses by three desks at once", len(presses), rounds)
    finding.count("applied twice", sum(n > 1 for n in winners))
    finding.count("lost", sum(n < 1 for n in winners))
    finding.count(
        "a loser without a 409 that names the new asker", sum(not _kind(op) for op in losers)
    )
    finding.count("turns skipped", await _skipped(rig, circles))
    finding.count(
        "history and database differ", len(verdict.lost + verdict.doubled + verdict.wrong)
    )
    finding.words = verdict.first
    return finding


async def _press_at_once(circle: Circle, desks: list[Light], number: int) -> list[Op]:
    """All three press Next, believing the same asker to have the ring."""
    path, on_stage = f"/desk/{circle.pk}/turn/next/", circle.seats[number]["ask"]
    follows = circle.seats[number + 1]["name"]
    ops = [d.history.begin(circle.pk, "next", believing=on_stage, follows=follows) for d in desks]
    sends = (d.send(path, op, believing=on_stage) for d, op in zip(desks, ops, strict=True))
    return await asyncio.gather(*sends)


def _kind(op: Op) -> bool:
    return op.status == 409 and f"{op.body['follows']} already has the ring" in op.said


async def _skipped(rig: Rig, circles: list[Circle]) -> int:
    """Turns that ended without having begun, or begun out of their order."""
    pks = ", ".join(str(circle.pk) for circle in circles)
    rows = await rig.read(
        f"SELECT ring_id, place, began_at FROM rings_request WHERE ring_id IN ({pks})"  # noqa: S608  (own numbers)
        " AND turn IN ('done', 'asking', 'offering') ORDER BY ring_id, place"
    )
    times = [(ring, str(began)) for ring, _, began in rows]
    return sum(began is None for _, _, began in rows) + (times != sorted(times))
