#!/usr/bin/env python3
"""Two commands on a fresh machine: this prepares what they need, then steps aside.

    run      the app with its demo ring, on PORT (8000)
    test     the whole suite, browser tests too; further words go to pytest
    rig      every promise tried under its faults (tests/rig); further words go to it
    bench    every speed target measured (bench); further words go to it
    prepare  only the developers' environment

Standard library only, and it must start on any Python from 3.8 on: it looks for 3.12 or newer
itself, makes .venv from it and installs the pins. A stamp in .venv makes every later start warm.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
STAMP = VENV / "ringsite-stamp"
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"  # the second holds the first
MODULES = {"test": "pytest", "rig": "tests.rig", "bench": "bench"}
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")

# An interpreter answers with its version and the real one behind a pyenv shim or a venv. One that
# lacks a module we cannot do without, or is not CPython, answers nothing.
PROBE = """
import sqlite3, ssl, sys, venv
if sys.implementation.name == "cpython":
    print(*sys.version_info[:3], getattr(sys, "_base_executable", None) or sys.executable)
"""
PLAYWRIGHTS_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class Interpreter(NamedTuple):
    version: tuple[int, ...]
    path: str

    def __str__(self) -> str:
        number = ".".join(map(str, self.version))
        return f"Python {number} from {'pyenv' if self.path.startswith(str(PYENV)) else self.path}"


def say(line: str) -> None:
    print(line, flush=True)


def answer(*command: str) -> str | None:
    """What a command prints, or None if it is missing, fails or hangs."""
    try:
        out = subprocess.check_output(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return out.decode(errors="replace").strip()


def quietly(*command: str) -> bool:
    """Run a command without its chatter; if it fails, show what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace"))
    return done.returncode == 0


def probe(path: str) -> Interpreter | None:
    words = (answer(path, "-c", PROBE) or "").split(" ", 3)
    if len(words) != 4:
        return None
    return Interpreter(tuple(int(word) for word in words[:3]), words[3])


def candidates(uv: str | None) -> Iterator[str]:
    yield sys.executable
    for name in ("python3.13", "python3.14", "python3.12", "python3"):
        for folder in os.get_exec_path():  # all of them: a pyenv shim that fails hides a good one
            yield str(Path(folder, name))
    for path in sorted(PYENV.glob("versions/3.*/bin/python"), reverse=True):
        yield str(path)
    if uv:
        for wanted in ("3.13", ">=3.12"):
            yield answer(uv, "python", "find", "--no-project", wanted) or ""


def find_interpreter(uv: str | None) -> Interpreter:
    """The first 3.13, which this is developed on; else the nearest one from 3.12 on."""
    found = []
    for path in candidates(uv):
        interpreter = probe(path)
        if interpreter and interpreter.version[:2] == (3, 13):
            return interpreter
        if interpreter and interpreter.version >= (3, 12):
            found.append(interpreter)
    if not found:
        raise SystemExit(
            "Ringsite needs Python 3.12 or newer and found none: install one (your system's "
            "packages, pyenv, python.org or `uv python install 3.13`), then try again."
        )
    return min(found, key=lambda one: abs(one.version[1] - 13))


def identity(interpreter: Interpreter) -> str:
    """The stamp's first line. With the path, as a copied .venv has scripts that start the old."""
    return f"{interpreter.version} {VENV}"


def digest(name: str) -> str:
    return f"{name} {hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}"


def stamped() -> list[str]:
    """The stamp's lines; none if .venv is not whole: half made, copied, or its Python gone."""
    interpreter = probe(PYTHON) if STAMP.exists() else None
    lines = STAMP.read_text(encoding="utf-8").splitlines() if interpreter else []
    return lines if interpreter and lines[:1] == [identity(interpreter)] else []


def make_venv(interpreter: Interpreter, uv: str | None) -> None:
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(str(VENV))
    pip = ["--without-pip"] if uv else []  # uv installs from outside, and needs no ensurepip
    if not quietly(interpreter.path, "-m", "venv", *pip, str(VENV)):
        raise SystemExit(
            f"{interpreter} cannot make a virtual environment: install its venv package (on Debian "
            "and Ubuntu python3-venv) or uv, then try again."
        )


def prepare(name: str) -> None:
    """Have .venv hold the pins of one requirements file."""
    with Path(__file__).open() as lock:  # two starts at once: the second waits, then finds all done
        fcntl.flock(lock, fcntl.LOCK_EX)
        lines = stamped()
        if digest(name) in lines:
            return
        began = time.monotonic()
        uv = shutil.which("uv")
        if not (uv and answer(uv, "--version")):
            uv = None
        if not lines or not (uv or list(VENV.glob("lib/python3.*/site-packages/pip"))):
            interpreter = find_interpreter(uv)
            say(str(interpreter))
            make_venv(interpreter, uv)
            lines = [identity(interpreter)]
        else:
            STAMP.unlink()  # until all is there again, .venv counts as half made
        say(f"installing {name} with {'uv' if uv else 'pip'} (once)")
        pip = [uv, "pip"] if uv else [PYTHON, "-m", "pip", "--disable-pip-version-check"]
        into = ["--python", PYTHON] if uv else []
        if not quietly(*pip, "install", "--quiet", *into, "--require-hashes", "-r", name):
            raise SystemExit(f"Installing {name} failed; what the installer said is above.")
        holds = (RUNTIME, DEV) if name == DEV else (RUNTIME,)
        lines = [lines[0], *map(digest, holds)]
        STAMP.write_text("\n".join(lines) + "\n", encoding="utf-8")
        say(f"ready after {time.monotonic() - began:.0f} s")


def find_browser() -> str | None:
    """A Chromium that starts; a file alone says little (Ubuntu's only asks for snap)."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path and answer(path, "--version"):
            return path
    path = answer(PYTHON, "-c", PLAYWRIGHTS_OWN)
    return path if path and answer(path, "--version") else None


def browser() -> str:
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if answer(chosen, "--version"):
            return chosen
        raise SystemExit(f"CHROMIUM names {chosen}, which does not start.")
    found = find_browser()
    can_apt = os.geteuid() == 0 and shutil.which("apt-get")
    if not found and can_apt:
        say("installing Chromium with apt-get (once)")
        apt = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
        if quietly(*apt, "update"):
            quietly(*apt, "install", "-y", "chromium")
        found = find_browser()
    if not found:
        say("installing Chromium with playwright (once)")
        needs = ["--with-deps"] if can_apt else []
        quietly(PYTHON, "-m", "playwright", "install", *needs, "chromium")
        found = find_browser()
    if not found:
        raise SystemExit(
            "The browser tests need Chromium, and none could be found or installed: install one, "
            "name one in CHROMIUM, or run `.venv/bin/python -m pytest -m 'not browser'`."
        )
    return found


def manage(*words: str) -> None:
    if not quietly(PYTHON, "manage.py", *words, "--verbosity", "0"):
        raise SystemExit(f"`manage.py {words[0]}` failed; what it said is above.")


def static_files() -> None:
    """Collected for run and tests alike: both serve the hashed files, as production does."""
    manage("collectstatic", "--noinput")


def become(*command: str) -> None:
    """Replace this process, so that signals and the exit status are the command's own."""
    os.execv(PYTHON, [PYTHON, *command])


def main(words: list[str]) -> None:
    os.chdir(str(ROOT))
    if words == ["run"]:
        os.environ.setdefault("DEMO", "1")
        prepare(RUNTIME)
        manage("migrate", "--noinput")
        static_files()
        become("manage.py", "demo", "--serve")
    elif words and words[0] in MODULES:
        prepare(DEV)
        os.environ["CHROMIUM"] = browser()
        static_files()
        become("-m", MODULES[words[0]], *words[1:])
    elif words == ["prepare"]:
        prepare(DEV)
        say(str(VENV))
    else:
        raise SystemExit("usage: bootstrap.py run | prepare | test, rig or bench [their words]")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
