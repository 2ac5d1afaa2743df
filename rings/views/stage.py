"""The projector: read-only, by its secret link."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from rings.access import RingRequest
from rings.access import stage as stage_only
from rings.live import Audience
from rings.views.pages import live_page, live_poll


@require_GET
@stage_only
def stage(request: RingRequest) -> HttpResponse:
    return live_page(request, Audience.STAGE)


@require_GET
@stage_only
def screen(request: RingRequest) -> HttpResponse:
    """The stage's fragments, for a page whose socket is blocked."""
    return live_poll(request, Audience.STAGE)
