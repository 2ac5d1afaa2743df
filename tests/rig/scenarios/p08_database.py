"""The database may restart."""

import asyncio

from tests.rig.findings import Finding
from tests.rig.history import OK, History, check
from tests.rig.phones import Light, all_equal, load, shut_all
from tests.rig.rig import WAITS, Rig, Size

at_once = WAITS


async def scenario(rig: Rig, size: Size) -> Finding:
    assert rig.postgres
    history, finding = History(), Finding()
    [circle] = await rig.furnish(rings=1, people=size.pick(8, 40))
    phones = circle.phones(rig.url, history)
    screens: list[Light] = [*phones, circle.desk(rig.url), circle.stage(rig.url)]
    await asyncio.gather(*(screen.follow() for screen in screens))
    over = asyncio.Event()
    writing = asyncio.create_task(load(phones, 2, over.is_set, rig.dice))
    await asyncio.sleep(size.pick(1, 5))
    await rig.postgres.stop_fast()
    await asyncio.sleep(size.pick(3, 10))
    await rig.postgres.start()
    await asyncio.sleep(size.pick(2, 5))
    over.set()
    await writing
    equal = await all_equal(screens)
    await shut_all(screens)
    verdict = check(history, await rig.rows(), {circle.pk: circle.version})
    finding.count("acknowledged and lost", len(verdict.lost))
    finding.count("doubled or wrong", len(verdict.doubled + verdict.wrong))
    finding.count("writes never answered", sum(op.state != OK for op in history.ops))
    finding.count("screens that differ", len(equal.wrong))
    finding.count("error pages afterwards", equal.errors)
    finding.seconds("longest write", max(op.seconds for op in history.ops), 30)
    finding.words = f"{verdict.first} {'; '.join(equal.wrong[:3])} {dict(history.server_errors())}"
    return finding
