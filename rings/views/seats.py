"""The desk's acts on people: who comes in, who has no phone, and what is written for them."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from rings import actions
from rings.access import RingRequest, facilitator
from rings.actions import NameTaken
from rings.forms import AskForm, NameForm
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
