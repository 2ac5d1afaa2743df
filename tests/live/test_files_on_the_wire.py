"""Files of past rings against a real server: all of them arrives, and only the one page takes large ones."""

import json
from urllib.error import HTTPError
from urllib.request import Request as Call
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from rings import actions
from rings.models import Ring
from rings.past import shape, taking
from rings.past.taking import Open
from rings.phases import Phase
from tests.conftest import Cast
from tests.rich import rich
from tests.server import Server

TOKEN = "c" * 32


def signed_in(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookies = f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return {"Cookie": cookies, "X-CSRFToken": TOKEN}


def send(server: Server, user: User, path: str, data: bytes) -> int:
    """The status of what a page answers to a file."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="ring.json"\r\n'
        b"Content-Type: application/json\r\n\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    call = Call(server.url + path, head + data + b"\r\n--x--\r\n", signed_in(user) | kind)
    try:
        with urlopen(call, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


@pytest.fixture
def sol(live_cast: Cast) -> User:
    return User.objects.create_user("sol", "sol@example.org", is_staff=True)


def test_a_selection_arrives_whole(server: Server, live_cast: Cast, sol: User) -> None:
    for n in range(taking.A_BATCH + 5):
        ring = actions.open_ring(live_cast.fay, f"many {n}", title=f"Many {n}", host="Fay")
        actions.move(ring, live_cast.by, to=Phase.CANCELLED, believing=Phase.LOBBY)
    for kind, lines in (("json", taking.A_BATCH + 7), ("csv", taking.A_BATCH + 6)):
        call = Call(f"{server.url}/past/export.{kind}", headers=signed_in(sol))
        with urlopen(call, timeout=60) as answer:
            text = answer.read().decode()
        assert text.count("\n") == lines
        if kind == "json":
            assert len(json.loads(text)["rings"]) == taking.A_BATCH + 5


def test_a_file_larger_than_any_other_body_comes_in_and_a_larger_one_does_not(
    server: Server, live_cast: Cast, sol: User
) -> None:
    text = "".join(taking.as_json(taking.read([rich(live_cast).pk]), Open.WHOLE))
    fits = (text + " " * settings.DATA_UPLOAD_MAX_MEMORY_SIZE).encode()
    assert send(server, sol, "/past/import/", fits) == 200  # by way of the archive
    assert Ring.objects.count() == 2
    assert send(server, sol, "/past/import/", text.encode() + b" " * shape.AT_MOST) == 422
    assert send(server, sol, "/past/import/", b" " * (shape.AT_MOST + 2**20)) == 413
    assert send(server, sol, "/rings/new/", fits) == 413
    assert Ring.objects.count() == 2
