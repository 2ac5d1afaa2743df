"""All rings somebody is in, over all circles: those of this device, and by mail those of an address."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rings import access, circles, limits, mails
from rings.access import RingRequest, public
from rings.forms import MailForm
from rings.models import Participant
from rings.tasks import send_way_back
from rings.views.pages import kept_private

LABEL = _("The mail address you left in a ring")


@require_http_methods(["GET", "POST"])
@public
def mine(request: RingRequest) -> HttpResponse:
    """The rings whose seats this device holds; a link to those of an address is mailed to it.

    Whether there are any is told to nobody but that address.
    """
    form = MailForm(request.POST if request.method == "POST" else None)
    sent = form.is_valid()
    if sent:
        mail = form.cleaned_data["mail"]
        limits.count_change(f"from {limits.address(request)}")  # which a whole room may share
        limits.count_mail(f"mine {mail.casefold()}")  # of its own: a stranger may have typed it
        seats = list(_of(mail).values_list("pk", flat=True))
        send_way_back.enqueue(seats, get_language())
    held = access.seats_held(request.COOKIES)
    people = Participant.objects.with_what_is_open().filter(pk__in=held).select_related("ring")
    people = people.order_by("-ring__ended_at", "-ring__created_at")
    coming = circles.coming({me.ring.circle_id for me in people if me.ring.circle_id})
    known = access.rings_known(request.COOKIES)
    rings = {  # whom it is shown to: who was in the group's last ring, and is not in the next one yet
        last.pk: ring
        for ring in coming.values()
        if ring.pk not in known and (last := circles.last_of(ring))
    }
    context = {
        "rows": [(me, rings.get(me.ring_id)) for me in people],
        "form": form,
        "label": LABEL,
        "sent": sent,
    }
    status = 422 if form.errors else 200
    return kept_private(render(request, "rings/mine.html", context, status=status))


def _of(mail: str) -> QuerySet[Participant]:
    people = Participant.objects.joined().filter(mail__iexact=mail, erased=False)
    return people.filter(mail_verified_at__isnull=False)


@require_http_methods(["GET", "POST"])
@public
def mine_by_mail(request: RingRequest, token: str) -> HttpResponse:
    """The link from that mail. It acts on POST only, and brings every seat of the address to this device."""
    people = mails.came_by(token)
    if people is None:
        raise Http404
    response: HttpResponse
    if request.method == "POST":
        response = redirect("mine")
        for person in people:
            key = access.key_again(person)
            if key:
                access.give_seat(response, person.ring, key)
    else:
        response = render(request, "rings/mine_by_mail.html", {"people": people})
    return kept_private(response)
