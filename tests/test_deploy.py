"""The files a site is run from: each is linted, and says what docs/operating.md says it does."""

import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import crossplane
import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).parent.parent
NGINX = ROOT / "deploy" / "nginx.conf"
BIN = Path(sys.executable).parent


def lint(*command: str) -> None:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_is_clean() -> None:
    lint("hadolint", "--no-color", "Dockerfile")


def test_the_compose_file_is_one() -> None:
    lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def test_the_proxys_configuration_is_clean() -> None:
    parsed = crossplane.parse(str(NGINX), strict=True)
    assert parsed["errors"] == []
    # HSTS is Django's to say (SECURE_HSTS_SECONDS); twice would be one too many
    lint("gixy", "--skips", "hsts_header", "deploy/nginx.conf")


# --- the proxy ------------------------------------------------------------------------------------


def said(directive: str) -> list[list[str]]:
    """The arguments of every such directive of the proxy, wherever it stands."""
    found: list[list[str]] = []
    blocks = [crossplane.parse(str(NGINX))["config"][0]["parsed"]]
    while blocks:
        for line in blocks.pop():
            if line["directive"] == directive:
                found.append(line["args"])
            blocks.append(line.get("block", []))
    return found


def test_the_proxy_takes_bodies_as_large_as_django_does() -> None:
    assert sorted(said("client_max_body_size")) == [["21m"], ["64k"]]
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 64 * 1024
    assert ["=", "/past/import/"] in said("location")
    assert all(most < 21 * 1024 * 1024 for most in settings.BODY_MAX.values())
    assert set(settings.BODY_MAX) == {"/past/import/"}


def test_the_proxy_overwrites_what_a_sender_says_of_itself() -> None:
    headers = dict(said("proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["X-Request-ID"] == "$request_id"
    assert headers["Forwarded"] == headers["X-Forwarded-Host"] == ""


def test_the_proxys_log_holds_no_path_and_no_address() -> None:
    [plain] = said("log_format")
    assert set(re.findall(r"\$(\w+)", "".join(plain[1:]))) == {
        "time_iso8601",
        "request_method",
        "status",
        "body_bytes_sent",
        "request_time",
        "request_id",
    }
    assert said("access_log") == [["/dev/stdout", "plain"]]
    assert said("error_log") == [["stderr", "crit"]]  # from "error" on nginx quotes the request


def test_a_post_that_was_sent_is_not_sent_to_the_other_process() -> None:
    assert said("proxy_next_upstream") == [["error", "timeout"]]  # without "non_idempotent"


# --- compose --------------------------------------------------------------------------------------

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_every_image_names_its_major_version() -> None:
    images = {s["image"] for s in SERVICES.values() if "build" not in s}
    images.add(re.findall(r"^FROM (\S+)$", (ROOT / "Dockerfile").read_text(), re.M)[0])
    assert len(images) == 4
    for image in images:
        assert re.search(r":\d+", image), image


def test_the_proxy_knows_where_compose_puts_the_web_processes() -> None:
    webs = [service for name, service in SERVICES.items() if name.startswith("web")]
    addresses = {web["networks"]["inside"]["ipv4_address"] + ":8000" for web in webs}
    assert addresses == {args[0] for args in said("server") if args}
    assert {web["environment"]["PROCESSES"] for web in webs} == {str(len(webs))}


def test_a_container_is_well_when_its_server_is_ready() -> None:
    assert SERVICES["web1"]["healthcheck"]["test"] == ["CMD", "python", "deploy/ready.py"]
    assert "!deploy/ready.py" in (ROOT / ".dockerignore").read_text().splitlines()


def test_all_that_compose_asks_for_is_explained() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert asked == {name for name in asked if f"# {name}=" in example}


def test_every_setting_from_the_environment_is_explained() -> None:
    source = (ROOT / "ringsite" / "settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"(\w+)"', source))
    example = (ROOT / ".env.example").read_text()
    assert {"SECRET_KEY", "METRICS_TOKEN"} <= read
    assert [name for name in sorted(read) if f"# {name}=" not in example] == []


# --- what is installed ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_its_hashes(name: str) -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert len(pins) > 30
    for pin in pins:
        assert re.match(r"[a-z0-9.-]+==[^ ]+ ", pin), pin.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", pin), pin.splitlines()[0]


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text(), re.M))
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sentry"]]
    assert [w for w in wanted if re.match(r"[a-z0-9-]+", w)[0] not in pinned] == []


# --- backup ---------------------------------------------------------------------------------------

A_RING = """
from django.contrib.auth.models import User
from django.core.management import call_command
from rings import actions
from rings.actions import By
call_command("migrate", verbosity=0)
fay = User.objects.create_user("fay")
ring = actions.open_ring(fay, "first", title="Spring ring", host="Fay")
actions.join(ring, By(None), name="Ada", key_hash="ada")
"""


def dump(path: Path) -> list[str]:
    """The whole content of a database file."""
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def test_a_copy_of_a_database_at_work_holds_all_that_was_saved(tmp_path: Path) -> None:
    ours, copy = tmp_path / "db.sqlite3", tmp_path / "copy.sqlite3"
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{ours}", "DEMO": ""}
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", A_RING], cwd=ROOT, env=env, check=True
    )
    saved = dump(ours)
    with closing(sqlite3.connect(ours)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        somebody.execute("UPDATE rings_participant SET name = 'Ida'")  # not saved yet
        command = [sys.executable, "-m", "sqlite3", str(ours), f"VACUUM INTO '{copy}'"]
        subprocess.run(command, check=True, capture_output=True)
    assert [line for line in saved if "Spring ring" in line]
    assert [line for line in saved if "'Ada'" in line]
    assert dump(copy) == saved
    assert "python -m sqlite3" in (ROOT / "docs" / "operating.md").read_text()
