"""The front door: a code, how text is kept, and the language."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.i18n import set_language

from rings.access import RingRequest, plain_code, public
from rings.forms import CodeForm
from rings.limits import count_failure, too_many_failures
from rings.models import Ring

NO_RING = _("No ring with this code is taking people just now. Look once more at the screen.")
SLOW_DOWN = _("Many codes were tried from here. Wait a minute, then type it once more.")


@require_http_methods(["GET", "POST"])
@public
def home(request: RingRequest) -> HttpResponse:
    """One field for the code; a right one leads to its ring."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ring, problem = find_ring(request, form.cleaned_data["code"])
        if ring:
            return redirect("ring", ring.code)
        form.add_error("code", problem)
    return render(request, "rings/home.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@public
def language(request: RingRequest) -> HttpResponse:
    """Speak the chosen language to this browser from now on, and go back to the page it came from."""
    if request.method == "POST":
        return set_language(request)
    return render(request, "rings/language.html", {"next": request.GET.get("next", "/")})


def find_ring(request: RingRequest, typed: str) -> tuple[Ring | None, str]:
    """The ring of a typed code, or a sentence. Wrong and ended answer alike; failures are counted."""
    invite = request.POST.get("invite", "")  # of a page that was shown already: no guess
    if too_many_failures(request) and not invite:
        return None, str(SLOW_DOWN)
    ring = Ring.objects.open().filter(code=plain_code(typed) or "-").first()
    if too_many_failures(request) and not (ring and constant_time_compare(invite, ring.invite)):
        return None, str(SLOW_DOWN)
    if ring and ring.practice and not constant_time_compare(invite, ring.invite):
        ring = None  # a rehearsal is joined by its link alone, never by a code
    if ring is None:
        count_failure(request)
    return ring, "" if ring else str(NO_RING)


@require_GET
@public
def keeping(request: RingRequest) -> HttpResponse:
    """How we keep what people write."""
    return render(request, "rings/keeping.html")


@require_GET
@public
def erased(request: RingRequest) -> HttpResponse:
    """What somebody sees who has just erased themselves from a ring."""
    return render(request, "rings/erased.html")
