"""What machines ask: is this process alive, may it be given work, and what has it counted."""

import asyncio
import hmac
import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from rings.access import public
from rings.hub import hub
from rings.models import Ring
from rings.phases import LIVE

log = logging.getLogger(__name__)

LAYER_WITHIN = 2.0  # seconds
RINGS_LIVE = Gauge("ringsite_rings_live", "Rings between lobby and closing, of all processes.")


@require_safe
@public
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anybody else, so that a dead database restarts no server."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@public
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether to send people here: 503 without the database or while stopping.

    A dead channel layer is told but is no reason to stay away: the rings go on without it.
    """
    database = _database_answers()
    answer = {
        "database": "ok" if database else "down",
        "layer": "ok" if _layer_takes_words() else "degraded",
        "stopping": hub.stopping,
    }
    return JsonResponse(answer, status=200 if database and not hub.stopping else 503)


@require_safe
@public
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """This process's numbers, for whoever has the token; to everybody else there is nothing here."""
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, wanted):
        raise Http404
    try:
        RINGS_LIVE.set(Ring.objects.real().filter(phase__in=LIVE).count())
    except (DatabaseError, InterfaceError):
        RINGS_LIVE.set(float("nan"))  # nobody knows just now; the other numbers are good
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _layer_takes_words() -> bool:
    """Whether the channel layer takes a word (for a group nobody listens to)."""

    async def say() -> None:
        layer = get_channel_layer()
        if layer:
            async with asyncio.timeout(LAYER_WITHIN):
                await layer.group_send("ready", {"type": "ready"})

    try:
        async_to_sync(say)()
    except Exception as error:  # whatever a layer raises, it did not take the word
        log.warning("the channel layer did not take a word: %r", error)
        return False
    return True
