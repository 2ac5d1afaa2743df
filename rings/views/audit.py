"""The access log: who did what, when and on which ring."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rings.access import RingRequest, reviewer, signed_in
from rings.forms import whole
from rings.models import Event, Ring
from rings.past import audit
from rings.views.pages import kept_private


@require_GET
@signed_in
def all_events(request: RingRequest) -> HttpResponse:
    """What was done: in all rings for staff, for facilitators in those they lead."""
    return _page(request, audit.events_for(request.user), None)


@require_GET
@reviewer
def ring_events(request: RingRequest) -> HttpResponse:
    """What was done in one ring that is over."""
    return _page(request, Event.objects.filter(ring=request.ring), request.ring)


def _page(request: RingRequest, events: Any, ring: Ring | None) -> HttpResponse:
    filters = audit.Filters(request.GET)
    if ring:
        del filters.fields["ring"]
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        "filters": filters,
        "page": audit.page(filters.events(events), whole(request.GET.get("before", ""))),
        "address": asked.urlencode(),
        "ring": ring,
        "later": "before" in request.GET,
    }
    return kept_private(render(request, "rings/audit.html", context))
