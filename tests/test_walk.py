"""The order of imports, and that no one imports inside a function (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

RINGS = Path(__file__).parent.parent / "rings"
# Who may import whom: each may import those before it in its own list.
MAY = {
    "phases": set(),
    "plans": set(),
    "script": {"phases"},
    "days": set(),
    "coach_words": set(),
    "coach": {"coach_words", "days"},
    "studio": {"coach"},
    "curves": set(),
    "lettering": set(),
    "geometry": {"curves", "lettering"},
    "player": set(),
    "qr": set(),
    "words": set(),
    "ics": set(),
    "models": {"models", "phases", "plans"},
    "circles": {"models", "phases"},
    "picture": {"circles", "models", "phases"},
    "team": {"models", "phases"},
    "curiosity": {"models", "phases"},
    "insights": {"models", "phases", "picture"},
    "past": {
        *(
            "drawings",
            "forms",
            "geometry",
            "insights",
            "models",
            "past",
            "phases",
            "picture",
            "team",
        ),
    },
    "privacy": {"models"},
    "reminders": {"models", "phases"},
    "mails": {"models", "reminders"},
    "tasks": {"mails", "models", "reminders"},
    "demo_mails": set(),
    "live": {"models", "picture"},
    "metrics": set(),
    "readings": {"live", "metrics", "models", "picture", "team"},
    "hub": {"access", "live", "metrics", "readings"},
    "actions": {
        *("actions", "live", "models", "past", "phases", "picture", "privacy", "script", "team"),
    },
    "troupe": {"phases"},
    "rehearsal": {"actions", "models", "phases", "picture", "troupe"},
    "drawings": {"geometry", "insights", "models", "phases", "picture", "qr"},
    "timeline": {"geometry", "models", "phases", "picture"},
    "screens": {
        "curiosity",
        "drawings",
        "forms",
        "geometry",
        "insights",
        "live",
        "models",
        "phases",
        "picture",
        "plans",
        "qr",
        "screens",
        "script",
        "team",
        "timeline",
        "troupe",
    },
    "forms": {"models", "phases", "script"},
    "plan_form": {"forms", "models", "phases", "plans"},
    "access": {"limits", "live", "models", "past", "phases"},
    "limits": {"phases"},
    "logs": set(),
    "middleware": {"live", "logs", "phases"},
    "direct": set(),
    "consumers": {"access", "direct", "hub", "live", "models", "phases"},
    "routing": {"consumers", "live"},
    "checks": set(),
    "templatetags": {"geometry", "qr", "words"},
    "apps": {"checks", "screens"},
}
SEES_ALL = {"views", "urls", "admin", "management"}
MODULES = sorted(p for p in RINGS.rglob("*.py") if "migrations" not in p.parts)


def _room(path: Path) -> str:
    return path.relative_to(RINGS).parts[0].removesuffix(".py")


def _imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] == "rings"
        ):
            parts = node.module.split(".")[1:]
            names |= {parts[0]} if parts else {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(RINGS)))
def test_imports_flow_one_way(path: Path) -> None:
    room = _room(path)
    seen = _imported(ast.parse(path.read_text()))
    if room == "__init__":
        assert seen == set()
    elif room in SEES_ALL:
        assert not seen & {"consumers"}
    else:
        assert seen <= MAY[room]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(RINGS)))
def test_no_import_inside_a_function(path: Path) -> None:
    if path.name == "apps.py":  # Django loads models before it is ready for the screens
        return
    functions = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]
    inside = [
        n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
