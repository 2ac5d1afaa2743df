"""What machines ask a server: whether it lives, whether to send people to it, what it has counted."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client, override_settings
from psycopg import sql

from rings.hub import hub
from rings.models import Participant
from tests.conftest import Cast
from tests.server import ROOT, Server, free_port

TOKEN = "a-token-of-more-than-twenty-signs"


def get(path: str, **headers: str) -> Any:
    return Client(headers=headers).get(path)


def nobody_listens() -> str:
    return f"127.0.0.1:{free_port()}"


@contextmanager
def server_without_database() -> Iterator[Server]:
    port, nowhere = free_port(), f"postgres://ringsite@{nobody_listens()}/ringsite"
    env = {**os.environ, "DATABASE_URL": nowhere, "REDIS_URL": "", "DEMO": ""}
    command = [sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port)]
    server = Server(port, subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL))
    try:
        deadline = time.monotonic() + 30
        while not listens(port):
            assert server.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield server
    finally:
        server.stop()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# --- alive, ready ---------------------------------------------------------------------------------


def test_a_process_that_lives_says_so_without_asking_the_database() -> None:
    answer = get("/healthz")  # this test may not use the database
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_a_process_with_its_database_is_ready(db: None) -> None:
    answer = get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "layer": "ok", "stopping": False}
    assert "no-store" in answer["Cache-Control"]


def test_a_dead_channel_layer_is_told_and_keeps_nobody_away(db: None) -> None:
    layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [f"redis://{nobody_listens()}/0"]},
    }
    with override_settings(CHANNEL_LAYERS={"default": layer}):
        answer = get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["layer"] == "degraded"


def test_a_process_that_stops_takes_nobody_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "stopping", True)
    assert get("/readyz").status_code == 503


def test_without_a_database_the_process_lives_and_is_not_ready() -> None:
    def ask(path: str) -> tuple[int, dict[str, str], bytes]:
        line = HTTPConnection("127.0.0.1", server.port, timeout=20)
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    with server_without_database() as server, ThreadPoolExecutor() as threads:
        alive, ready, page = threads.map(ask, ["/healthz", "/readyz", "/r/BBBBBBBB/"])
    assert alive[0] == 200
    assert ready[0] == 503
    assert json.loads(ready[2])["database"] == "down"
    assert page[0] == 503
    assert page[1]["Retry-After"] == "3"
    assert b"Wait a moment, then send it once more" in page[2]


# --- a database that is busy ----------------------------------------------------------------------


class Held:
    """Somebody else's transaction that holds the ring (on SQLite the whole file), until it is left."""

    def __enter__(self) -> None:
        with connection.cursor() as ours:  # wait for it as briefly as can be
            if connection.vendor == "sqlite":
                ours.execute("PRAGMA busy_timeout = 50")
                self.other = sqlite3.connect(connection.settings_dict["NAME"])
                self.other.execute("BEGIN IMMEDIATE")
            else:
                ours.execute("SET lock_timeout = '50ms'")
                made = connection.get_connection_params()
                kept = {key: made[key] for key in ("dbname", "user", "host", "port") if key in made}
                self.other = psycopg.connect(**kept)
                self.other.execute(sql.SQL("SELECT 1 FROM rings_ring FOR UPDATE"))

    def __exit__(self, *why: object) -> None:
        self.other.rollback()
        self.other.close()
        connection.close()  # the next one waits as long as ever


def test_a_locked_ring_answers_503_and_the_same_op_then_counts_once(
    transactional_db: None,
) -> None:
    cast, phone = Cast(), Client()
    where, body = f"/r/{cast.ring.code}/join/", {"name": "Ada", "op": str(uuid4())}
    with Held():
        answer = phone.post(where, body)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "3"
    assert not Participant.objects.exists()
    assert [phone.post(where, body).status_code for _ in range(2)] == [302, 302]
    assert Participant.objects.count() == 1


# --- what was counted -----------------------------------------------------------------------------


def test_without_a_token_there_are_no_numbers() -> None:
    assert get("/metrics", authorization="Bearer ").status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ü"]
)
def test_a_wrong_token_finds_nothing(given: str, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert get("/metrics", authorization=given).status_code == 404


def test_with_the_token_a_process_tells_its_numbers(cast: Cast, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = get("/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    told = answer.content.decode().splitlines()
    assert "ringsite_rings_live 1.0" in told
    for name in ("words_total", "drawings_total", "repairs_total", "told_seconds_count"):
        assert [line for line in told if line.startswith(f"ringsite_{name} ")], name


# --- asked from inside ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_machines_inside_are_not_sent_to_tls(db: None, path: str, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert get("/").status_code == 301
    assert get(path).status_code == 200
