"""One step taken back: the facilitator's last act, while it is fresh. That is an event, too."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from rings.actions.arrivals import everybody_asks
from rings.actions.door import Change, Refs, command, in_hand, remembered
from rings.actions.turns import unpause
from rings.models import Participant, Request, Ring
from rings.phases import GONE, ON_STAGE, UNDO_ACT_SECONDS, UNDO_GRACE, AskStatus, NotNow


@command
@remembered
def undo(room: Change, *, believing: int) -> Refs:
    """Put back what the act of this version changed: places, turns, phases and seats, never words.

    `believing` is the version of the act that the desk offered to take back. What people wrote and
    offered since stays; an ask on which somebody has offered stays open.
    """
    act = room.ring.last_act
    if act is None or act.version != believing or act.was is None:
        raise NotNow(_("Something else has happened since. Look once more, then use Back."))
    if room.by.who is None or act.by_user != room.by.who:  # who handed over may take that back
        in_hand(room)
    if act.undone:
        raise NotNow(_("This was taken back already."))
    if room.now - act.at > timedelta(seconds=UNDO_ACT_SECONDS + UNDO_GRACE):
        raise NotNow(
            _("An act can be taken back for {seconds} seconds. Use Back.").format(
                seconds=UNDO_ACT_SECONDS
            )
        )
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    ring_was = act.was.get(f"ring {room.ring.pk}", {})
    if act.kind == "take_break" and "paused_at" in ring_was:
        unpause(room)  # the break that was taken back is in no plan either
    # whoever had the ring before comes last: nobody else may have it at that moment
    for row, was in sorted(act.was.items(), key=lambda one: one[1].get("turn") in ON_STAGE):
        _put_back(room, *row.split(), was=was)
    if "round" in ring_was:
        everybody_asks(room)  # somebody may have come in the meantime
    act.undone = True
    act.save(update_fields=["undone"])
    room.everyone = True
    return {"undid": act.version, "kind": act.kind}


def _put_back(room: Change, model: str, pk: str, *, was: dict[str, Any]) -> None:
    if model == "ring":
        columns = {column.attname: column for column in Ring._meta.concrete_fields}
        for name, value in was.items():
            setattr(room.ring, name, columns[name].to_python(value))
    elif model == "participant":
        Participant.objects.filter(ring=room.ring, pk=pk).update(**was)
    else:
        ask = Request.objects.get(ring=room.ring, pk=pk)
        if was.get("status") in {AskStatus.READY, AskStatus.DRAFT} and ask.is_promised():
            was = {**was, "status": AskStatus.OPEN}
        Request.objects.filter(pk=pk).update(**was)
