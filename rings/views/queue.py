"""The queue as the desk orders it, the last act taken back, and a phone that is here again."""

from collections.abc import Callable
from functools import partial

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from rings import actions
from rings.access import RingRequest, facilitator, participant
from rings.forms import whole
from rings.models import Event
from rings.views.pages import by, done

# What a button of the queue says it does: with the ask and whom the desk saw on stage.
ON_ASK: dict[str, Callable[..., Event]] = {
    "absent": actions.absent,
    "call": actions.call,
    **{to: partial(actions.place, to=to) for to in ("first", "earlier", "later", "last")},
}


@require_POST
@facilitator
def queue(request: RingRequest, ask_pk: int) -> HttpResponse:
    """One act on somebody's turn; `act` says which, `believing` whom the page saw on stage."""
    ask = get_object_or_404(request.ring.asks.select_related("participant"), pk=ask_pk)
    ring, act, who = request.ring, request.POST.get("act", ""), by(request, request.user)
    believing = whole(request.POST.get("believing", ""))
    if act in ON_ASK:
        ON_ASK[act](ring, who, ask=ask, believing=believing)
    elif act == "before":
        before = whole(request.POST.get("before", "")) or 0
        before_ask = get_object_or_404(ring.asks, pk=before)
        actions.place(ring, who, ask=ask, to=act, before=before_ask, believing=believing)
    elif act == "return":
        actions.return_to_queue(ring, who, participant=ask.participant)
    elif act in ("observe", "turn"):
        observer = act == "observe"
        actions.observe(ring, who, participant=ask.participant, observer=observer)
    else:
        raise BadRequest("There is no such act.")
    return done(request, "desk", ring.pk)


ORDERS: dict[str, Callable[..., Event]] = {"shuffle": actions.shuffle, "rotate": actions.rotate}


@require_POST
@facilitator
def order(request: RingRequest, command: str) -> HttpResponse:
    """All who wait in another order: one of chance, or that of the last ring, turned."""
    believing = whole(request.POST.get("believing", ""))
    ORDERS[command](request.ring, by(request, request.user), believing=believing)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def undo(request: RingRequest) -> HttpResponse:
    """Take back the act of the version that the desk offered to take back."""
    believing = whole(request.POST.get("believing", "")) or 0
    actions.undo(request.ring, by(request, request.user), believing=believing)
    return done(request, "desk", request.ring.pk)


@require_POST
@participant
def here(request: RingRequest) -> HttpResponse:
    """I was called and away; I am back."""
    actions.return_to_queue(request.ring, by(request, request.me), participant=request.me)
    return done(request, "ring", request.ring.code)
