"""Across past rings: what they say together."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rings.access import RingRequest, signed_in
from rings.past import across
from rings.past.archive import Filters
from rings.past.figures import FIGURES
from rings.views.archive import address
from rings.views.pages import kept_private


@require_GET
@signed_in
def numbers(request: RingRequest) -> HttpResponse:
    """Every number with its n over the rings of the address, by month, circle or facilitator."""
    filters = Filters(request.user, request.GET)
    asked = request.GET.get("by", "month")
    by = asked if asked in across.GROUPINGS else "month"
    whole, groups = across.summaries(filters.rings(), by, timezone.now())
    context = {
        "filters": filters,
        "circle": filters.chosen().get("circle"),
        "address": address(request, "by"),
        "by": by,
        "whole": whole,
        "groups": groups,
        "figures": [
            (figure, figure.says(whole), figure.plot(groups), figure.cells(groups))
            for figure in FIGURES
        ],
    }
    return kept_private(render(request, "rings/across.html", context))
