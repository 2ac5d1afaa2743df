"""Going and coming again: leaving, the page of who is out, a knock, and a seat taken by its PIN."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rings import access, actions, limits
from rings.access import RingRequest, participant, public
from rings.actions import WrongPin
from rings.models import Participant, Ring
from rings.phases import GONE, JOINABLE, Seat
from rings.views.home import SLOW_DOWN
from rings.views.pages import by, done, kept_private


@require_POST
@participant
def leave(request: RingRequest) -> HttpResponse:
    """Leave the ring by oneself."""
    actions.leave(request.ring, by(request, request.me), participant=request.me)
    return done(request, "ring", request.ring.code, leave=True)


def out_page(request: RingRequest, ring: Ring, me: Participant) -> HttpResponse:
    """What a device sees whose seat has left or was put out. To who was put out there is nothing here."""
    context = {
        "ring": ring,
        "me": me,
        "op": uuid4().hex,
        "knock": me.seat == Seat.REMOVED and ring.phase in JOINABLE,
        "gone": ring.phase in GONE,
    }
    status = 200 if me.seat == Seat.LEFT else 404
    return kept_private(render(request, "rings/out.html", context, status=status))


@require_POST
@public
def come_again(request: RingRequest, code: str) -> HttpResponse:
    """The same device comes again: who left has the seat at once, who was removed knocks."""
    ring = get_object_or_404(Ring, code=access.plain_code(code) or "-")
    me = access.seat_in(request.COOKIES, ring)
    if me is None:
        raise Http404
    come_again_as(request, ring, me)
    return redirect("ring", ring.code)


def come_again_as(request: RingRequest, ring: Ring, me: Participant) -> None:
    limits.count_change(f"seat {me.pk}")
    if me.seat == Seat.LEFT:
        actions.rejoin(ring, by(request, None), participant=me)
    elif me.seat == Seat.REMOVED:
        actions.knock(ring, by(request, None), participant=me)


@require_http_methods(["GET", "POST"])
@public
def pin_in(request: RingRequest) -> HttpResponse:
    """The code and the PIN of a card: that seat is on this phone from now on. Wrong ones are counted."""
    if request.method == "GET":
        return _pin_page(request, code=request.GET.get("code", "")[:20])
    code, pin = request.POST.get("code", "")[:20], request.POST.get("pin", "")[:12]
    if limits.too_many_failures(request):
        return _pin_page(request, code=code, pin=pin, problem=SLOW_DOWN)
    ring = Ring.objects.filter(code=access.plain_code(code) or "-").exclude(phase__in=GONE).first()
    act = by(request, None)
    try:
        if ring is None:
            raise WrongPin
        mine = access.seat_in(request.COOKIES, ring)
        hashed = access.pin_hash(ring, pin)
        if mine and mine.seat == Seat.BLOCKED:
            return redirect("ring", ring.code)
        if mine and mine.seat == Seat.JOINED and mine.pin_hash != hashed:
            problem = _(
                "This phone has a seat in this ring already, as {name}. {host} can bring the two "
                "together."
            ).format(name=mine.name, host=ring.host)
            return _pin_page(request, code=code, pin=pin, problem=problem)
        key = access.seat_key(ring, act.op)
        actions.take_seat(ring, act, pin_hash=hashed, key_hash=access.key_hash(key))
    except WrongPin as wrong:
        limits.count_failure(request)
        return _pin_page(request, code=code, pin=pin, problem=str(wrong))
    response = redirect("ring", ring.code)
    access.give_seat(response, ring, key)
    return response


def _pin_page(request: RingRequest, **context: object) -> HttpResponse:
    status = 422 if "problem" in context else 200
    context = {"op": uuid4().hex, **context}
    return kept_private(render(request, "rings/pin.html", context, status=status))
