"""A past ring played again: its line of time, and the stage at one of its moments."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from rings import live
from rings.access import RingRequest, reviewer
from rings.forms import whole
from rings.geometry import number
from rings.live import Audience
from rings.past import replay as film
from rings.past.replay import Film, Moment
from rings.views.pages import kept_private

SPEEDS = (1, 10, 30, 60)
# The stage is a page of its own, since everything on it is measured by its own width.
HOLDS_THE_STAGE = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
HELD_HERE = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}


@csp_override(HOLDS_THE_STAGE)
@require_GET
@reviewer
def replay(request: RingRequest) -> HttpResponse:
    """The player: at a moment of the ring, with ways to the others that need no script."""
    reel = Film(request.ring.pk, words=request.words)
    moments = film.moments(reel)
    context: dict[str, Any] = {"ring": request.ring, "words": request.words}
    if moments:
        context |= _player(reel, moments, _asked(request))
    return kept_private(render(request, "rings/replay.html", context))


def _asked(request: RingRequest) -> int | None:
    return whole(request.GET.get("at", ""))


def _player(reel: Film, moments: list[Moment], asked: int | None) -> dict[str, Any]:
    passed = [i for i, each in enumerate(moments) if asked is not None and each.version <= asked]
    place = passed[-1] if passed else 0
    said = [_said(reel, each) for each in moments]
    begins = [i for i, each in enumerate(moments) if each.begins]
    return {
        "at": moments[place],
        "said": said[place],
        "previous": moments[max((i for i in begins if i < place), default=0)],
        "next": moments[min((i for i in begins if i > place), default=len(moments) - 1)],
        "choices": [(moments[i], said[i]) for i in begins],
        "chosen": moments[max(i for i in begins if i <= place)],
        "first": moments[0],
        "last": moments[-1],
        "here": number(100 * moments[place].seconds / max(moments[-1].seconds, 1)),
        "marks": film.marks(moments),
        "line": film.LINE,
        "speeds": SPEEDS,
        "moments": [
            {"at": each.version, "s": each.seconds, "begins": each.begins, "say": say}
            for each, say in zip(moments, said, strict=True)
        ],
    }


def _said(reel: Film, moment: Moment) -> str:
    """A moment in words: its time, its phase, and who has the ring."""
    time, phase = f"{localtime(moment.at):%H:%M}", moment.phase.label
    who = reel.shown.get(moment.asker or 0)
    if moment.paused:
        return _("{time}, {phase}: a pause").format(time=time, phase=phase)
    if who:
        return _("{time}, {phase}: {name} has the ring").format(
            time=time, phase=phase, name=who.name
        )
    return _("{time}, {phase}").format(time=time, phase=phase)


@xframe_options_sameorigin
@csp_override(HELD_HERE)
@require_GET
@reviewer
def scene(request: RingRequest) -> HttpResponse:
    """The stage as it was at a version, for the frame in the player."""
    picture = film.at(request.ring.pk, _asked(request), words=request.words)
    if picture is None:
        raise Http404
    context = {"ring": request.ring, "fragments": live.draw(picture, Audience.STAGE)}
    return kept_private(render(request, "rings/replay_scene.html", context))
