"""A participant's own words and name, erased by themselves."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from rings import access, actions
from rings.access import RingRequest, seated
from rings.views.pages import by, kept_private


@require_http_methods(["GET", "POST"])
@seated
def erase_me(request: RingRequest) -> HttpResponse:
    """What I wrote and what I am called in this ring is gone for good; asked once."""
    if request.method == "POST":
        actions.erase_person(request.ring, by(request, None), participant=request.me)
        response = redirect("erased")
        response.delete_cookie(access.seat_cookie(request.ring.pk))
        return response
    context = {"ring": request.ring, "me": request.me, "op": uuid4().hex}
    return kept_private(render(request, "rings/erase_me.html", context))
