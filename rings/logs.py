"""What the log says in production: one JSON object a line, with ring and request, and nobody's words.

A path holds codes and tokens; an exception's message and a library's line may hold what somebody typed.
So a request is told by its route's name, an error by its kind and where it happened, and a line that is
not our own only by its wording before anything was filled in. Our own lines hold numbers, never texts.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

OURS = ("rings", "psycopg")  # psycopg's pool tells of the database's address, and of no person
SAID = ("request_id", "ring", "route", "method", "status", "ms")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
ROOT = Path(__file__).resolve().parent.parent

request_now: ContextVar[HttpRequest | None] = ContextVar("request_now", default=None)


def request_id(request: HttpRequest) -> str:
    """The id our own proxy gave this request, so that its log and ours meet; else a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return given if GIVEN_ID.fullmatch(given) else uuid4().hex


def route(request: HttpRequest) -> str:
    """The name of the address asked for; "" when there is none such."""
    return request.resolver_match.view_name if request.resolver_match else ""


def about(record: logging.LogRecord) -> dict[str, Any]:
    """The ring and the request a line belongs to, from the line itself or the request in work."""
    found: dict[str, Any] = {}
    request = getattr(record, "request", None) or request_now.get()
    if isinstance(request, HttpRequest):
        found["request_id"] = getattr(request, "request_id", "")
        found["route"] = route(request)
        ring = getattr(request, "ring", None)
        if ring is not None:
            found["ring"] = ring.pk
    found.update({name: getattr(record, name) for name in SAID if hasattr(record, name)})
    return found


def message(record: logging.LogRecord) -> str:
    """What happened, without anything that could have come from a person."""
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if hasattr(record, "request"):  # Django's own lines about a request hold its path or its host
        return f"answered {getattr(record, 'status_code', '')}".strip()
    wording = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    return wording.partition("\n")[0]


def error(failure: BaseException) -> dict[str, Any]:
    """An exception by its kind and its way through the code; its message stays here."""
    kinds = []
    links: BaseException | None = failure
    while links is not None:
        kinds.append(f"{type(links).__module__}.{type(links).__qualname__}")
        links = links.__cause__
    frames = traceback.extract_tb(failure.__traceback__)[-12:]
    where = [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": kinds, "where": where}


def place(filename: str) -> str:
    """A file as one finds it again: from the project's or the installed packages' folder on."""
    path = Path(filename)
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT)).rpartition("site-packages/")[2]
    return "/".join(path.parts[-3:])


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message(record),
            **about(record),
        }
        if record.exc_info and record.exc_info[1]:
            line |= error(record.exc_info[1])
        return json.dumps(line, default=str)
