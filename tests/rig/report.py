"""The table in docs/promises.md: what was measured, on what, and when."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

from tests.rig.rig import Mutant
from tests.rig.runner import Result
from tests.rig.services import ROOT

PAGE = ROOT / "docs" / "promises.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"


def record(results: Sequence[Result], caught: Sequence[tuple[Mutant, Result | None]]) -> None:
    """Put the results between the marks of the page."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text("\n".join([f"{before}{BEGIN}", *_table(results, caught), f"{END}{after}"]))


def _table(
    results: Sequence[Result], caught: Sequence[tuple[Mutant, Result | None]]
) -> Sequence[str]:
    names = ("django", "channels", "daphne", "psycopg", "redis")
    parts = ", ".join(f"{name} {version(name)}" for name in names)
    today = f"{date.today():%d %B %Y}".lstrip("0")
    lines = [
        f"Measured on {today}, on {os.cpu_count()} shared cores, {platform.system()}, "
        f"Python {platform.python_version()}, {parts}; seed {results[0].seed}.",
        "",
        "| # | promise | set-up | held | seen (target) | s |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        seen = "; ".join(f"{m.what} {m.seen} ({m.target})" for m in result.finding.measures)
        held = "yes" if result.finding.held else "**no**"
        lines.append(
            f"| {result.title} | {result.scenario.promise} | {result.setup} | {held} | {seen} "
            f"| {result.seconds:.0f} |"
        )
    if caught:
        lines += ["", "| mechanism switched off | caught by |", "|---|---|"]
        lines += [f"| {m.name} | {r.title if r else '**nobody**'} |" for m, r in caught]
    return lines
