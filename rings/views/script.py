"""My script: the words for each moment, the product's and one's own."""

from typing import NamedTuple

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from rings import actions
from rings.access import RingRequest, signed_in
from rings.actions import By
from rings.forms import LineForm
from rings.models import Ring, ScriptLine
from rings.script import MOMENTS, PLACES, Moment
from rings.views.pages import kept_private


class Row(NamedTuple):
    moment: Moment
    form: LineForm
    own: bool


@require_http_methods(["GET", "POST"])
@signed_in
def my_script(request: RingRequest) -> HttpResponse:
    """Each moment with the product's line and a field for one's own; one form a moment."""
    typed = request.POST.copy()
    if "back" in typed:  # to the product's words, whatever is in the field
        typed["text"] = ""
    sent = LineForm(typed) if request.method == "POST" else None
    if sent and sent.is_valid():
        moment = sent.cleaned_data["moment"]
        _keep(request.user, moment, sent.cleaned_data["text"])
        return redirect(f"{request.path}#{moment}")
    mine = dict(ScriptLine.objects.filter(user=request.user).values_list("moment", "text"))
    chosen = request.POST.get("moment", "")
    rows = [
        Row(
            moment,
            sent if sent and moment.key == chosen else _form(moment, mine),
            moment.key in mine,
        )
        for moment in MOMENTS
    ]
    context = {"rows": rows, "places": PLACES}
    status = 422 if sent else 200
    return kept_private(render(request, "rings/my_script.html", context, status=status))


def _form(moment: Moment, mine: dict[str, str]) -> LineForm:
    initial = {"moment": moment.key, "text": mine.get(moment.key, str(moment.line))}
    return LineForm(initial=initial, auto_id=f"id_%s_{moment.key}")


def _keep(user: User, moment: str, text: str) -> None:
    """Keep one's own words, or none where they are the product's; the desks that are open show them."""
    lines = ScriptLine.objects.filter(user=user)
    if text:
        lines.update_or_create(user=user, moment=moment, defaults={"text": text})
    else:
        lines.filter(moment=moment).delete()
    for ring in Ring.objects.owned_by(user).open():
        actions.take_words(ring, By(user))
