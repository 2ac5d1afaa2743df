"""Before a ring: the facilitator's rings, and a new one with its plan."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rings import actions
from rings.access import RingRequest, facilitator, signed_in
from rings.actions import By
from rings.forms import whole
from rings.ics import calendar
from rings.models import Circle, Ring, RingTemplate
from rings.phases import Keeping, NotNow, Phase
from rings.plan_form import RingForm
from rings.plans import PRESETS, Plan
from rings.team import awaiting
from rings.views.pages import by, calendar_file, kept_private


@require_GET
@signed_in
def my_rings(request: RingRequest) -> HttpResponse:
    """The facilitator's rings: those to come and live ones first, then the past ones."""
    owned = Ring.objects.owned_by(request.user)
    mine = Ring.objects.led_by(request.user.pk).real().with_counts().select_related("circle")
    context = {
        "open": mine.open(),
        "past": mine.past()[:50],
        "rehearsal": owned.filter(practice=True).first(),
        "awaiting": awaiting(request.user),
    }
    return kept_private(render(request, "rings/my_rings.html", context))


# Buttons of the form that do not open a ring.
ASIDE = ("preset", "template", "forget")


@require_http_methods(["GET", "POST"])
@signed_in
def new_ring(request: RingRequest) -> HttpResponse:
    """Plan a ring: a preset or a template fills the minutes, the meter says when it ends."""
    said = ""
    if request.method == "POST" and not any(name in request.POST for name in ASIDE):
        form = RingForm(request.POST)
        if "keep" in request.POST:
            said = _keep(request, form)
        elif form.is_valid():
            plan = form.plan() | {"language": get_language()}
            plan["circle"] = actions.circle_of(request.user, plan["circle"])
            if "later" in request.POST:
                plan["phase"] = Phase.DRAFT
            ring = actions.open_ring(request.user, by(request, request.user).op, **plan)
            first = _last(request)
            if first and plan["circle"] and first.circle_id is None:
                actions.into_circle(first, By(request.user), circle=plan["circle"])
            return redirect("desk", ring.pk)
    else:
        if request.method == "POST" and "forget" in request.POST:
            actions.forget_plan(request.user, pk=whole(request.POST["forget"]) or 0)
        form = RingForm(initial=_start(request, request.POST or request.GET))
    context = {
        "form": form,
        "presets": PRESETS,
        "kept": RingTemplate.objects.filter(user=request.user),
        "circles": Circle.objects.filter(owner=request.user),
        "said": said,
        "plan": _plan(form.data or form.initial),
        "op": uuid4().hex,
        "last": _last(request),
        "rehearsal": Ring.objects.owned_by(request.user).filter(practice=True).first(),
    }
    status = 422 if form.errors else 200
    return kept_private(render(request, "rings/new_ring.html", context, status=status))


def _last(request: RingRequest) -> Ring | None:
    """The past ring of mine that the one being planned follows."""
    asked = request.POST.get("after") or request.GET.get("like", "")
    return Ring.objects.owned_by(request.user).real().past().filter(pk=whole(asked) or 0).first()


def _keep(request: RingRequest, form: RingForm) -> str:
    """Keep the plan as typed under its name; what was done, in words, or errors in the form.

    A template needs neither a title nor a host nor a day: what is wrong with those can wait.
    """
    form.is_valid()
    name = form.cleaned_data.get("plan_name", "")
    for other in ("title", "host", "starts_at"):
        form.errors.pop(other, None)
    if not name and "plan_name" not in form.errors:
        form.add_error("plan_name", _("Give it a name, so that you find it again."))
    if form.errors:
        return ""
    try:
        actions.keep_plan(request.user, name=name, plan=form.shape())
    except NotNow as refusal:
        form.add_error("plan_name", str(refusal))
        return ""
    return _("Kept as {name}.").format(name=name)


def _start(request: RingRequest, so_far: QueryDict) -> dict[str, Any]:
    """What a new ring's form starts from: what was typed, a preset, a template, or a ring to repeat."""
    mine = Ring.objects.owned_by(request.user).real()
    like = mine.filter(pk=whole(so_far.get("like", "")) or 0).first()
    if like:
        return RingForm.like(like)
    last = mine.first()
    host = so_far.get("host") or (last.host if last else request.user.get_full_name())
    names = ("title", "starts_at", "scope", "circle_name", "keep_days")
    typed: dict[str, Any] = {name: so_far.get(name, "") for name in names}
    typed["keep_days"] = typed["keep_days"] or Keeping.THREE_MONTHS
    typed["scope"] = typed["scope"] or "both"
    if "forget" in so_far:  # everything else stays as it was typed
        return {**PRESETS["classic"].as_form(), **typed, **so_far.dict(), "host": host}
    return {**typed, "host": host, **_shape(request, so_far)}


def _shape(request: RingRequest, so_far: QueryDict) -> dict[str, Any]:
    kept = RingTemplate.objects.filter(user=request.user, pk=whole(so_far.get("template", "")) or 0)
    template = kept.first()
    shape = PRESETS.get(so_far.get("preset", ""), PRESETS["classic"]).as_form()
    return {**shape, **template.plan} if template else shape


def _plan(data: Any) -> Plan:
    return Plan.typed(data, timezone.localtime())


@require_GET
@signed_in
def plan(request: RingRequest) -> HttpResponse:
    """The plan meter, as one types."""
    return render(request, "rings/parts/plan_meter.html", {"plan": _plan(request.GET)})


@require_GET
@facilitator
def ics(request: RingRequest) -> HttpResponse:
    """The ring's day as a calendar file, with the link by which people come in."""
    ring = request.ring
    ends = ring.plan_end(0)
    if ring.starts_at is None or ends is None:
        raise Http404("This ring has no day yet.")
    file = calendar(
        uid=f"ring-{ring.invite}@{settings.ORIGIN.partition('://')[2]}",
        written=ring.created_at,
        sequence=ring.version,
        begins=ring.starts_at,
        ends=ends,
        title=ring.title,
        text=_("Come in by {link}\nYou can write your ask before the day.").format(
            link=ring.join_link
        ),
        link=ring.join_link,
    )
    return calendar_file(file, "ring.ics")
