"""The phone: write an ask, with the studio's hints."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from rings import actions, studio
from rings.access import RingRequest, participant
from rings.forms import AskForm, SmallAskForm, whole
from rings.live import Audience
from rings.models import Request
from rings.phases import AskStatus
from rings.views.pages import again, by, done, kept_private, live_page, today


@require_http_methods(["GET", "POST"])
@participant
def ask(request: RingRequest) -> HttpResponse:
    """Write my ask. Nobody sees it before its turn."""
    mine = request.me.asks.get(round=request.ring.round)
    if request.method == "GET":
        bring = _still_open(request) if "bring" in request.GET and not mine.text else None
        return _page(request, AskForm.of(bring or mine), mine)
    form = AskForm(request.POST)
    if not form.is_valid():
        if request.htmx:
            return again(request, "rings/parts/ask_form.html", composer(request, form, mine))
        return _page(request, form, mine, status=422)
    actions.write(
        request.ring, by(request, request.me), participant=request.me, **form.fields_for_write
    )
    return done(request, "ring", request.ring.code, leave=True)


def _still_open(request: RingRequest) -> Request | None:
    """What I asked in the last ring of the circle, if it is open still; its day only if that is to come."""
    asks = Request.objects.filter(participant=request.me.before_id, status=AskStatus.OPEN)
    ask = asks.exclude(text="").order_by("-round").first() if request.me.before_id else None
    if ask and ask.by and ask.by < today(request):
        ask.by = None
    return ask


@require_http_methods(["GET", "POST"])
@participant
def ask_small(request: RingRequest) -> HttpResponse:
    """Ask the people of this ring for one small thing more, after it."""
    form = SmallAskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act = by(request, request.me)
        actions.ask_small(request.ring, act, participant=request.me, **form.cleaned_data)
        return done(request, "ring", request.ring.code)
    template = "rings/ask_small.html"
    page = live_page(request, Audience.PHONE, request.me, template=template, form=form)
    page.status_code = 422 if form.errors else 200
    return page


@require_POST
@participant
def look(request: RingRequest) -> HttpResponse:
    """The studio's hints on an ask that is being written, for its writer alone. Nothing is kept."""
    again_pk = whole(request.POST.get("again", ""))
    which = {"pk": again_pk} if again_pk else {"round": request.ring.round}
    mine = get_object_or_404(request.me.asks, **which)
    form = AskForm(_with_chip(request.POST))
    if not request.htmx:
        return _page(request, form, mine, reframing=bool(again_pk))
    part = "studio_help" if "examples" in request.POST else "studio"
    context = composer(request, form, mine)
    return kept_private(render(request, f"rings/parts/{part}.html", context))


def _page(
    request: RingRequest,
    form: AskForm,
    mine: Request,
    *,
    status: int = 200,
    reframing: bool = False,
) -> HttpResponse:
    context = {**composer(request, form, mine), "reframing": reframing}
    if not mine.text and not form.is_bound:
        context["still_open"] = _still_open(request)
    page = live_page(request, Audience.PHONE, request.me, template="rings/ask.html", **context)
    page.status_code = status
    return page


def composer(request: RingRequest, form: AskForm, mine: Request) -> dict[str, object]:
    """The composer: my form, and what the studio says about what stands in it."""
    page = whole(request.POST.get("examples", "")) or 0
    return {
        "ring": request.ring,
        "form": form,
        "ask": mine,
        "studio": studio.look(*form.words, today=today(request)),
        "ladder": studio.in_language(studio.LADDER),
        "pairs": studio.in_language(studio.PAIRS),
        "examples": studio.examples(page),
        "more_examples": page + 1,
    }


def _with_chip(post: QueryDict) -> QueryDict:
    """What the form holds once a chip has written: "put" at the end of the text, "day" as its day."""
    typed = post.copy()
    typed["draft"] = "1"  # an empty text is no mistake yet
    if words := typed.get("put", ""):
        typed["text"] = studio.put(typed.get("text", ""), words)
    if day := typed.get("day", ""):
        typed["by"] = day
    return typed
