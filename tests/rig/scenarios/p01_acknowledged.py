"""An acknowledged pledge is never lost."""

import asyncio

from tests.rig.faults import Fault, faults_for
from tests.rig.findings import Finding
from tests.rig.history import History, Verdict, check
from tests.rig.phones import Circle, Phone, shut_all
from tests.rig.rig import UNTIMED, Rig, Size

on = ("small", "large")
at_once = UNTIMED
minutes = 90  # 10,000 pledges for each of eight faults


async def scenario(rig: Rig, size: Size) -> Finding:
    finding = Finding()
    faults = faults_for(rig)
    rings = size.pick(2, 4)  # for each fault: the commands of one ring wait for one another
    circles = await rig.furnish(rings=rings * len(faults), people=size.pick(6, 10), phase="wall")
    enough = size.pick(100, 10_000)
    least = enough
    for number, fault in enumerate(faults):
        own = circles[rings * number : rings * (number + 1)]
        verdict = await pledge_through(rig, size, fault, own, enough)
        finding.count(f"{fault.name}: lost", len(verdict.lost))
        finding.count(f"{fault.name}: doubled or wrong", len(verdict.doubled + verdict.wrong))
        finding.words += f"{verdict.first} " if verdict.first else ""
        least = min(least, verdict.acknowledged)
    finding.at_least("acknowledged in each", least, enough)
    return finding


async def pledge_through(
    rig: Rig, size: Size, fault: Fault, circles: list[Circle], enough: int
) -> Verdict:
    """Everybody pledges to everybody until `enough` are acknowledged, and the fault strikes on the way."""
    history = History()
    phones = [phone for circle in circles for phone in circle.phones(rig.url, history)]
    loads = [asyncio.create_task(_pledge_on(phone, enough)) for phone in phones]
    for part in size.pick([0.3], [0.2, 0.5]):
        while history.acknowledged < enough * part and not all(load.done() for load in loads):
            await asyncio.sleep(0.02)
        await fault.strike(rig, size)
    await asyncio.gather(*loads)
    await shut_all([*phones])
    return check(history, await rig.rows(), {circle.pk: circle.version for circle in circles})


async def _pledge_on(phone: Phone, enough: int) -> None:
    asks = [seat["ask"] for seat in phone.circle.seats if seat != phone.seat]
    number = 0
    while phone.history.acknowledged < enough:
        number += 1
        await phone.pledge(asks[number % len(asks)], f"{phone.circle.word} {number}")
