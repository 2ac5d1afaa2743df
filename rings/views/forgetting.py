"""Somebody's words and name, erased: by themselves, or on their wish by who looks after the ring."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from rings import access, actions
from rings.access import RingRequest, reviewer, seated
from rings.views.pages import by, kept_private


@require_http_methods(["GET", "POST"])
@seated
def erase_me(request: RingRequest) -> HttpResponse:
    """What I wrote and what I am called in this ring is gone for good; asked once."""
    if request.method == "POST":
        actions.erase_person(request.ring, by(request, None), participant=request.me)
        # behind the # for the page's script alone, which clears what this device kept of the ring
        response = redirect(f"{reverse('erased')}#{request.ring.code}")
        response.delete_cookie(access.seat_cookie(request.ring.pk))
        return response
    context = {"ring": request.ring, "me": request.me, "op": uuid4().hex}
    return kept_private(render(request, "rings/erase_me.html", context))


@require_http_methods(["GET", "POST"])
@reviewer
def erase_them(request: RingRequest, seat_pk: int) -> HttpResponse:
    """Somebody of a past ring wishes it and has no seat at hand; asked once."""
    if not may_erase(request):
        raise Http404
    people = request.ring.participants.filter(erased=False)
    person = get_object_or_404(people, pk=seat_pk)
    if request.method == "POST":
        actions.erase_person(request.ring, by(request, request.user), participant=person)
        return redirect("review", request.ring.pk)
    context = {"ring": request.ring, "person": person, "op": uuid4().hex}
    return kept_private(render(request, "rings/erase_them.html", context))


def may_erase(request: RingRequest) -> bool:
    """The owner, and staff to whom names are open just now: they must know whom they erase."""
    mine = request.ring.facilitator_id == request.user.pk
    return request.words and (mine or request.user.is_staff)
