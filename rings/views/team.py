"""Leading a ring together: inviting, joining, taking off, from hand to hand; and seeing as others see."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rings import actions, live, team
from rings.access import RingRequest, facilitator, owner, signed_in
from rings.forms import InviteForm, whole
from rings.live import Audience
from rings.picture import Picture
from rings.screens.seeing import for_the_room
from rings.views.pages import again, by, done, kept_private


@require_GET
@owner
def team_page(request: RingRequest) -> HttpResponse:
    """Who leads with the owner, and two ways to invite somebody. To look at a link changes nothing."""
    return kept_private(render(request, "rings/team.html", _page(request, InviteForm())))


def _page(request: RingRequest, form: InviteForm) -> dict[str, object]:
    link = request.build_absolute_uri(reverse("lead", args=[team.link_token(request.ring)]))
    names = [team.called(user) for user in request.ring.team.order_by("pk")]
    return {"ring": request.ring, "form": form, "link": link, "team": names}


@require_POST
@owner
def invite(request: RingRequest) -> HttpResponse:
    """Ask an account to lead too. The answer is the same whether there is such an account or not."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return again(request, "rings/team.html", _page(request, form))
    address = form.cleaned_data["address"]
    actions.invite(request.ring, by(request, request.user), user=team.account_of(address))
    sent = _(
        "If {address} has an account here, the invitation now stands under its My rings, for seven days."
    )
    messages.success(request, sent.format(address=address))
    return redirect("team", request.ring.pk)


@require_POST
@owner
def stop_invitations(request: RingRequest) -> HttpResponse:
    actions.stop_invitations(request.ring, by(request, request.user))
    stopped = _("The old link and all invitations are stopped. Below is a new link.")
    messages.success(request, stopped)
    return redirect("team", request.ring.pk)


@require_POST
@owner
def take_off(request: RingRequest, user_pk: int) -> HttpResponse:
    """Somebody no longer leads with the owner; their desk closes."""
    actions.take_off(request.ring, by(request, request.user), user=_of_the_team(request, user_pk))
    return done(request, "desk", request.ring.pk)


def _of_the_team(request: RingRequest, user_pk: int | None) -> User:
    return get_object_or_404(request.ring.team, pk=user_pk)


@require_http_methods(["GET", "POST"])
@signed_in
def lead(request: RingRequest, invitation: str) -> HttpResponse:
    """An invitation: GET only shows it, the button takes it."""
    found = team.ring_of(invitation, request.user)
    if found is None:
        return kept_private(render(request, "rings/lead.html", status=404))
    ring, changes = found
    if ring.facilitator_id == request.user.pk or ring.team.filter(pk=request.user.pk).exists():
        return redirect("desk", ring.pk)
    if request.method == "GET":
        return kept_private(render(request, "rings/lead.html", {"ring": ring}))
    actions.join_team(ring, by(request, request.user), user=request.user, believing=changes)
    return redirect("desk", ring.pk)


@require_POST
@facilitator
def hand_over(request: RingRequest) -> HttpResponse:
    """Into another hand: the owner's, or one of the team."""
    ring, to = request.ring, whole(request.POST.get("to", ""))
    if to is None:
        raise BadRequest("There is nobody to hand over to.")
    person = ring.facilitator if to == ring.facilitator_id else _of_the_team(request, to)
    believing = whole(request.POST.get("believing", ""))
    actions.hand_over(ring, by(request, request.user), to=person, believing=believing)
    return done(request, "desk", ring.pk)


@require_POST
@facilitator
def take_over(request: RingRequest) -> HttpResponse:
    """Into one's own hand; the page says who it believes to lead."""
    believing = whole(request.POST.get("believing", ""))
    actions.take_over(request.ring, by(request, request.user), believing=believing)
    return done(request, "desk", request.ring.pk)


# --- seeing as others see ---------------------------------------------------------------------------


@require_GET
@facilitator
def see(request: RingRequest) -> HttpResponse:
    """Whose screen to look at."""
    people = request.ring.participants.joined()
    return kept_private(render(request, "rings/see.html", {"ring": request.ring, "people": people}))


@require_GET
@facilitator
def see_phone(request: RingRequest, seat_pk: int) -> HttpResponse:
    """Somebody's phone as it is now, but for what they alone may see."""
    picture = Picture.of(request.ring.pk)
    seen = for_the_room(picture)
    person = seen.seat_of.get(seat_pk)
    if person is None:
        raise Http404
    shown = live.screen(picture.ring.pk, Audience.PHONE, picture.ring.version, picture).html
    mine = live.draw_personal(seen, person)
    context = {"ring": picture.ring, "person": person, "fragments": {**shown, **mine}}
    return kept_private(render(request, "rings/see_phone.html", context))


@require_GET
@facilitator
def see_stage(request: RingRequest) -> HttpResponse:
    """The stage as it is now."""
    picture = Picture.of(request.ring.pk)
    shown = live.screen(picture.ring.pk, Audience.STAGE, picture.ring.version, picture).html
    context = {"ring": picture.ring, "fragments": shown}
    return kept_private(render(request, "rings/see_stage.html", context))
