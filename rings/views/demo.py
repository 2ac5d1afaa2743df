"""The demo, where DEMO is set: its way to the desk, and the mails it would have sent."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rings import demo_mails, reminders
from rings.access import RingRequest, public
from rings.tasks import deliver

LATER = (2, 7, 14, 30)  # days from now for which the demo writes its reminders at once

DEMO_SALT = "rings.demo.desk"


@require_http_methods(["GET", "POST"])
@public
def demo_desk(request: RingRequest, token: str) -> HttpResponse:
    """The demo's one-time link to the desk. Exists only where DEMO is set."""
    if not settings.DEMO:
        raise Http404
    try:
        user_pk, ring_pk, once = signing.loads(token, salt=DEMO_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        raise Http404 from None
    if request.method == "GET":
        return render(request, "rings/demo_desk.html")
    if not cache.add(f"demo:{once}", "used", timeout=24 * 3600):
        return render(request, "rings/demo_desk.html", {"used": True}, status=409)
    user = get_object_or_404(User, pk=user_pk)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("desk", ring_pk)


@require_http_methods(["GET", "POST"])
@public
def mails(request: RingRequest) -> HttpResponse:
    """What would have been sent, and by a press the reminders of a day that is still to come."""
    if not settings.DEMO:
        raise Http404
    days = request.POST.get("days", "")
    if days in map(str, LATER):
        then = timezone.localtime() + timedelta(days=int(days))
        for made in reminders.note(then.replace(hour=12)):
            deliver(made)  # not by its task, which would wait for that day
        return redirect("demo_mails")
    context = {"mails": demo_mails.newest(), "later": LATER}
    return render(request, "rings/demo_mails.html", context)
