"""A link as a QR code, in numbers a template can draw: one SVG path over a square."""

from dataclasses import dataclass

import segno

QUIET = 4  # modules of white around the code, as the standard asks


@dataclass(frozen=True)
class QrCode:
    """`path` is the dark modules as an SVG path; `size` the square's side, quiet zone included."""

    path: str
    size: int


def qr_code(link: str) -> QrCode:
    """The code for `link`, error correction M (15 %), which a phone reads across a room."""
    rows = list(segno.make(link, error="m", micro=False).matrix)
    runs: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 1
            while x + width < len(row) and row[x + width] == row[x]:
                width += 1
            if row[x]:
                runs.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width
    return QrCode("".join(runs), len(rows) + 2 * QUIET)
