"""Every request gets an id, a line in the log and a language; refusals and a silent database a sentence."""

import logging
import time
from collections.abc import Callable

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation

from rings import live, logs
from rings.phases import NotNow

log = logging.getLogger(__name__)
requests_log = logging.getLogger("rings.requests")

QUIET = frozenset({"healthz", "readyz", "metrics"})  # asked every few seconds by machines
AGAIN_AFTER = 3  # seconds until it is worth asking a busy database once more


class Requests:
    """Name each request, tell the name in its answer, and log it by its route (rings/logs.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        name = logs.request_id(request)
        request.__dict__["request_id"] = name
        token = logs.request_now.set(request)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = name
            if response.status_code >= 400 or logs.route(request) not in QUIET:
                said = {
                    "method": request.method if request.method in logs.METHODS else "other",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                }
                requests_log.info("request", extra=said)
        finally:
            logs.request_now.reset(token)
        return response


class Languages(LocaleMiddleware):
    """The language an open page says it is in (`lang`), else the one chosen, else the browser's."""

    def process_request(self, request: HttpRequest) -> None:
        asked = live.language(request.GET.get("lang", ""))
        if not asked:
            return super().process_request(request)
        translation.activate(asked)
        request.LANGUAGE_CODE = asked
        return None


class Sentences:
    """`NotNow` becomes its status and sentence: in the page's word line, or as a page of its own.

    A database that is full, locked or away becomes 503: a page sends the same op once more a little
    later, and the door answers as if nothing had been in the way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotNow):
            return self.not_now(request, error)
        if isinstance(error, OperationalError | InterfaceError):
            # these speak of connections, locks and disks; their first line holds no row's content
            log.warning("the database did not answer: %s", str(error).partition("\n")[0])
            return busy()
        if isinstance(error, DataError | OverflowError):
            # a NUL, or a number too large: no column holds it, so nothing of ours is meant
            log.warning("what was sent fits no column: %s", type(error).__name__)
            return not_understood(request, error)
        return None

    def not_now(self, request: HttpRequest, error: NotNow) -> HttpResponse:
        said = {"sentence": str(error), "back": request.META.get("HTTP_REFERER", "/")}
        if not getattr(request, "htmx", False):
            return render(request, "rings/not_now.html", said, status=error.status)
        response = render(request, "rings/parts/word.html", said, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#word", "innerHTML"
        return response


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's answer to a bad request, drawn without it.

    Django's own looks for the form's token once more, in the very body that could not be read.
    """
    return render(None, "400.html", status=400)


def busy() -> HttpResponse:
    """Drawn without the request, whose user would be asked of the database."""
    response = render(None, "503.html", status=503)
    response["Retry-After"] = str(AGAIN_AFTER)
    response["Cache-Control"] = "no-store"
    return response
