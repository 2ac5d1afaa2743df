"""What the views share: a page with its live fragments, the poll for it, and the answer to a command."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from rings import live
from rings.access import RingRequest
from rings.actions import By
from rings.hub import clock
from rings.live import Audience
from rings.models import Participant
from rings.picture import Picture


def _fragments(audience: Audience, picture: Picture, me: Participant | None) -> dict[str, str]:
    shared = live.screen(picture.ring.pk, audience, picture.ring.version, picture).html
    mine = live.draw_personal(picture, picture.seat_of[me.pk]) if me else {}
    return {**shared, **mine}


def live_page(
    request: RingRequest, audience: Audience, me: Participant | None = None, **context: Any
) -> HttpResponse:
    """The page of an audience: its shared fragments, and for a phone what only this seat may see."""
    picture = Picture.of(request.ring.pk)
    template = context.pop("template", f"rings/{audience}.html")
    response = render(
        request,
        template,
        {
            "ring": picture.ring,
            "picture": picture,
            "me": me,
            "audience": audience,
            "fragments": _fragments(audience, picture, me),
            "now": clock(),
            **context,
        },
    )
    return kept_private(response)


def live_poll(
    request: RingRequest, audience: Audience, me: Participant | None = None
) -> HttpResponse:
    """The same as a frame, for pages whose socket is blocked; 304 when `since` is current."""
    since = request.GET.get("since", "")
    shown = f"{request.ring.version}{'a' if request.ring.desk_lost else ''}"  # as ring.js says it
    if since == shown and audience == Audience.PHONE:
        return HttpResponseNotModified()
    picture = Picture.of(request.ring.pk)
    frame = {
        "version": picture.ring.version,
        "now": clock(),
        "fragments": _fragments(audience, picture, me),
    }
    return kept_private(JsonResponse(frame))


def kept_private(response: HttpResponse) -> HttpResponse:
    """Ring pages are for one pair of eyes: no cache keeps them, no search engine lists them."""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Cookie, HX-Request"
    response["X-Robots-Tag"] = "noindex"
    return response


def calendar_file(file: bytes, name: str) -> HttpResponse:
    """A file to open in a calendar."""
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return kept_private(response)


def by(request: HttpRequest, who: Participant | User | None) -> By:
    """Who acts, under the op the page made; a page without scripts has none and gets one here."""
    try:
        op = UUID(request.POST.get("op", ""))
    except ValueError:
        op = uuid4()
    return By(who, op.hex)


def zone(request: HttpRequest) -> str:
    """The time zone in which a page says it is; "" for none, or none that there is."""
    said = request.POST.get("zone", "")
    try:
        return ZoneInfo(said).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return ""


def today(request: HttpRequest) -> date:
    """The day it is where the person is, as far as their page says so."""
    said = zone(request)
    return timezone.localdate(timezone=ZoneInfo(said) if said else None)


def done(request: RingRequest, then: str, *args: Any, leave: bool = False) -> HttpResponse:
    """A command is done. The page hears of it like everybody, so it gets 204; without scripts, or to
    `leave` for another page, it goes to the view named `then`."""
    response = redirect(then, *args)
    if not request.htmx:
        return response
    answer = HttpResponse(status=204)
    if leave:
        answer["HX-Redirect"] = response["Location"]
    return answer


def again(request: RingRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A form with its errors and everything that was typed: 422."""
    return kept_private(render(request, template, context, status=422))
