"""What the log and Sentry are told: which ring, which request, what kind of error, and nobody's words."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import sentry_sdk
from django.conf import LazySettings
from django.test import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from rings.logs import Lines
from rings.views import home
from ringsite import reports
from tests.conftest import Cast, Circle

CANARY = "canary7hq"
PROXY_ID = "0123456789abcdef0123456789abcdef"


# Who speaks in production (tests/test_settings.py holds the settings to it).
LEVELS = {
    "rings.requests": logging.INFO,
    "django.request": logging.ERROR,
    "django.security.DisallowedHost": logging.CRITICAL,
}


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Everything that is logged, written as in production."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    before = {name: logging.getLogger(name).level for name in LEVELS}
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def told(lines: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def careless(*args: object, **kwargs: object) -> None:
    """Fails as a library does: with what somebody typed in its message."""
    try:
        int(CANARY)
    except ValueError as error:
        raise LookupError(f"{CANARY} is nowhere") from error


def canaries_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that carries a canary wherever one fits, to a view that fails with it."""
    monkeypatch.setattr(home, "render", careless)
    client = Client(
        raise_request_exception=False, headers={"user-agent": CANARY, "referer": CANARY}
    )
    client.cookies["seat-1"] = CANARY
    answer = client.post(f"/?q={CANARY}", {"code": "BBBB-BBBB", "name": CANARY})
    assert answer.status_code == 500
    assert client.get(f"/r/{CANARY}/?q={CANARY}").status_code == 404
    assert client.get(f"/{CANARY}").status_code == 404
    assert client.get("/", headers={"host": f"{CANARY}!"}).status_code == 400


# --- the log --------------------------------------------------------------------------------------


def test_a_request_is_one_line_with_its_route_and_ring(circle: Circle, lines: StringIO) -> None:
    answer = circle.cast.phone(circle.ada).get(f"/r/{circle.ring.code}/")
    [line] = told(lines)
    assert line.pop("at").endswith("+00:00")
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "logger": "rings.requests",
        "message": "request",
        "request_id": answer["X-Request-ID"],
        "route": "ring",
        "ring": circle.ring.pk,
        "method": "GET",
        "status": 200,
    }


def test_no_line_holds_what_a_person_sent(
    db: None, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries_everywhere(monkeypatch)
    logging.getLogger("twisted").error(f"first\n{CANARY}")
    logging.getLogger("asyncio").error("%s came", CANARY)
    assert CANARY not in lines.getvalue()
    statuses = [line["status"] for line in told(lines) if line["message"] == "request"]
    assert statuses == [500, 404, 404, 400]


def test_an_error_is_told_by_its_kinds_and_its_way(
    db: None, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries_everywhere(monkeypatch)
    [line] = [line for line in told(lines) if "error" in line and line["level"] == "error"]
    assert line["error"] == ["builtins.LookupError", "builtins.ValueError"]
    assert line["where"][-1].startswith("tests/test_logs.py:")
    assert line["where"][-1].endswith(" careless")
    assert (line["route"], line["message"]) == ("home", "answered 500")


def test_our_own_lines_are_told_in_full_with_their_ring(lines: StringIO) -> None:
    logging.getLogger("rings.hub").warning("drawn after %s tries", 3, extra={"ring": 7})
    [line] = told(lines)
    assert (line["message"], line["ring"]) == ("drawn after 3 tries", 7)


def test_a_probe_that_is_well_is_not_worth_a_line(db: None, lines: StringIO) -> None:
    Client().get("/readyz")
    assert told(lines) == []
    Client().get("/metrics")  # without a token: 404
    assert [line["route"] for line in told(lines)] == ["metrics"]


# --- the request's id -----------------------------------------------------------------------------


def test_our_proxys_id_is_kept_and_told_back(settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = 1
    assert Client().get("/healthz", headers={"x-request-id": PROXY_ID})["X-Request-ID"] == PROXY_ID


def test_a_strangers_id_is_not_believed(settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = 0
    given = Client().get("/healthz", headers={"x-request-id": PROXY_ID})["X-Request-ID"]
    assert given != PROXY_ID
    assert len(given) == 32


@pytest.mark.parametrize("odd", ["short", "x" * 65, "a b c d e f g h", "{}{}{}{}{}"])
def test_an_odd_id_is_replaced(settings: LazySettings, odd: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert Client().get("/healthz", headers={"x-request-id": odd})["X-Request-ID"] != odd


# --- Sentry ---------------------------------------------------------------------------------------


class Kept(Transport):
    """Takes what would leave, and lets nothing out."""

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())


@pytest.fixture
def sentry() -> Iterator[Kept]:
    kept = Kept()
    reports.start("https://key@sentry.example/1", transport=kept)
    yield kept
    sentry_sdk.get_global_scope().set_client(None)


def test_sentry_hears_of_an_error_without_anybodys_words(
    cast: Cast, lines: StringIO, sentry: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries_everywhere(monkeypatch)
    everything = b"".join(sentry.sent)
    [report] = [json.loads(line) for line in everything.splitlines() if b'"exception"' in line]
    assert (
        report["exception"]["values"][0]["type"] == "builtins.LookupError from builtins.ValueError"
    )
    assert report["tags"]["route"] == "home"
    assert report["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "careless"
    assert CANARY.encode() not in everything
    for kept_back in (
        b'"request"',
        b'"user"',
        b'"vars"',
        b'"breadcrumbs"',
        b'"cookies"',
        b"http://",
    ):
        assert kept_back not in everything, kept_back
