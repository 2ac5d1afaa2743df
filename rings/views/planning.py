"""Before a ring: the facilitator's rings, and a new one with its plan."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rings import actions
from rings.access import RingRequest, signed_in
from rings.forms import RingForm
from rings.models import Ring
from rings.plans import PRESETS, Plan
from rings.team import awaiting
from rings.views.pages import by, kept_private


@require_GET
@signed_in
def my_rings(request: RingRequest) -> HttpResponse:
    """The facilitator's rings: those to come and live ones first, then the past ones."""
    mine = Ring.objects.led_by(request.user.pk).with_counts()
    context = {"open": mine.open(), "past": mine.past()[:50], "awaiting": awaiting(request.user)}
    return kept_private(render(request, "rings/my_rings.html", context))


@require_http_methods(["GET", "POST"])
@signed_in
def new_ring(request: RingRequest) -> HttpResponse:
    """Plan a ring: a preset fills the minutes, the meter says when it ends."""
    if request.method == "POST" and "preset" not in request.POST:
        form = RingForm(request.POST)
        if form.is_valid():
            ring = actions.open_ring(request.user, by(request, request.user).op, **form.plan())
            return redirect("desk", ring.pk)
    else:
        form = RingForm(initial=_start(request, request.POST or request.GET))
    context = {
        "form": form,
        "presets": PRESETS,
        "plan": _plan(form.data or form.initial),
        "op": uuid4().hex,
    }
    response = render(request, "rings/new_ring.html", context, status=422 if form.errors else 200)
    return kept_private(response)


def _start(request: RingRequest, so_far: QueryDict) -> dict[str, Any]:
    """What a new ring's form starts from: what was typed so far, a chosen preset, the last ring's host."""
    chosen = PRESETS.get(so_far.get("preset", ""), PRESETS["classic"])
    last = Ring.objects.owned_by(request.user).first()
    host = so_far.get("host") or (last.host if last else request.user.get_full_name())
    typed = {name: so_far.get(name, "") for name in ("title", "starts_at", "scope")}
    typed["scope"] = typed["scope"] or "both"
    return {**typed, "host": host, **chosen.as_form()}


def _plan(data: Any) -> Plan:
    return Plan.typed(data, timezone.localtime())


@require_GET
@signed_in
def plan(request: RingRequest) -> HttpResponse:
    """The plan meter, as one types."""
    return render(request, "rings/parts/plan_meter.html", {"plan": _plan(request.GET)})
