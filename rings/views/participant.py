"""The phone: come in, offer help, and take it back."""

from itertools import count
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rings import access, actions, circles
from rings.access import RingRequest, participant, public
from rings.actions import NameTaken
from rings.forms import NAME_LENGTH, NameForm, OfferForm
from rings.live import Audience
from rings.models import Participant, Ring, name_key
from rings.phases import Seat
from rings.views.comings import come_again_as, out_page
from rings.views.home import NO_RING, find_ring
from rings.views.pages import again, by, done, kept_private, live_page, live_poll


@require_GET
@public
def ring(request: RingRequest, code: str) -> HttpResponse:
    """The ring on a phone: one's place in it, the door, or the field for a name."""
    known = None
    if access.holds_a_seat(request.COOKIES):  # a stranger's guess is not looked up twice
        known = Ring.objects.filter(code=access.plain_code(code) or "-").first()
    me = access.seat_in(request.COOKIES, known) if known else None
    if known and me:
        request.ring, request.me = known, me
        if me.seat == Seat.WAITING:
            return kept_private(render(request, "rings/door.html", {"ring": known, "me": me}))
        if me.seat != Seat.JOINED:
            return out_page(request, known, me)
        return live_page(request, Audience.PHONE, me)
    found, problem = find_ring(request, code)
    if found is None:
        return kept_private(render(request, "rings/no_ring.html", {"problem": problem}, status=404))
    return _join_page(request, found, _named(request, found))


@require_GET
@public
def invited(request: RingRequest, invite: str) -> HttpResponse:
    """The QR’s link: 128 bits, so no guess. Who is new sees the field for a name at once."""
    found = get_object_or_404(Ring, invite=invite)
    if access.seat_in(request.COOKIES, found):
        return redirect("ring", found.code)
    if found.is_over:
        return kept_private(render(request, "rings/no_ring.html", {"problem": NO_RING}, status=404))
    return _join_page(request, found, _named(request, found))


def _named(request: RingRequest, ring: Ring) -> NameForm:
    """The field for a name, with the one that this device had last time."""
    before = _before(request, ring)
    return NameForm(initial={"name": before.name} if before else None)


def _join_page(request: RingRequest, ring: Ring, form: NameForm, **context: object) -> HttpResponse:
    people = ring.participants.joined().count()
    status = 422 if form.errors else 200
    context = {"ring": ring, "form": form, "people": people, "op": uuid4().hex, **context}
    return kept_private(render(request, "rings/join.html", context, status=status))


@require_POST
@public
def join(request: RingRequest, code: str) -> HttpResponse:
    """Take a seat under a name. The same device keeps the same seat."""
    found, problem = find_ring(request, code)
    if found is None:
        return kept_private(render(request, "rings/no_ring.html", {"problem": problem}, status=404))
    if me := access.seat_in(request.COOKIES, found):
        come_again_as(request, found, me)
        return redirect("ring", found.code)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _join_page(request, found, form)
    act = by(request, None)
    key = access.seat_key(found, act.op)
    name = form.cleaned_data["name"]
    before = _before(request, found)
    try:
        actions.join(
            found,
            act,
            name=name,
            key_hash=access.key_hash(key),
            before=before.pk if before else None,
        )
    except NameTaken as taken:
        form.add_error("name", str(taken))
        return _join_page(request, found, form, holder=taken.holder, free=_free_name(found, name))
    response = redirect("ring", found.code)
    access.give_seat(response, found, key)
    return response


def _before(request: RingRequest, ring: Ring) -> Participant | None:
    """Whom this device was in the last ring of the circle."""
    last = circles.last_of(ring)
    me = access.seat_in(request.COOKIES, last) if last else None
    return me if me and me.seat == Seat.JOINED and not me.erased else None


def _free_name(ring: Ring, name: str) -> str:
    """The first of "Ana 2", "Ana 3" ... that nobody has; a very long name is cut for it."""
    taken = set(ring.participants.values_list("name_key", flat=True))
    names = (f"{name[: NAME_LENGTH - 4]} {number}" for number in count(2))
    return next(free for free in names if name_key(free) not in taken)


@require_POST
@public
def claim(request: RingRequest, code: str, pk: int) -> HttpResponse:
    """ "That's me": wait at the door until the facilitator says yes."""
    found, problem = find_ring(request, code)
    if found is None:
        return kept_private(render(request, "rings/no_ring.html", {"problem": problem}, status=404))
    if access.seat_in(request.COOKIES, found):
        return redirect("ring", found.code)
    can = found.participants.exclude(seat__in=(Seat.WAITING, Seat.BLOCKED))
    held = get_object_or_404(can, pk=pk)
    act = by(request, None)
    key = access.seat_key(found, act.op)
    actions.claim(found, act, participant=held, key_hash=access.key_hash(key))
    response = redirect("ring", found.code)
    access.give_seat(response, found, key)
    return response


@require_GET
@participant
def screen(request: RingRequest) -> HttpResponse:
    """The phone's fragments, for a page whose socket is blocked."""
    return live_poll(request, Audience.PHONE, request.me)


@require_http_methods(["GET", "POST"])
@participant
def offer(request: RingRequest, pk: int) -> HttpResponse:
    """The tray for one ask: offer help, or reword what I offered."""
    ask = get_object_or_404(request.ring.asks.select_related("participant"), pk=pk)
    if not ask.is_shown:  # for the others it does not exist yet
        raise Http404
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.offer(
            request.ring, by(request, request.me), ask=ask, helper=request.me, **form.cleaned_data
        )
        return done(request, "ring", request.ring.code, leave="stay" not in request.POST)
    mine = request.me.offers.filter(ask=ask).exclude(status="withdrawn").first()
    if mine and not form.is_bound:
        form = OfferForm.of(mine)
    shown = ask if ask.participant_id == request.me.pk else ask.veiled()
    tray = {"form": form, "ask": shown, "mine": mine}
    if request.htmx:
        return again(request, "rings/parts/tray.html", {**tray, "ring": request.ring})
    page = live_page(request, Audience.PHONE, request.me, template="rings/offer.html", **tray)
    page.status_code = 422 if form.errors else 200
    return page


@require_POST
@participant
def withdraw(request: RingRequest, pk: int) -> HttpResponse:
    """Take a fresh offer of mine back."""
    mine = get_object_or_404(request.me.offers, pk=pk)
    actions.withdraw(request.ring, by(request, request.me), offer=mine)
    return done(request, "ring", request.ring.code)
