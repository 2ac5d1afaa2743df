"""The phone, afterwards: what came of what I promised, and of what I asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rings import actions
from rings.access import RingRequest, participant
from rings.forms import KeptForm, StillForm
from rings.ics import calendar
from rings.live import Audience
from rings.models import Event, Offer
from rings.phases import OfferStatus
from rings.views.pages import by, calendar_file, done, live_page

HISTORY: dict[str, str | Promise] = {  # events of an offer, as its two people read them
    "offer": pgettext_lazy("an offer", "pledged"),
    "accept": _("answered"),
    "most_useful": _("the most useful thing heard"),
    "start_with": _("chosen to start with"),
    "still_coming": _("still coming"),
    "keep": pgettext_lazy("an offer", "kept"),
    "release": pgettext_lazy("an offer", "let go"),
    "unsay": _("taken back"),
    "thank": _("thanked"),
}

DAYS: dict[str, Callable[..., Event]] = {  # what can be said with a day
    "first": actions.start_with,
    "still": actions.still_coming,
}


def _mine(request: RingRequest, pk: int) -> Offer:
    offers = request.me.offers.exclude(status=OfferStatus.WITHDRAWN)
    return get_object_or_404(offers.select_related("asker", "ask__participant"), pk=pk)


@require_GET
@participant
def promise(request: RingRequest, pk: int) -> HttpResponse:
    """One promise of mine: what it is for, what can be said of it, and how it went so far."""
    return _page(request, _mine(request, pk))


def _page(request: RingRequest, offer: Offer, **forms: Any) -> HttpResponse:
    events = request.ring.events.filter(kind__in=HISTORY, refs__offer=offer.pk, undone=False)
    context = {
        "offer": offer,
        "ask": offer.ask.veiled(),
        "kept": KeptForm.of(offer),
        "still": StillForm(auto_id="still_%s"),
        "first": StillForm(auto_id="first_%s", initial={"due": offer.due}),
        "history": [(event.at, HISTORY[event.kind]) for event in events.order_by("version")],
        **forms,
    }
    page = live_page(request, Audience.PHONE, request.me, template="rings/promise.html", **context)
    page.status_code = 422 if forms else 200
    return page


@require_GET
@participant
def ics(request: RingRequest, pk: int) -> HttpResponse:
    """The day I named for a promise, as a calendar file."""
    offer = _mine(request, pk)
    if offer.due is None:
        raise Http404("This promise has no day.")
    site = settings.ORIGIN.partition("://")[2]
    file = calendar(
        uid=f"promise-{request.ring.pk}-{offer.pk}@{site}",
        written=offer.still_at or offer.created_at,
        sequence=request.ring.version,
        begins=offer.due,
        ends=offer.due + timedelta(days=1),
        title=gettext("What I offered {name}").format(name=offer.asker.name),
        text=offer.note or offer.kind_name,
        link=f"{settings.ORIGIN}/r/{request.ring.code}/promise/{offer.pk}/",
    )
    return calendar_file(file, "promise.ics")


@require_POST
@participant
def say(request: RingRequest, pk: int, command: str) -> HttpResponse:
    """Say one thing of a promise of mine: to start with, kept, still coming, let go, or as before."""
    offer, act = _mine(request, pk), by(request, request.me)
    if command == "kept":
        kept = KeptForm(request.POST)
        if not kept.is_valid():
            return _page(request, offer, kept=kept)
        actions.keep(request.ring, act, offer=offer, **kept.cleaned_data)
    elif command in DAYS:
        day = StillForm(request.POST, auto_id=f"{command}_%s")
        if not day.is_valid():
            return _page(request, offer, **{command: day})
        DAYS[command](request.ring, act, offer=offer, due=day.cleaned_data["due"])
    elif command == "let-go":
        actions.release(request.ring, act, offer=offer)
    else:
        actions.unsay(request.ring, act, offer=offer)
    return done(request, "ring", request.ring.code)


@require_POST
@participant
def outcome(request: RingRequest, pk: int) -> HttpResponse:
    """Say what came of an ask of mine."""
    mine = get_object_or_404(request.me.asks, pk=pk)
    if not mine.is_shown:
        raise Http404
    act = by(request, request.me)
    actions.outcome(request.ring, act, ask=mine, status=request.POST.get("to", ""))
    return done(request, "ring", request.ring.code)
