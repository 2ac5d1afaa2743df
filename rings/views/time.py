"""The desk's hand on the clock, and a break."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from rings import actions
from rings.access import RingRequest, facilitator
from rings.actions import By
from rings.forms import whole
from rings.views.pages import by, done


@require_POST
@facilitator
def time(request: RingRequest, command: str) -> HttpResponse:
    """One tap: a minute more, the clock started, turns trimmed, an end agreed, a break taken."""
    COMMANDS[command](request, by(request, request.user))
    return done(request, "desk", request.ring.pk)


def _more(request: RingRequest, who: By) -> None:
    believing = whole(request.POST.get("believing", ""))
    actions.more_time(request.ring, who, phase=request.POST.get("to", ""), believing=believing)


def _start(request: RingRequest, who: By) -> None:
    believing = whole(request.POST.get("believing", ""))
    actions.start_clock(request.ring, who, believing=believing)


def _trim(request: RingRequest, who: By) -> None:
    seconds, believing = _number(request, "to"), _number(request, "believing")
    actions.trim(request.ring, who, seconds=seconds, believing=believing)


def _agree(request: RingRequest, who: By) -> None:
    agreed = _moment(_number(request, "believing")) if request.POST.get("believing") else None
    end = _moment(_number(request, "to"))
    actions.agree_end(request.ring, who, end=end, believing=agreed)


def _break(request: RingRequest, who: By) -> None:
    actions.take_break(request.ring, who, minutes=_number(request, "to"))


COMMANDS: dict[str, Callable[[RingRequest, By], None]] = {
    "more": _more,
    "start": _start,
    "trim": _trim,
    "agree": _agree,
    "break": _break,
}


def _number(request: RingRequest, name: str) -> int:
    number = whole(request.POST.get(name, ""))
    if number is None:
        raise BadRequest("A number is missing.")
    return number


def _moment(epoch: int) -> datetime:
    """A moment as the page holds it: milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(epoch / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRequest("There is no such moment.") from None
