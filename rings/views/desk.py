"""The desk of a live ring: its page, moving on, and offers entered for others."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rings import actions
from rings.access import RingRequest, facilitator
from rings.forms import OfferForm, whole
from rings.live import Audience
from rings.models import Event
from rings.phases import Phase
from rings.views.pages import again, by, done, live_page, live_poll


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
    number = whole(request.POST.get("round", "")) or 0
    who = by(request, request.user)
    actions.move(request.ring, who, to=to, believing=believing, number=number)
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
        form.add_error(None, _("Choose who made the offer."))
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
