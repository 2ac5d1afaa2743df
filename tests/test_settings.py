"""Settings from the environment: production is clean, and an odd value stops the start with a sentence."""

import json
import logging
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from rings import checks
from tests.test_logs import LEVELS

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


def python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, with nothing but this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command, env = [sys.executable, *words], {**kept, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    return python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)


def setting(name: str, **environment: str) -> Any:
    """What a setting becomes in this environment."""
    said = f"import json; from ringsite import settings; print(json.dumps(settings.{name}))"
    done = python("-c", said, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
        ({"DATABASE_URL": "mysql://db/rings"}, "DATABASE_URL must begin with postgres:// or"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN must be a random text of at least 20"),
    ],
)
def test_an_odd_value_stops_the_start_with_a_sentence(odd: dict[str, str], sentence: str) -> None:
    done = check(**{**PRODUCTION, **odd})
    assert done.returncode != 0
    assert sentence in done.stderr


def test_sentry_without_its_package_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sentry_sdk.py").write_text("raise ImportError")
    dsn = "https://key@sentry.example/1"
    done = check(**PRODUCTION, SENTRY_DSN=dsn, PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert "SENTRY_DSN is set but sentry-sdk is not installed" in done.stderr


def test_the_server_itself_does_not_start_on_memory_with_several_processes() -> None:
    done = python("manage.py", "serve", "--port", "0", **{**PRODUCTION, "REDIS_URL": ""})
    assert done.returncode != 0
    assert "PROCESSES is more than 1 but REDIS_URL is not set." in done.stderr


def test_connections_are_bounded_and_the_address_keeps_its_options() -> None:
    url = "postgres://ringsite@db.example/ringsite?sslmode=require"
    database = setting("DATABASE", **{**PRODUCTION, "DATABASE_URL": url, "DATABASE_POOL": "7"})
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 7, "timeout": 5}


def test_redis_carries_words_and_no_cache() -> None:
    layer = setting("CHANNEL_LAYERS", **PRODUCTION)["default"]["BACKEND"]
    cache = setting("CACHES", **PRODUCTION)["default"]["BACKEND"]
    assert layer == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert cache == "django.core.cache.backends.locmem.LocMemCache"


def test_production_writes_lines_and_lets_nobody_else_speak_of_requests() -> None:
    assert setting("LOGGING['handlers']['console']['formatter']", **PRODUCTION) == "lines"
    loggers = setting("LOGGING['loggers']", **PRODUCTION)
    levels = {name: logging.getLevelName(loggers[name]["level"]) for name in LEVELS}
    assert levels == LEVELS


# --- versions known to fail us --------------------------------------------------------------------

REAL_VERSION = metadata.version
CORE = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}


def sentences() -> list[str]:
    return [message.msg for message in checks.known_bad_versions(None)]


def installed(monkeypatch: pytest.MonkeyPatch, **faked: str) -> None:
    monkeypatch.setattr(checks, "version", lambda name: faked.get(name) or REAL_VERSION(name))


def test_what_is_installed_here_is_good() -> None:
    assert sentences() == []


@pytest.mark.parametrize(
    ("package", "number", "sentence"),
    [
        ("django", "6.0.9", "Ringsite needs Django 6.1 or newer"),
        ("daphne", "4.2.1", "Daphne before 4.2.2 takes frames of any size"),
    ],
)
def test_an_older_package_is_refused(
    monkeypatch: pytest.MonkeyPatch, package: str, number: str, sentence: str
) -> None:
    installed(monkeypatch, **{package: number})
    [said] = sentences()
    assert said.startswith(sentence)


def test_the_core_redis_layer_is_refused_with_redis_py_8_and_not_with_7(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with override_settings(CHANNEL_LAYERS=CORE):
        installed(monkeypatch, redis="8.1.0")
        [said] = sentences()
        assert said.startswith("The core layer of channels-redis goes deaf")
        installed(monkeypatch, redis="7.4.0")
        assert sentences() == []


@pytest.mark.parametrize(
    "scripts", [["htmx-2.0.4.min.js"], ["htmx-4.0.1.min.js", "htmx-ext-ws.js"], []]
)
def test_there_is_one_htmx_script_and_it_is_htmx_4(tmp_path: Path, scripts: list[str]) -> None:
    for name in scripts:
        (tmp_path / name).touch()
    with override_settings(STATICFILES_DIRS=[tmp_path]):
        [said] = sentences()
    assert said.startswith("static/vendor must hold one htmx script")
    assert (", ".join(sorted(scripts)) or "none") in said
