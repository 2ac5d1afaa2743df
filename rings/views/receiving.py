"""The phone: answer the help that was offered to me."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rings import actions
from rings.access import RingRequest, participant
from rings.live import Audience
from rings.models import Event, Offer
from rings.phases import OfferStatus
from rings.views.pages import by, done, live_page

ANSWERS: dict[str, Callable[..., Event]] = {
    "accept": partial(actions.accept, needed=True),
    "not-needed": partial(actions.accept, needed=False),
    "thank": actions.thank,
    "most-useful": actions.most_useful,
}

SAYS = {
    "accept": (_("Yes, please"), _("You will hear from each other after the ring.")),
    "most-useful": (_("The most useful thing I heard"), _("It can be another one later.")),
    "thank": (_("Thank you"), ""),
    "not-needed": (_("Not needed, thank you"), _("It was kind to offer.")),
}


def _to_me(request: RingRequest, pk: int) -> Offer:
    offers = request.me.help.exclude(status=OfferStatus.WITHDRAWN)
    return get_object_or_404(offers.select_related("helper", "ask"), pk=pk)


@require_GET
@participant
def help_page(request: RingRequest, pk: int) -> HttpResponse:
    """One offer to me, and what I can answer."""
    offer = _to_me(request, pk)
    return live_page(
        request,
        Audience.PHONE,
        request.me,
        template="rings/help.html",
        offer=offer,
        answers=[(command, *words) for command, words in SAYS.items()],
    )


@require_POST
@participant
def answer(request: RingRequest, pk: int, command: str) -> HttpResponse:
    """Say one thing to an offer."""
    ANSWERS[command](request.ring, by(request, request.me), offer=_to_me(request, pk))
    return done(request, "ring", request.ring.code, leave=True)
