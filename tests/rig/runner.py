"""Finding the scenarios and running one of them on a set-up of its own."""

import asyncio
import importlib
import pkgutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.rig import scenarios
from tests.rig.findings import Finding, Measure
from tests.rig.rig import Mutant, Rig, Size, Workshop


@dataclass(frozen=True)
class Scenario:
    """One module of tests/rig/scenarios; its name begins with the promise's."""

    name: str
    promise: str
    run: Callable[[Rig, Size], Awaitable[Finding]]
    on: tuple[str, ...]  # the set-ups it is tried on in full
    at_once: int  # so many like it run beside one another
    minutes: float  # after which something hangs


@dataclass(frozen=True)
class Result:
    scenario: Scenario
    setup: str
    seed: int
    finding: Finding
    seconds: float
    error: str = ""  # why it could not be carried out

    @property
    def title(self) -> str:
        return self.scenario.name[:3].upper().replace("P0", "P")

    def lines(self) -> list[str]:
        """A line that says it all, one for each measure that did not hold, and what else a reader needs."""
        held = "held  " if self.finding.held else "BROKEN"
        more = [f"       {m}" for m in self.finding.measures if not m.held]
        more += [f"       {words}"] if (words := self.finding.words.strip()) else []
        seen = "; ".join(f"{m.what} {m.seen}" for m in self.finding.measures)
        where = f"{self.setup}, {self.seconds:.0f} s, seed {self.seed}"
        return [f"{self.title:<4} {held} {self.scenario.promise} [{where}] {seen}", *more]


def all_scenarios() -> dict[str, Scenario]:
    """Every scenario by its short name (p01, p02, ...), in order."""
    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(scenarios.__path__)):
        code = importlib.import_module(f"{scenarios.__name__}.{module}")
        found[module[:3]] = Scenario(
            name=module,
            promise=str(code.__doc__).splitlines()[0].rstrip("."),
            run=code.scenario,
            on=getattr(code, "on", ("large",)),
            at_once=getattr(code, "at_once", 1),
            minutes=getattr(code, "minutes", 20),
        )
    return found


def run(
    workshop: Workshop,
    scenario: Scenario,
    setup: str,
    size: Size,
    seed: int,
    mutant: Mutant | None = None,
) -> Result:
    """Run one scenario on a fresh set-up, in a loop of its own, with which all it began ends.

    What goes wrong in it is a broken promise, with its words.
    """

    async def whole() -> Finding:
        async with (
            asyncio.timeout(scenario.minutes * 60),
            Rig(workshop, setup, seed, mutant) as rig,
        ):
            return await scenario.run(rig, size)

    began, error = time.monotonic(), ""
    try:
        finding = asyncio.run(whole())
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:500]
        finding = Finding([Measure("ended early", error, "it runs to its end", False)])
    return Result(scenario, setup, seed, finding, time.monotonic() - began, error)
