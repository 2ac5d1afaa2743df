"""The phone: answer the help that was offered to me."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rings import actions
from rings.access import RingRequest, participant
from rings.forms import ThanksForm
from rings.live import Audience
from rings.models import Event, Offer
from rings.phases import AFTERWARDS, SETTLED, OfferStatus
from rings.views.pages import by, done, live_page

ANSWERS: dict[str, Callable[..., Event]] = {
    "accept": partial(actions.accept, needed=True),
    "not-needed": partial(actions.accept, needed=False),
    "thank": actions.thank,
    "most-useful": actions.most_useful,
    "kept": actions.keep,
    "unsay": actions.unsay,
}

SAYS = {
    "accept": (_("Yes, please"), _("You will hear from each other after the ring.")),
    "most-useful": (_("The most useful thing I heard"), _("It can be another one later.")),
    "kept": (_("It happened"), _("Then it counts as kept.")),
    "unsay": (_("Not yet, after all"), _("It is open again.")),
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
    return _page(request, offer, ThanksForm.of(offer))


def _sayable(request: RingRequest, offer: Offer) -> list[str]:
    """What can be said to this offer as it stands; thanks have a form of their own."""
    if offer.status in SETTLED:
        return ["most-useful", *(["unsay"] if offer.status == OfferStatus.KEPT else [])]
    happened = ["kept"] if request.ring.phase in AFTERWARDS else []
    return ["accept", "most-useful", *happened, "not-needed"]


def _page(request: RingRequest, offer: Offer, form: ThanksForm) -> HttpResponse:
    page = live_page(
        request,
        Audience.PHONE,
        request.me,
        template="rings/help.html",
        offer=offer,
        form=form,
        answers=[(command, *SAYS[command]) for command in _sayable(request, offer)],
    )
    page.status_code = 422 if form.errors else 200
    return page


@require_POST
@participant
def answer(request: RingRequest, pk: int, command: str) -> HttpResponse:
    """Say one thing to an offer; thanks may have words."""
    offer, words = _to_me(request, pk), {}
    if command == "thank":
        form = ThanksForm(request.POST)
        if not form.is_valid():
            return _page(request, offer, form)
        words = form.cleaned_data if "thanks" in request.POST else {}
    ANSWERS[command](request.ring, by(request, request.me), offer=offer, **words)
    return done(request, "ring", request.ring.code, leave=True)
