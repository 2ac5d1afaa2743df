"""`python -m tests.rig`: try every promise at full size, and print what was seen. `--help` says more."""

import random
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tests.rig import report
from tests.rig.rig import MUTANTS, UNTIMED, WAITS, Mutant, Size, Workshop
from tests.rig.runner import Result, Scenario, all_scenarios, run


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.rig", description=__doc__)
    parser.add_argument("names", nargs="*", help="p01 p02 ...; all without any")
    parser.add_argument("--short", action="store_true", help="the size of `make test`")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--mutants", action="store_true", help="then see each mutant caught")
    parser.add_argument(
        "--record", action="store_true", help="rewrite the table in docs/promises.md"
    )
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    known = all_scenarios()
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(known)}")
    with Workshop() as workshop:
        ok = whole(workshop, given, known)
    sys.exit(0 if ok else 1)


def whole(workshop: Workshop, given: Namespace, known: dict[str, Scenario]) -> bool:
    began, size = time.monotonic(), Size(full=not given.short)
    chosen = [known[name] for name in given.names or known]
    results = promises(workshop, chosen, size, given.seed)
    caught = mutants(workshop, known, given) if given.mutants else []
    held = sum(result.finding.held for result in results)
    print(f"{held} of {len(results)} held, {time.monotonic() - began:.0f} s in all")
    if given.record:
        report.record(results, caught)
    return held == len(results) and all(result is not None for _, result in caught)


def promises(workshop: Workshop, chosen: list[Scenario], size: Size, seed: int) -> list[Result]:
    """Those that mostly wait run beside one another; then those without a clock; the others alone."""
    works = [(scenario, setup) for scenario in chosen for setup in scenario.on]
    results: list[Result] = []

    def one(work: tuple[Scenario, str]) -> None:
        result = run(workshop, *work, size, seed)
        results.append(result)
        tell(result.lines())

    for at_once in (WAITS, UNTIMED, 1):
        with ThreadPoolExecutor(max_workers=at_once) as threads:
            list(threads.map(one, (work for work in works if work[0].at_once == at_once)))
    return sorted(results, key=lambda result: (result.scenario.name, result.setup))


def mutants(
    workshop: Workshop, known: dict[str, Scenario], given: Namespace
) -> list[tuple[Mutant, Result | None]]:
    """Run the guard of each mutant in its short form: it must fail. None stands for one not caught."""
    caught: list[tuple[Mutant, Result | None]] = []
    for mutant in MUTANTS:
        if given.names and mutant.caught_by not in given.names:
            continue
        result = run(
            workshop, known[mutant.caught_by], "large", Size(full=False), given.seed, mutant
        )
        broken = next((m for m in result.finding.measures if not (m.held or m.timed)), None)
        caught.append((mutant, result if broken and not result.error else None))
        seen = f"caught by {result.title}: {broken}" if caught[-1][1] else f"NOT CAUGHT {broken}"
        tell([f"mutant  {mutant.name:<36} {seen}"])
    return caught


def tell(lines: Iterable[str]) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
