"""The palette keeps WCAG 2.2 contrast for every pairing the design uses, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "static" / "ring.css").read_text()
TEXT, MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
CLOTHS = ("ground", "surface", "sunk")
DYES = ("ask", "offer", "kept")
PAIRS = [
    *(("ink", cloth, TEXT) for cloth in (*CLOTHS, *(f"{dye}-wash" for dye in DYES))),
    *(("ink-2", cloth, TEXT) for cloth in (*CLOTHS, *(f"{dye}-wash" for dye in DYES))),
    *((f"on-{dye}", dye, TEXT) for dye in ("ink", *DYES)),
    *(
        (f"{dye}-ink", cloth, TEXT)
        for dye in DYES
        for cloth in ("ground", "surface", f"{dye}-wash")
    ),
    *(("edge", cloth, MARK) for cloth in CLOTHS),
    *(("ask", cloth, MARK) for cloth in (*CLOTHS, "ask-wash")),
    *(("offer", cloth, MARK) for cloth in (*CLOTHS, "offer-wash")),
    *(("kept-edge", cloth, MARK) for cloth in ("ground", "surface", "kept-wash")),
]


def block(before: str) -> dict[str, str]:
    """The colours set in the first rule whose selector contains `before`."""
    start = CSS.index("{", CSS.index(before))
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", CSS[start : CSS.index("}", start)]))


LIGHT = block(":root{")
DARK = LIGHT | block("[data-theme=dark]")
SYSTEM_DARK = LIGHT | block(":root:not([data-theme=light])")


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "cloth", "needs"), PAIRS)
def test_a_mark_is_told_from_its_cloth(
    theme: dict[str, str], mark: str, cloth: str, needs: float
) -> None:
    assert contrast(theme[mark], theme[cloth]) >= needs


def test_dark_by_system_and_dark_by_choice_are_the_same() -> None:
    assert SYSTEM_DARK == DARK
    assert DARK != LIGHT
