"""Past rings as files: one ring or a selection to take along, and a ring from elsewhere brought in."""

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from rings import actions
from rings.access import RingRequest, reviewer, signed_in, staff
from rings.actions import NotOurs
from rings.forms import RingFileForm
from rings.past import shape, taking
from rings.past.archive import selected
from rings.past.taking import Open
from rings.views.pages import again, by, kept_private

CSV = "text/csv; charset=utf-8"
JSON = "application/json"


@require_http_methods(["GET", "POST"])
@reviewer
def ring_json(request: RingRequest) -> HttpResponse:
    """One ring as JSON: GET without names and words; POST with them, which is recorded."""
    how = _how(request)
    pieces = taking.as_json(taking.read([request.ring.pk]), how)
    return _file(request, pieces, JSON, f"ring-{request.ring.pk}.json")


@require_http_methods(["GET", "POST"])
@reviewer
def ring_csv(request: RingRequest) -> HttpResponse:
    """The offers of one ring, and its asks without any, as CSV; GET and POST as for JSON."""
    how = _how(request)
    pieces = taking.offers_as_csv(taking.read([request.ring.pk]), how)
    return _file(request, pieces, CSV, f"ring-{request.ring.pk}.csv")


def _how(request: RingRequest) -> Open:
    if request.method != "POST":
        return Open.NUMBERS
    if not request.words:
        raise Http404
    actions.take_along(request.ring, by(request, request.user), words=True)
    return Open.WORDS


@require_GET
@signed_in
def rings_json(request: RingRequest) -> HttpResponse:
    """The selection of the archive's address as JSON, without names and words."""
    pieces = taking.as_json(taking.read(_selected(request)), Open.NUMBERS)
    return _file(request, pieces, JSON, "past-rings.json")


@require_GET
@signed_in
def rings_csv(request: RingRequest) -> HttpResponse:
    """The numbers of each ring of the selection as CSV."""
    return _file(request, taking.rings_as_csv(_selected(request)), CSV, "past-rings.csv")


def _selected(request: RingRequest) -> list[int]:
    return list(selected(request.user, request.GET).values_list("pk", flat=True))


def _file(request: RingRequest, pieces: Iterator[str], kind: str, name: str) -> HttpResponse:
    """A file that is sent while it is made."""
    content = _in_turn(pieces) if isinstance(request, ASGIRequest) else pieces
    response = cast(HttpResponse, StreamingHttpResponse(content, content_type=kind))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return kept_private(response)


async def _in_turn(pieces: Iterator[str]) -> AsyncIterator[str]:
    """Piece after piece from the request's own thread; Django would make a list of them all first."""
    while piece := await sync_to_async(_next)(pieces):
        yield piece


def _next(pieces: Iterator[str]) -> str:
    return next(pieces, "")  # no piece is empty


@require_http_methods(["GET", "POST"])
@staff
def bring_in(request: RingRequest) -> HttpResponse:
    """Staff bring in a ring that was taken along elsewhere."""
    form = RingFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        # a byte too many is enough to see that it is too large
        data = form.cleaned_data["file"].read(shape.AT_MOST + 1)
        try:
            actions.bring_in(request.user, data)
        except NotOurs as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("past_rings")
    if form.errors:
        return again(request, "rings/bring_in.html", {"form": form})
    return kept_private(render(request, "rings/bring_in.html", {"form": form}))
