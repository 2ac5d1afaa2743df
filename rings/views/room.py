"""The desk's acts for the room: quiet, a tender moment, a card on the stage, the facilitator's own ask."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from rings import actions
from rings.access import RingRequest, facilitator
from rings.forms import whole
from rings.views.pages import by, done


@require_POST
@facilitator
def spoke(request: RingRequest) -> HttpResponse:
    """Somebody spoke, or hands go to the phones."""
    believing = whole(request.POST.get("believing", ""))
    actions.spoke(request.ring, by(request, request.user), believing=believing)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def tender(request: RingRequest, ask_pk: int) -> HttpResponse:
    """Hide the words of an ask from stage and phones, or show them again."""
    ask = get_object_or_404(request.ring.asks, pk=ask_pk)
    hidden, paused = request.POST.get("to") == "hide", request.POST.get("paused") == "yes"
    act = by(request, request.user)
    actions.tender(request.ring, act, ask=ask, hidden=hidden, paused=paused and hidden)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def card(request: RingRequest) -> HttpResponse:
    """Put a research card, or one's own ask as the example, on the stage, or take it off."""
    actions.show_card(request.ring, by(request, request.user), card=request.POST.get("to", ""))
    return done(request, "desk", request.ring.pk)


OWN = {"seat": actions.host_seat, "done": actions.count_done}


@require_POST
@facilitator
def own(request: RingRequest, command: str) -> HttpResponse:
    """The facilitator's own place in the ring, and whether their ask counts as their turn."""
    OWN[command](request.ring, by(request, request.user))
    return done(request, "desk", request.ring.pk)
