"""The phone: let an ask go by with an easy no, cheer, and ask again in other words."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from rings import actions
from rings.access import RingRequest, participant
from rings.forms import AskForm, ReplyForm
from rings.live import Audience
from rings.models import Request
from rings.phases import ReplyKind
from rings.views.asking import composer
from rings.views.pages import again, by, done, live_page

ICONS = {
    ReplyKind.NOT_THIS_TIME: "pass",
    ReplyKind.TRY: "introduction",
    ReplyKind.LATER: "clock",
    ReplyKind.LACK: "resource",
    ReplyKind.SAY_MORE: "advice",
    ReplyKind.CHEER: "leaf",
}
SAYINGS = [(kind.value, kind.label, ICONS[kind]) for kind in ReplyKind]


def _shown(request: RingRequest, pk: int) -> Request:
    """An ask of somebody else that the ring has heard; any other does not exist."""
    ask = get_object_or_404(request.ring.asks.select_related("participant"), pk=pk)
    if not ask.is_shown or ask.participant_id == request.me.pk:
        raise Http404
    return ask


@require_http_methods(["GET", "POST"])
@participant
def reply(request: RingRequest, pk: int) -> HttpResponse:
    """The sheet for one ask: say no in one tap, or only cheer."""
    ask = _shown(request, pk)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act = by(request, request.me)
        actions.reply(request.ring, act, ask=ask, participant=request.me, **form.cleaned_data)
        return done(request, "ring", request.ring.code, leave=True)
    mine = request.me.replies.filter(ask=ask, reworded=False).first()
    sheet = {
        "form": form,
        "ask": ask.veiled(),
        "mine": mine,
        "ring": request.ring,
        "sayings": SAYINGS,
    }
    if request.htmx:
        return again(request, "rings/parts/reply_form.html", sheet)
    page = live_page(request, Audience.PHONE, request.me, template="rings/reply.html", **sheet)
    page.status_code = 422 if form.errors else 200
    return page


@require_POST
@participant
def unreply(request: RingRequest, pk: int) -> HttpResponse:
    """Take back what I said to an ask."""
    act = by(request, request.me)
    actions.unreply(request.ring, act, ask=_shown(request, pk), participant=request.me)
    return done(request, "ring", request.ring.code)


@require_http_methods(["GET", "POST"])
@participant
def ask_again(request: RingRequest, pk: int) -> HttpResponse:
    """Ask again, in other words: the studio with the words I asked with."""
    mine = get_object_or_404(request.me.asks.select_related("participant"), pk=pk)
    form = AskForm(request.POST) if request.method == "POST" else AskForm.of(mine)
    context = {**composer(request, form, mine), "reframing": True}
    if request.method == "POST":
        if form.is_valid():
            words = {name: form.cleaned_data[name] for name in ("text", "why", "by")}
            actions.reframe(request.ring, by(request, request.me), ask=mine, **words)
            return done(request, "ring", request.ring.code, leave=True)
        if request.htmx:
            return again(request, "rings/parts/ask_form.html", context)
    page = live_page(request, Audience.PHONE, request.me, template="rings/ask.html", **context)
    page.status_code = 422 if form.errors else 200
    return page
