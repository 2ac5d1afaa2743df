"""The desk's acts on people: who comes in, who has no phone, and what is written for them."""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rings import access, actions
from rings.access import RingRequest, facilitator
from rings.actions import NameTaken
from rings.forms import AskForm, NameForm, whole
from rings.models import Event
from rings.phases import NotNow, Seat
from rings.views.pages import again, by, done, kept_private


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
    ask = person.asks.get(round=request.ring.round)
    if not (person.proxy or ask.scribed or ask.is_shown or not ask.text):
        raise NotNow(
            _(
                "{name} has written an ask on their own phone. It is theirs alone until its turn."
            ).format(name=person.name)
        )
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


PUT_OUT: dict[str, Callable[..., Event]] = {
    "remove": actions.remove,
    "block": actions.block,
    "let-in": actions.let_in,
}


@require_POST
@facilitator
def put_out(request: RingRequest, seat_pk: int, command: str) -> HttpResponse:
    """Remove or block somebody, or let them in again."""
    person = get_object_or_404(request.ring.participants, pk=seat_pk)
    PUT_OUT[command](request.ring, by(request, request.user), participant=person)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def lock(request: RingRequest) -> HttpResponse:
    """Lock the door or open it."""
    locked = request.POST.get("to") == "locked"
    actions.lock(request.ring, by(request, request.user), locked=locked)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def admit_all(request: RingRequest) -> HttpResponse:
    """Let everybody new in at once."""
    actions.admit_all(request.ring, by(request, request.user))
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def rename(request: RingRequest, seat_pk: int) -> HttpResponse:
    """Put a name right; a name that is taken comes back with a sentence."""
    person = get_object_or_404(request.ring.participants, pk=seat_pk)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            act, name = by(request, request.user), form.cleaned_data["name"]
            actions.rename(request.ring, act, participant=person, name=name)
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            return done(request, "desk", request.ring.pk)
    context = {
        "ring": request.ring,
        "person": person,
        "name": form["name"].value() or "",
        "error": form.errors["name"][0],
        "part": "rename_form",
    }
    template = "rings/parts/rename_form.html" if request.htmx else "rings/desk_form.html"
    return again(request, template, context)


@require_http_methods(["GET", "POST"])
@facilitator
def pin(request: RingRequest, seat_pk: int) -> HttpResponse:
    """A card to print: code, QR and a PIN that is shown in this answer alone."""
    person = get_object_or_404(request.ring.participants, pk=seat_pk)
    context = {"ring": request.ring, "person": person, "op": uuid4().hex}
    if request.method == "POST":
        act = by(request, request.user)
        made = access.new_pin(request.ring, act.op)
        hashed = access.pin_hash(request.ring, made)
        actions.give_pin(request.ring, act, participant=person, pin_hash=hashed)
        link = f"{settings.ORIGIN}/pin/?code={request.ring.code}"
        context |= {"pin": f"{made[:3]} {made[3:]}", "link": link}
        context["site"] = urlsplit(settings.ORIGIN).netloc
    return kept_private(render(request, "rings/seat_pin.html", context))


@require_http_methods(["GET", "POST"])
@facilitator
def merge(request: RingRequest, seat_pk: int) -> HttpResponse:
    """Bring two seats of one person together; the one of this page stays."""
    person = get_object_or_404(request.ring.participants, pk=seat_pk)
    seats = (Seat.JOINED, Seat.LEFT, Seat.REMOVED)
    others = request.ring.participants.filter(seat__in=seats).exclude(pk=person.pk)
    context = {"ring": request.ring, "person": person, "others": others, "op": uuid4().hex}
    if request.method == "POST":
        other = others.filter(pk=whole(request.POST.get("other", "")) or 0).first()
        try:
            if other is None:
                raise NotNow(_("Choose the other seat of the same person."))
            act = by(request, request.user)
            actions.merge(request.ring, act, participant=person, other=other)
        except NotNow as refusal:
            return again(request, "rings/seat_merge.html", {**context, "problem": str(refusal)})
        return done(request, "desk", request.ring.pk)
    return kept_private(render(request, "rings/seat_merge.html", context))
