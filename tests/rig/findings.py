"""What a scenario found: figures against their targets."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """One figure of a promise: what, how much was seen, what was promised, and whether it held."""

    what: str
    seen: str
    target: str
    held: bool
    timed: bool = False  # seconds, which a busy machine stretches

    def __str__(self) -> str:
        return f"{self.what} {self.seen} ({'held' if self.held else 'BROKEN'}: {self.target})"


@dataclass
class Finding:
    """All measures of one scenario, and in `words` what a reader needs beside them."""

    measures: list[Measure] = field(default_factory=list)
    words: str = ""

    def count(self, what: str, seen: int, *, most: int = 0) -> None:
        """Something that may happen at most `most` times."""
        self.measures.append(Measure(what, str(seen), f"≤ {most}" if most else "0", seen <= most))

    def at_least(self, what: str, seen: int, least: int) -> None:
        self.measures.append(Measure(what, f"{seen:,}", f"≥ {least:,}", seen >= least))

    def seconds(self, what: str, seen: float, most: float) -> None:
        self.measures.append(
            Measure(what, f"{seen:.2f} s", f"≤ {most:g} s", seen <= most, timed=True)
        )

    @property
    def held(self) -> bool:
        return bool(self.measures) and all(measure.held for measure in self.measures)
