"""The faults that several scenarios put a set-up through. Each returns when the fault has ended."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.rig.rig import Rig, Size


@dataclass(frozen=True)
class Fault:
    name: str
    strike: Callable[[Rig, Size], Awaitable[None]]


async def _stop_web(rig: Rig, size: Size) -> None:
    web = rig.dice.choice(rig.web)
    await web.stop(signal.SIGTERM)
    await web.start()


async def _kill_web(rig: Rig, size: Size) -> None:
    web = rig.dice.choice(rig.web)
    await web.kill()
    await web.start()


async def _drop_answers(rig: Rig, size: Size) -> None:
    rig.line.drop_answers(0.1)
    await asyncio.sleep(size.pick(2, 10))
    rig.line.restore()


async def _kill_backends(rig: Rig, size: Size) -> None:
    for _ in range(size.pick(2, 5)):
        await rig.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.5)


async def _crash_postgres(rig: Rig, size: Size) -> None:
    assert rig.postgres
    await rig.postgres.stop_at_once()
    await asyncio.sleep(1)
    await rig.postgres.start()


async def _kill_redis(rig: Rig, size: Size) -> None:
    assert rig.redis
    await rig.redis.kill()
    await asyncio.sleep(size.pick(1, 5))
    await rig.redis.start()


async def _freeze_redis(rig: Rig, size: Size) -> None:
    assert rig.redis
    rig.redis.freeze()
    await asyncio.sleep(size.pick(2, 10))
    rig.redis.thaw()


async def _flush_redis(rig: Rig, size: Size) -> None:
    assert rig.redis
    await rig.redis.say("FLUSHALL")


async def _freeze_web(rig: Rig, size: Size) -> None:
    """A process, and so its consumer of the channel layer, stands still while words pile up."""
    web = rig.dice.choice(rig.web)
    web.freeze()
    await asyncio.sleep(size.pick(4, 65))
    web.thaw()


SERVER = [
    Fault("SIGTERM to a server", _stop_web),
    Fault("SIGKILL of a server", _kill_web),
    Fault("10 % of answers dropped", _drop_answers),
]
POSTGRES = [
    Fault("PostgreSQL backends killed", _kill_backends),
    Fault("PostgreSQL stopped at once", _crash_postgres),
]
REDIS = [
    Fault("Redis killed", _kill_redis),
    Fault("Redis frozen", _freeze_redis),
]
FLUSH = Fault("FLUSHALL", _flush_redis)
STALL = Fault("a server stalled", _freeze_web)


def faults_for(rig: Rig) -> list[Fault]:
    """P1's faults, as far as this set-up has what they break."""
    return [*SERVER, *(POSTGRES if rig.postgres else []), *(REDIS if rig.redis else [])]
