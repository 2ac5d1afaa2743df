"""What the facilitator does for the room: quiet, a tender moment, a card on the stage, one's own ask."""

from django.utils.translation import gettext as _

from rings.actions.arrivals import free_name, new_seat
from rings.actions.door import Change, Refs, command, remembered, undoable
from rings.actions.turns import need_current, paused_by_tender, unpause
from rings.models import Request
from rings.phases import COURSE, OVER, AskStatus, NotNow, Phase, Turn
from rings.script import EXAMPLE, cards_in

BEFORE_TURNS = frozenset({Phase.LOBBY, Phase.WELCOME, Phase.WRITING})


@command
def spoke(room: Change, *, believing: int | None) -> Refs:
    """Somebody spoke, or hands go to the phones: the quiet is counted from now."""
    if room.ring.paused_at:
        raise NotNow(_("The ring is paused, so no quiet is counted."))
    ask = need_current(room, believing)
    ask.spoken_at = room.now
    ask.save(update_fields=["spoken_at"])
    return {"ask": ask.pk}


@command
@undoable
def tender(room: Change, *, ask: Request, hidden: bool, paused: bool = False) -> Refs:
    """Hide an ask's words from stage and phones, with a pause if wanted; or show them again.

    Offers stay possible, and the asker's own phone keeps the words.
    """
    if room.ring.phase not in COURSE:
        raise NotNow(_("Nothing is shown on the stage just now."))
    ask = room.ring.asks.get(pk=ask.pk)
    if hidden and not ask.is_shown:
        raise NotNow(_("This ask has not been shown yet, so there is nothing to hide."))
    if ask.hidden == hidden:
        raise NotNow(
            _("This ask is hidden already.") if hidden else _("This ask is shown already.")
        )
    current = ask.pk == room.ring.current_id
    if paused and (not current or room.ring.paused_at):
        raise NotNow(_("There is no clock running to pause."))
    if current and not hidden and paused_by_tender(room):
        unpause(room)
    ask.hidden = hidden
    ask.save(update_fields=["hidden"])
    if paused:
        room.ring.paused_at = room.now
    room.everyone = True
    return {"ask": ask.pk, "hidden": hidden, "paused": paused}


@command
@remembered
def show_card(room: Change, *, card: str) -> Refs:
    """Put a research card on the stage, or the facilitator's own ask as the example; "" takes it off."""
    ring = room.ring
    if card == EXAMPLE:
        if ring.phase != Phase.WELCOME:
            raise NotNow(_("An ask is shown as the example in the welcome."))
        if not _host_ask(room).text:
            raise NotNow(_("Write your own ask first."))
    elif card and card not in cards_in(ring.phase):
        raise NotNow(_("This card has no place on the stage in this phase."))
    if ring.card == card:
        raise NotNow(
            _("It is on the stage already.") if card else _("Nothing was put on the stage.")
        )
    ring.card = card
    return {"card": card}


@command
def host_seat(room: Change) -> Refs:
    """The facilitator takes a place in their own ring, without a phone, under the host's name."""
    if room.ring.phase not in BEFORE_TURNS:
        raise NotNow(_("The turns have begun. Add yourself as somebody without a phone."))
    free_name(room, room.ring.host)
    return {"participant": new_seat(room, name=room.ring.host, proxy=True).pk}


@command
@undoable
def count_done(room: Change) -> Refs:
    """The facilitator's ask, given as the example, counts as their turn."""
    if room.ring.phase not in BEFORE_TURNS:
        raise NotNow(_("The turns have begun. Use Pass when it is your turn."))
    ask = _host_ask(room)
    if not ask.text:
        raise NotNow(_("Write your own ask first."))
    if ask.turn != Turn.WAITING:
        raise NotNow(_("Your turn is not waiting."))
    ask.turn, ask.status = Turn.DONE, AskStatus.OPEN
    ask.began_at = ask.ended_at = room.now
    ask.save(update_fields=["turn", "status", "began_at", "ended_at"])
    room.everyone = True
    return {"ask": ask.pk}


@command
def take_words(room: Change) -> Refs:
    """The owner's script has other words now: the desk is drawn again."""
    if room.ring.phase in OVER:
        raise NotNow(_("This ring is over."))
    return {}


def _host_ask(room: Change) -> Request:
    """The ask of the facilitator's own place in this ring."""
    for ask in room.ring.asks.select_related("participant").order_by("-round"):
        if room.ring.is_hosts(ask.participant):
            return ask
    raise NotNow(_("Take a place in the ring first."))
