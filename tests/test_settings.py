"""Settings from the environment: production is clean, and an odd value stops the start with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "a-made-up-secret-of-many-different-signs-0123456789-abcdefghijklm",
    "SITE_URL": "https://rings.example",
    "DATABASE_URL": "postgres://ringsite@localhost/ringsite",
    "REDIS_URL": "redis://localhost:6379/0",
    "PROCESSES": "2",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in a process of its own, with nothing but this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False
    )


def test_the_production_example_is_clean() -> None:
    done = check(**PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random text of at least 50 characters."),
        ({"SITE_URL": "http://rings.example"}, "SITE_URL must be the site's https:// address"),
        ({"DEBUG": "1"}, "PRODUCTION goes with neither DEBUG nor DEMO"),
        ({"DEMO": "1"}, "PRODUCTION goes with neither DEBUG nor DEMO"),
        ({"REDIS_URL": ""}, "PROCESSES is more than 1 but REDIS_URL is not set."),
    ],
)
def test_an_odd_value_stops_the_start_with_a_sentence(odd: dict[str, str], sentence: str) -> None:
    done = check(**{**PRODUCTION, **odd})
    assert done.returncode != 0
    assert sentence in done.stderr
