"""How fast one thread can write: bare commits to the file, and the command `offer` without HTTP.

write_limit RING. Prints both a second.
"""

import cProfile
import json
import pstats
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import django

django.setup()

from django.db import connection

from rings import actions
from rings.actions import By
from rings.models import Ring

SECONDS = 1.5


def commits(folder: Path) -> float:
    """A row a transaction on SQLite with WAL and FULL, by sqlite3 alone."""
    database = sqlite3.connect(folder / "limit.sqlite3", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(n)")
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        database.execute("INSERT INTO t VALUES (?)", (number,))
        number += 1
    database.close()
    return number / SECONDS


def commands(pk: int) -> float:
    """The command by itself, its transaction and its event with it."""
    ring = Ring.objects.select_related("current").get(pk=pk)
    assert ring.current
    helper = ring.participants.exclude(pk=ring.current.participant_id)[0]
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        actions.offer(ring, By(helper), ask=ring.current, helper=helper, note=f"Call me {number}.")
        number += 1
    return number / SECONDS


def shares(pk: int) -> dict[str, float]:
    """Of the command's time under a profiler: SQLite's own, Django's queries and rows, and ours."""
    profile = cProfile.Profile()
    profile.runcall(commands, pk)
    spent = {"sqlite": 0.0, "django": 0.0, "ours": 0.0}
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():
        if "sqlite3" in name.lower() or "SQLiteCursor" in name:
            spent["sqlite"] += own
        else:
            spent["ours" if "/rings/" in file else "django"] += own
    return {whose: seconds / sum(spent.values()) for whose, seconds in spent.items()}


def main(pk: int) -> None:
    folder = Path(connection.settings_dict["NAME"]).parent
    with TemporaryDirectory(dir=folder) as beside:
        said = {"commits": commits(Path(beside)), "commands": commands(pk), **shares(pk)}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
