"""Past rings, found and understood: the archive, one ring's review, and what is kept of it."""

from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rings import actions, drawings, insights
from rings.access import RingRequest, owner, reviewer, signed_in
from rings.forms import ReasonForm, whole
from rings.models import Participant, Ring
from rings.past import across, course, reading
from rings.past.archive import Filters
from rings.past.figures import trends
from rings.phases import AskKind, Keeping, OfferKind, OfferStatus
from rings.picture import Picture
from rings.views.forgetting import may_erase
from rings.views.pages import again, by, kept_private

A_PAGE = 25  # rings
PAUSES = ("pause", "take_break", "tender", "move", "next_turn", "defer", "skip", "call", "back")


@require_GET
@signed_in
def past_rings(request: RingRequest) -> HttpResponse:
    """Past rings by the filters of the address: all for staff, for facilitators those they led."""
    filters = Filters(request.user, request.GET)
    # ids first: what a database must skip or sort is then numbers, and not rows
    page = Paginator(filters.rings().values_list("pk", flat=True), A_PAGE).get_page(
        request.GET.get("page")
    )
    shown = Ring.objects.reviewed_by(request.user).in_bulk(list(page.object_list))
    year, last = across.latest_year(filters.rings())
    whole, months = across.summaries(year, "month", timezone.now())
    context = {
        "filters": filters,
        "page": page,
        "rings": [shown[pk] for pk in page.object_list if pk in shown],
        "address": address(request, "page"),
        "trends": trends(whole, months) if months else [],
        "last": last,
    }
    return kept_private(render(request, "rings/past_rings.html", context))


def address(request: RingRequest, without: str) -> str:
    """What was asked for without one part: links to other pages, numbers and files begin with it."""
    asked = request.GET.copy()
    asked.pop(without, None)
    return asked.urlencode()


@require_GET
@reviewer
def review(request: RingRequest) -> HttpResponse:
    """One ring as it was: its map, numbers and course; words where they may be read."""
    return _review(request, ReasonForm())


def _review(request: RingRequest, form: ReasonForm) -> HttpResponse:
    ring = request.ring
    picture = reading.readable(Picture.of(ring.pk), words=request.words)
    followed = picture.seat_of.get(whole(request.GET.get("person", "")) or 0)
    shared = [offer for offer in picture.offers if not offer.private]
    tally = getattr(ring, "tally", None)
    mine = ring.facilitator_id == request.user.pk
    led = mine or not request.user.is_staff  # who else may look back has led it too
    context = {
        "ring": ring,
        "picture": picture,
        "tally": tally,
        "words": request.words,
        "mine": mine,
        "drawing": drawings.review_map(picture, followed),
        "followed": followed,
        "may_erase": may_erase(request),
        "shared": [o for o in shared if _is_of(followed, o.helper, o.asker)],
        "all": len(shared),
        "unnamed": len(picture.offers) - len(shared),
        "asks": [(ask, len(picture.offers_on(ask))) for ask in insights.asked(picture)],
        "silent": tally.offers - tally.answered if tally else 0,
        "ways": _ways(picture),
        "since": insights.afterwards(picture) if led and not ring.erased_at else None,
        "course": course.of(picture, ring.events.filter(kind__in=PAUSES).order_by("version")),
        "accesses": ring.accesses.select_related("user")[:20],
        "keeping": [each for each in Keeping if each < ring.keep_days],
        "form": form,
        "op": uuid4().hex,
    }
    if form.errors:
        return again(request, "rings/review.html", context)
    return kept_private(render(request, "rings/review.html", context))


def _is_of(followed: Participant | None, *people: Participant) -> bool:
    return followed is None or followed in people


def _ways(picture: Picture) -> list[dict[str, Any]]:
    """What helped in which way: each kind of offer, on which kinds of ask, and how many were kept."""
    rows = []
    for kind in OfferKind:
        offers = [offer for offer in picture.offers if offer.kind == kind]
        if offers:
            rows.append(
                {
                    "kind": kind,
                    "offers": len(offers),
                    "asks": len({offer.ask_id for offer in offers}),
                    "personal": sum(o.ask.kind == AskKind.PERSONAL for o in offers),
                    "professional": sum(o.ask.kind == AskKind.PROFESSIONAL for o in offers),
                    "kept": sum(offer.status == OfferStatus.KEPT for offer in offers),
                }
            )
    return rows


@require_POST
@reviewer
def open_words(request: RingRequest) -> HttpResponse:
    """Somebody of the staff says why they need names and words, which are open to them for an hour."""
    if request.words or not request.user.is_staff:
        return redirect("review", request.ring.pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _review(request, form)
    reason = form.cleaned_data["reason"]
    act = by(request, request.user)
    actions.open_words(request.ring, act, user=request.user, reason=reason)
    return redirect("review", request.ring.pk)


@require_POST
@owner
def keep_for(request: RingRequest) -> HttpResponse:
    """The owner has names and words kept for a shorter time."""
    days = whole(request.POST.get("days", ""))
    if days is None:
        raise Http404
    actions.keep_for(request.ring, by(request, request.user), days=days)
    return redirect("review", request.ring.pk)


@require_http_methods(["GET", "POST"])
@owner
def erase_ring(request: RingRequest) -> HttpResponse:
    """The owner erases a ring that is over; asked once, since it cannot be taken back."""
    if request.method == "POST":
        actions.erase_ring(request.ring, by(request, request.user))
        return redirect("past_rings")
    if not request.ring.is_over or not request.ring.host:
        raise Http404
    context = {"ring": request.ring, "op": uuid4().hex}
    return kept_private(render(request, "rings/erase_ring.html", context))
