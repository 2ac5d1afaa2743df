"""The phone: how I find my seat again, how others of the ring reach me, and what I am reminded of."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rings import access, actions, limits, mails
from rings.access import RingRequest, participant, public
from rings.actions import By
from rings.forms import ContactForm, MailForm, RemindersForm
from rings.live import Audience
from rings.models import Event, Offer, Participant
from rings.phases import OUTCOMES, PUT_OUT, AskStatus, OfferStatus, Seat
from rings.qr import qr_code
from rings.views.pages import by, done, kept_private, live_page, zone

log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@participant
def return_link(request: RingRequest) -> HttpResponse:
    """My personal link and QR, to come back on another device or a year later; by mail, if I like."""
    key = request.COOKIES[access.seat_cookie(request.ring.pk)]
    path = f"/back/{request.ring.pk}/{key}/"
    link = request.build_absolute_uri(path)
    form = MailForm(request.POST if request.method == "POST" else None)
    sent = form.is_valid() and _left_and_mailed(request, form)
    context = {"ring": request.ring, "me": request.me, "link": link, "qr": qr_code(link)}
    context |= {"form": form, "sent": sent, "op": uuid4().hex}
    status = 422 if form.errors else 200
    return kept_private(render(request, "rings/return_link.html", context, status=status))


def _left_and_mailed(request: RingRequest, form: MailForm) -> bool:
    me, mail = request.me, form.cleaned_data["mail"]
    limits.count_mail(f"seat {me.pk}", mail.casefold())
    actions.leave_mail(request.ring, by(request, me), participant=me, mail=mail)
    return _mailed(request, form)


def _mailed(request: RingRequest, form: MailForm) -> bool:
    """Whether the mail server took the return link to the address that was left."""
    me = request.me
    me.refresh_from_db()
    try:
        mails.return_link(me, request.COOKIES[access.seat_cookie(request.ring.pk)])
    except OSError:  # smtplib's own errors among them
        log.exception("a return link could not be mailed", extra={"ring": request.ring.pk})
        form.add_error("mail", _("The mail could not be sent just now. Try once more in a minute."))
        return False
    return True


@require_http_methods(["GET", "POST"])
@public
def come_back(request: RingRequest, pk: int, key: str) -> HttpResponse:
    """A return link acts on POST only: mail scanners open links."""
    held = get_object_or_404(
        Participant.objects.select_related("ring").exclude(seat__in=PUT_OUT),
        ring=pk,
        key_hash=access.key_hash(key),
    )
    response: HttpResponse
    if request.method == "POST":
        if held.mail_verified_at is None and mails.is_theirs(held, request.GET.get("mail", "")):
            actions.verify_mail(held.ring, By(None), participant=held)
        response = redirect("ring", held.ring.code)
        access.give_seat(response, held.ring, key)
    else:
        response = render(request, "rings/come_back.html", {"ring": held.ring, "me": held})
    return kept_private(response)


@require_http_methods(["GET", "POST"])
@participant
def reach(request: RingRequest) -> HttpResponse:
    """Say how the people I am in touch with through this ring can reach me."""
    form = ContactForm(
        request.POST if request.method == "POST" else None, initial={"contact": request.me.contact}
    )
    if form.is_valid():
        act, contact = by(request, request.me), form.cleaned_data["contact"]
        actions.share_contact(request.ring, act, participant=request.me, contact=contact)
        return done(request, "ring", request.ring.code)
    page = live_page(request, Audience.PHONE, request.me, template="rings/reach.html", form=form)
    page.status_code = 422 if form.errors else 200
    return page


@require_http_methods(["GET", "POST"])
@participant
def reminders(request: RingRequest) -> HttpResponse:
    """Ask to be reminded by mail, or for no more of it."""
    me = request.me
    first = {"mail": me.mail, "digest": me.digest}
    form = RemindersForm(request.POST if "mail" in request.POST else None, initial=first)
    if request.method == "POST" and not form.is_bound:
        actions.stop_reminders(request.ring, by(request, me), participant=me)
        return done(request, "ring", request.ring.code)
    if form.is_valid() and _wished(request, form):
        return done(request, "reminders", request.ring.code)
    page = live_page(request, Audience.PHONE, me, template="rings/reminders.html", form=form)
    page.status_code = 422 if form.errors else 200
    return page


def _wished(request: RingRequest, form: MailForm) -> bool:
    me, mail = request.me, form.cleaned_data["mail"]
    known = mail == me.mail and me.mail_verified_at is not None
    if not known:
        limits.count_mail(f"seat {me.pk}", mail.casefold())
    actions.want_reminders(
        request.ring,
        by(request, me),
        participant=me,
        mail=mail,
        digest=form.cleaned_data["digest"],
        language=get_language(),
        time_zone=zone(request),
    )
    return known or _mailed(request, form)


# --- from a reminder: a link that opens one page, and no seat ------------------------------------------

SAYINGS: dict[str, Callable[..., Event]] = {  # what can be said of a promise with one tap
    "kept": actions.keep,
    "still": actions.still_coming,
    "let-go": actions.release,
    "unsay": actions.unsay,
}


@require_http_methods(["GET", "POST"])
@public
def reminded(request: RingRequest, pk: int, sign: str) -> HttpResponse:
    """What a reminder leads to: my promises and asks of one ring, and one tap for each."""
    me = _reminded(pk, sign)
    if me.seat != Seat.JOINED:
        raise Http404
    if request.method == "POST":
        limits.count_change(f"seat {me.pk}")
        _say(request, me)
        return redirect("reminded", pk, sign)
    promises = me.offers.exclude(status__in=(OfferStatus.WITHDRAWN, OfferStatus.NOT_NEEDED))
    asks = me.asks.filter(status__in=(AskStatus.OPEN, *OUTCOMES))
    context: dict[str, Any] = {
        "ring": me.ring,
        "me": me,
        "promises": promises.select_related("asker").order_by("due", "created_at"),
        "asks": asks,
        "sign": sign,
        "op": uuid4().hex,
    }
    return kept_private(render(request, "rings/reminded.html", context))


def _say(request: RingRequest, me: Participant) -> None:
    act, said = by(request, me), request.POST.get("say", "")
    number = request.POST.get("offer", "") or request.POST.get("ask", "")
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) <= 18 else 0
    if "ask" in request.POST:
        ask = get_object_or_404(me.asks, pk=pk)
        actions.outcome(me.ring, act, ask=ask, status=said)
    elif said in SAYINGS:
        offers = me.offers.exclude(status=OfferStatus.WITHDRAWN)
        offer: Offer = get_object_or_404(offers, pk=pk)
        SAYINGS[said](me.ring, act, offer=offer)
    else:
        raise Http404


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the address itself is the proof
@require_http_methods(["GET", "POST"])
@public
def no_reminders(request: RingRequest, pk: int, sign: str) -> HttpResponse:
    """No more reminders: one press here, or one post by the mail program."""
    me = _reminded(pk, sign)
    if request.method == "POST" and me.reminders:
        actions.stop_reminders(me.ring, By(None), participant=me)
        me.refresh_from_db()
    return kept_private(render(request, "rings/no_reminders.html", {"ring": me.ring, "me": me}))


def _reminded(pk: int, sign: str) -> Participant:
    me = mails.whose(pk, sign)
    if me is None:
        raise Http404
    return me
