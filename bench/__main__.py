"""Measure: python -m bench [ROW …] [--quick] [--record]. Without names, every row of docs/speed.md."""

import argparse
import platform
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator

from bench import archive, bursts, fanout, first_visit, growth, joins, memory, processes, writes
from bench.servers import ALL, place
from bench.table import Missing, Row, as_markdown, compare, keep, printed, write_into_docs

ROWS: dict[str, Callable[..., Iterator[Row | Missing]]] = {
    "hub": fanout.hub_rows,
    "shipped": fanout.shipped_rows,
    "bursts": bursts.rows,
    "growth": growth.rows,
    "memory": memory.rows,
    "joins": joins.rows,
    "writes": writes.rows,
    "first-visit": first_visit.rows,
    "processes": processes.rows,
    "archive": archive.rows,
}


def measure(names: list[str], *, quick: bool) -> list[Row | Missing]:
    found: list[Row | Missing] = []
    for name in names:
        began = time.monotonic()
        try:
            with place() as here:
                rows = list(ROWS[name](here, quick=quick))
        except Exception as error:
            traceback.print_exc()
            rows = [Missing(name, name, f"failed: {error}")]
        said = compare(row for row in rows if isinstance(row, Row))
        sys.stdout.write(f"{name} ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.writelines(printed(row, said) + "\n" for row in rows)
        sys.stdout.flush()
        found += rows
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--record", action="store_true", help="keep the ratios, fill docs/speed.md")
    words = parser.parse_args()
    unknown = set(words.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    if words.quick and words.record:
        parser.error("a quick run is not one to keep")
    # ended from outside, it still ends what it has started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before all was measured"))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rows = measure(words.rows or list(ROWS), quick=words.quick)
    measured = [row for row in rows if isinstance(row, Row)]
    if words.record:
        keep(measured)
        write_into_docs(as_markdown(rows), machine())
    met = sum(row.met for row in measured)
    sys.stdout.write(f"{met} of {len(measured)} targets met\n")
    return (
        1 if any(isinstance(row, Missing) and row.why.startswith("failed") for row in rows) else 0
    )


def machine() -> str:
    return (
        f"Measured {time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, "
        f"{len(ALL) or 'unknown'} cores, Python {platform.python_version()}."
    )


if __name__ == "__main__":
    sys.exit(main())
