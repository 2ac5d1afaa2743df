"""Errors told to Sentry, for sites that set SENTRY_DSN: the same as the log says, and nothing more.

What leaves is built from a list of what may (rings/logs.py), not by taking away what may not.
"""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from rings import logs

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment")


def start(dsn: str, **more: Any) -> None:
    """Begin to report what is logged as an error. `more` is for tests."""
    try:
        # only a site that asks for it needs the package
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError as missing:
        raise ImproperlyConfigured(
            "SENTRY_DSN is set but sentry-sdk is not installed: install it, or unset SENTRY_DSN."
        ) from missing
    sentry_sdk.init(
        dsn=dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        before_send=only_what_the_log_says,
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        server_name="ringsite",
        **more,
    )


def only_what_the_log_says(event: Any, hint: dict[str, Any]) -> Any:
    """The report anew, from the log's line and the frames' places; None, and nothing leaves."""
    record = hint.get("log_record")
    if record is None:
        return None
    told = {name: event[name] for name in KEPT if name in event}
    told["logentry"] = {"formatted": logs.message(record)}
    told["tags"] = {name: str(value) for name, value in logs.about(record).items()}
    failure = record.exc_info[1] if record.exc_info else None
    if failure:
        told["exception"] = {"values": [_kind_and_way(failure)]}
    return told


def _kind_and_way(failure: BaseException) -> dict[str, Any]:
    line = logs.error(failure)
    frames = []
    for where in line["where"]:
        place, _, function = where.partition(" ")
        filename, _, number = place.rpartition(":")
        frames.append({"filename": filename, "lineno": int(number), "function": function})
    return {"type": " from ".join(line["error"]), "stacktrace": {"frames": frames}}
