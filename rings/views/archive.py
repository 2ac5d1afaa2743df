"""Past rings, for staff."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rings.access import RingRequest, staff
from rings.models import Ring
from rings.views.pages import kept_private


@require_GET
@staff
def past_rings(request: RingRequest) -> HttpResponse:
    """Past rings, newest first, each with its numbers."""
    rings = Ring.objects.real().past().with_counts().order_by("-ended_at", "-created_at")
    page = Paginator(rings, 50).get_page(request.GET.get("page"))
    return kept_private(render(request, "rings/past_rings.html", {"page": page}))
