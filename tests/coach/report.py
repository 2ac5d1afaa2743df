"""How often the coach and a reader of the labelled asks agree.

`python -m tests.coach.report` writes docs/coach.md.

The asks were written and labelled by readers who knew the five definitions and not the coach. It was tuned
on those to learn from, and learned from them; of those held back only these figures were looked at, once.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rings import coach

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "coach.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
TODAY = date(2025, 10, 20)  # when the asks were written
NAMES = dict(zip("SMART", coach.LETTERS, strict=True))


@dataclass(frozen=True)
class Score:
    """For one letter: marked rightly, marked wrongly, missed, and rightly not marked."""

    right: int
    wrong: int
    missed: int
    rightly_not: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def asks(*names: str) -> list[dict[str, str]]:
    """The labelled asks of these sets; `marks` has the letters a reader gave, `judged` those looked for."""
    lines = [line for name in names for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]
    return [json.loads(line) for line in lines]


def score(letter: str, *names: str) -> Score:
    pairs = [
        (coach.review(ask["text"], TODAY).marks[NAMES[letter]], letter in ask["marks"])
        for ask in asks(*names)
    ]
    ways = ((True, True), (True, False), (False, True), (False, False))
    return Score(*(pairs.count(way) for way in ways))


def table() -> str:
    lines = [
        "| letter | precision | recall | right, wrong, missed, rightly not |",
        "|---|---|---|---|",
    ]
    for letter, name in NAMES.items():
        held = score(letter, "held_back")
        counts = f"{held.right}, {held.wrong}, {held.missed}, {held.rightly_not}"
        shown = name.replace("_", "-")
        lines.append(f"| {shown} | **{held.precision:.2f}** | **{held.recall:.2f}** | {counts} |")
    return "\n".join(lines)


def recorded() -> str:
    return PAGE.read_text().split(BEGIN)[1].split(END)[0].strip()


if __name__ == "__main__":
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}")
