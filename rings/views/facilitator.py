"""The desk: the facilitator's rings, a new one, and every command of a live one."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rings import actions
from rings.access import RingRequest, facilitator, signed_in
from rings.actions import NameTaken
from rings.forms import AskForm, NameForm, OfferForm, RingForm, whole
from rings.live import Audience
from rings.models import Event, Ring
from rings.phases import Phase
from rings.plans import PRESETS, Plan
from rings.views.pages import again, by, done, kept_private, live_page, live_poll


@require_GET
@signed_in
def my_rings(request: RingRequest) -> HttpResponse:
    """The facilitator's rings: those to come and live ones first, then the past ones."""
    mine = Ring.objects.owned_by(request.user).with_counts()
    context = {"open": mine.open(), "past": mine.past()[:50]}
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


@require_GET
@facilitator
def desk(request: RingRequest) -> HttpResponse:
    return live_page(request, Audience.DESK)


@require_GET
@facilitator
def screen(request: RingRequest) -> HttpResponse:
    """The desk's fragments, for a page whose socket is blocked."""
    return live_poll(request, Audience.DESK)


@require_POST
@facilitator
def move(request: RingRequest) -> HttpResponse:
    """Go to another phase."""
    to, believing = request.POST.get("to", ""), request.POST.get("believing", "")
    if to not in Phase:
        raise BadRequest("There is no such phase.")
    actions.move(request.ring, by(request, request.user), to=to, believing=believing)
    return done(request, "desk", request.ring.pk)


TURN_COMMANDS: dict[str, Callable[..., Event]] = {
    "next": actions.next_turn,
    "back": actions.back,
    "defer": actions.defer,
    "skip": actions.skip,
}


@require_POST
@facilitator
def turn(request: RingRequest, command: str) -> HttpResponse:
    """Next, Back, Defer or Pass; the page says whom it believes to have the ring."""
    believing = whole(request.POST.get("believing", ""))
    TURN_COMMANDS[command](request.ring, by(request, request.user), believing=believing)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def pause(request: RingRequest) -> HttpResponse:
    actions.pause(
        request.ring, by(request, request.user), paused=request.POST.get("paused") == "yes"
    )
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def add_seat(request: RingRequest) -> HttpResponse:
    """A place for somebody without a phone."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.add_seat(
                request.ring, by(request, request.user), name=form.cleaned_data["name"]
            )
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            return done(request, "desk", request.ring.pk)
    template = "rings/parts/seat_form.html" if request.htmx else "rings/desk_form.html"
    return again(request, template, {"form": form, "ring": request.ring, "part": "seat_form"})


@require_POST
@facilitator
def admit(request: RingRequest, seat_pk: int, command: str) -> HttpResponse:
    """Let somebody in who waits at the door, or turn them away."""
    waiting = get_object_or_404(request.ring.participants, pk=seat_pk)
    act = {"admit": actions.admit, "turn-away": actions.turn_away}[command]
    act(request.ring, by(request, request.user), participant=waiting)
    return done(request, "desk", request.ring.pk)


@require_http_methods(["GET", "POST"])
@facilitator
def write_for(request: RingRequest, seat_pk: int) -> HttpResponse:
    """Write an ask for somebody without a phone, or reword one that is shown, at their wish.

    What somebody has written on their own phone is nobody else's to read before its turn.
    """
    person = get_object_or_404(request.ring.participants.joined(), pk=seat_pk)
    ask = person.asks.latest("round")
    if not (person.proxy or ask.is_shown or not ask.text):
        raise Http404
    form = AskForm(request.POST) if request.method == "POST" else AskForm.of(ask)
    if request.method == "POST" and form.is_valid():
        act = by(request, request.user)
        actions.write(request.ring, act, participant=person, **form.fields_for_write)
        return done(request, "desk", request.ring.pk, leave=True)
    context = {"form": form, "ask": ask, "ring": request.ring, "person": person}
    if request.htmx:
        return again(request, "rings/parts/write_form.html", context)
    status = 422 if form.errors else 200
    return kept_private(render(request, "rings/write_for.html", context, status=status))


@require_POST
@facilitator
def scribe(request: RingRequest, ask_pk: int) -> HttpResponse:
    """Enter an offer that somebody spoke, on one ask."""
    ask = get_object_or_404(request.ring.asks, pk=ask_pk)
    form = OfferForm(request.POST)
    helper = (
        request.ring.participants.joined()
        .filter(pk=whole(request.POST.get("helper", "")) or 0)
        .first()
    )
    if form.is_valid() and helper:
        actions.offer(
            request.ring,
            by(request, request.user),
            ask=ask,
            helper=helper,
            scribed=True,
            **form.cleaned_data,
        )
        return done(request, "desk", request.ring.pk)
    if helper is None:
        form.add_error(None, "Choose who made the offer.")
    people = request.ring.participants.joined().exclude(pk=ask.participant_id)
    context = {
        "form": form,
        "ring": request.ring,
        "ask": ask,
        "people": people,
        "part": "scribe_form",
    }
    template = "rings/parts/scribe_form.html" if request.htmx else "rings/desk_form.html"
    return again(request, template, context)


@require_POST
@facilitator
def withdraw_for(request: RingRequest, offer_pk: int) -> HttpResponse:
    """Take back an offer entered by mistake."""
    offer = get_object_or_404(request.ring.offers.filter(scribed=True), pk=offer_pk)
    actions.withdraw(request.ring, by(request, request.user), offer=offer)
    return done(request, "desk", request.ring.pk)
