"""A rehearsal: begin one, let its made-up people act, set their pace, and delete it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from rings import actions, rehearsal
from rings.access import RingRequest, facilitator, signed_in
from rings.forms import whole
from rings.models import Ring
from rings.views.pages import by, done, kept_private


@require_POST
@signed_in
def rehearse(request: RingRequest) -> HttpResponse:
    """One tap: a practice ring with its people on their way, or the one already begun."""
    last = Ring.objects.owned_by(request.user).real().first()
    you = pgettext("the host of a rehearsal, whose name is not known", "You")
    host = (last and last.host) or request.user.get_full_name() or you
    ring = actions.rehearse(request.user, by(request, request.user).op, host[:60])
    return redirect("desk", ring.pk)


@require_POST
@facilitator
def step(request: RingRequest) -> HttpResponse:
    """A second has passed on an open desk: somebody made up may do something."""
    _only_rehearsals(request)
    try:
        rehearsal.step(request.ring.pk)
    except Ring.DoesNotExist:  # deleted in this very second
        raise Http404 from None
    return kept_private(HttpResponse(status=204))


@require_POST
@facilitator
def pace(request: RingRequest) -> HttpResponse:
    _only_rehearsals(request)
    wanted = whole(request.POST.get("to", ""))
    actions.set_pace(request.ring, by(request, request.user), pace=-1 if wanted is None else wanted)
    return done(request, "desk", request.ring.pk)


@require_POST
@facilitator
def end(request: RingRequest) -> HttpResponse:
    """Delete the rehearsal at once, whatever it is in."""
    _only_rehearsals(request)
    actions.forget(request.ring)
    messages.success(request, _("The rehearsal is gone. Nothing of it is kept."))
    return done(request, "my_rings", leave=True)


def _only_rehearsals(request: RingRequest) -> None:
    if not request.ring.practice:
        raise Http404
