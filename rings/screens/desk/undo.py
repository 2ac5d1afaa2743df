"""What the desk can take back: its last act, in plain words, for half a minute."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rings.live import Audience, Context, fragment
from rings.phases import GONE, UNDO_ACT_SECONDS, Phase
from rings.picture import Picture

# What an act was, by its event's kind; braces hold what its refs name. A move is said by its phase.
WORDS = {
    # Translators: these, down to “End of the ring”, stand after “Undo: ”
    "next_turn": _("Next to {began}"),
    "defer": _("Defer {deferred}"),
    "skip": _("Pass of {passed}"),
    "back": _("Back to {again}"),
    "absent": _("{absent} is not here"),
    "place": _("{ask} moved"),
    "shuffle": _("the shuffle"),
    "rotate": _("the turned order"),
    "call": _("{began} on stage"),
    "remove": _("Remove {participant}"),
    "block": _("Block {participant}"),
    "let_in": _("Let in {participant}"),
    "admit_all": _("everybody let in"),
    "lock": _("the door’s lock"),
    "more_time": _("one minute more"),
    "start_clock": _("the clock’s start"),
    "trim": _("shorter turns"),
    "agree_end": _("the new end"),
    "take_break": _("the break"),
    "tender": _("{ask}’s words hidden or shown"),
    "count_done": _("your turn as done"),
    "hand_over": _("the hand-over"),
    "take_over": _("the take-over"),
}
PHASES = {
    Phase.LOBBY: _("to the lobby"),
    Phase.WELCOME: _("to the welcome"),
    Phase.WRITING: _("to the writing"),
    Phase.TURNS: _("to the turns"),
    Phase.WALL: _("to the wall"),
    Phase.CLOSING: _("to the closing"),
    Phase.FOLLOW_UP: _("End of the ring"),
}
PEOPLE = ("participant",)  # refs that name a seat
ASKS = ("ask", "began", "deferred", "passed", "again", "absent")  # and those that name an ask


@fragment(Audience.DESK)
def desk_undo(picture: Picture) -> Context:
    act = picture.ring.last_act
    if act is None or act.undone or act.was is None or picture.ring.phase in GONE:
        return {"act": None}
    return {
        "act": act,
        "what": gettext("Undo: {what}").format(what=said(picture, act.kind, act.refs)),
        "until": act.at + timedelta(seconds=UNDO_ACT_SECONDS),
    }


def said(picture: Picture, kind: str, refs: dict[str, Any]) -> str:
    """The act in a few words."""
    names = {key: _name(picture, key, value) for key, value in refs.items()}
    if kind == "move" and refs.get("to") in PHASES:
        return str(PHASES[Phase(refs["to"])])
    if kind == "observe":
        observes = refs.get("observer")
        words = (
            gettext("{participant} observes") if observes else gettext("{participant} has a turn")
        )
        return words.format(participant=names["participant"])
    return str(WORDS[kind]).format_map(defaultdict(str, names)).strip()


def _name(picture: Picture, key: str, value: object) -> str:
    """Whom a ref is about; empty for what names nobody who is still known."""
    people = (*picture.participants, *picture.door, *picture.out)
    asks = (*picture.asks, *picture.silent, *picture.heard)
    if key in PEOPLE:
        found = [person for person in people if person.pk == value]
    else:
        found = [ask.participant for ask in asks if key in ASKS and ask.pk == value]
    return picture.short_names.get(found[0].pk, found[0].name) if found else ""
