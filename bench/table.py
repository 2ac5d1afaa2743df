"""What a row of the bench says, how it is printed, and how a run is compared with the kept one.

Milliseconds differ from machine to machine and from hour to hour, so only the ratios inside one run are
kept in baseline.json, each with its noise: how far the rounds of that run lay apart.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

BASELINE = Path(__file__).parent / "baseline.json"
SPEED = Path(__file__).parent.parent / "docs" / "speed.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
STEADY = 0.1  # what a ratio may differ on the quietest machine


@dataclass
class Ratio:
    """One figure over another of the same run; below 1 it is the smaller."""

    value: float
    noise: float

    @classmethod
    def of(cls, ours: list[float], theirs: list[float]) -> "Ratio":
        """Round by round, since the rounds were interleaved."""
        each = [a / b for a, b in zip(ours, theirs, strict=True)]
        if len(each) < 4:
            return cls(median(each), (max(each) - min(each)) / median(each))
        low, middle, high = quantiles(each, n=4)
        return cls(middle, (high - low) / middle)


@dataclass
class Row:
    """A target, what was measured, and what stands beside it."""

    key: str
    what: str
    figure: float
    unit: str
    limit: float
    at_least: bool = False  # the limit is a floor, not a ceiling
    beside: str = ""
    ratio: Ratio | None = (
        None  # what a later run is compared by; the smaller the better, unless at_least
    )

    @property
    def met(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    @property
    def target(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {shown(self.limit)} {self.unit}".strip()

    @property
    def says(self) -> str:
        return f"{shown(self.figure)} {self.unit}".strip()


@dataclass
class Missing:
    """A row that cannot be measured here, and why."""

    key: str
    what: str
    why: str


def shown(number: float) -> str:
    if number != 0 and abs(number) < 10:
        return f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{number:,.0f}"


def compare(rows: Iterable[Row]) -> dict[str, str]:
    """For each row with a ratio: how it stands to the kept run."""
    kept = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    said = {}
    for row in rows:
        if row.ratio is None:
            continue
        before = kept.get(row.key)
        if before is None:
            said[row.key] = "new"
            continue
        change = row.ratio.value / before["ratio"] - 1
        worse = -change if row.at_least else change
        noise = max(STEADY, row.ratio.noise + before["noise"])
        word = "worse" if worse > noise else "better" if worse < -noise else "as before"
        said[row.key] = word if word == "as before" else f"{word}: {before['ratio']:.2f} before"
    return said


def keep(rows: Iterable[Row]) -> None:
    """Make this run the one that later runs are compared with."""
    old = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    new = {
        row.key: {"ratio": round(row.ratio.value, 3), "noise": round(row.ratio.noise, 3)}
        for row in rows
        if row.ratio
    }
    BASELINE.write_text(json.dumps({**old, **new}, indent=2, sort_keys=True) + "\n")


def as_markdown(rows: Iterable[Row | Missing]) -> str:
    lines = ["| what | measured | target | | beside it |", "|---|---|---|---|---|"]
    for row in rows:
        if isinstance(row, Missing):
            lines.append(f"| {row.what} | not here: {row.why} | | | |")
        else:
            met = "met" if row.met else "**missed**"
            lines.append(f"| {row.what} | {row.says} | {row.target} | {met} | {row.beside} |")
    return "\n".join(lines)


def write_into_docs(table: str, machine: str) -> None:
    before, _, rest = SPEED.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    SPEED.write_text(f"{before}{BEGIN}\n{machine}\n\n{table}\n{END}{after}")


def printed(row: Row | Missing, said: dict[str, str]) -> str:
    if isinstance(row, Missing):
        return f"  —  {row.what}: {row.why}"
    sign = "ok" if row.met else "NO"
    ratio = f"  [{row.ratio.value:.2f}, {said[row.key]}]" if row.ratio else ""
    return f"  {sign} {row.what}: {row.says} (target {row.target}){ratio}\n       {row.beside}"
