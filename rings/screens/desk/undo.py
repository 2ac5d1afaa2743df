"""What the desk can take back: its last act, in plain words, for half a minute."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from rings.live import Audience, Context, fragment
from rings.phases import GONE, UNDO_ACT_SECONDS, Phase
from rings.picture import Picture

# What an act was, by its event's kind; braces hold what its refs name. A move is said by its phase.
WORDS = {
    "next_turn": "Next to {began}",
    "defer": "Defer {deferred}",
    "skip": "Pass of {passed}",
    "back": "Back to {again}",
    "absent": "{absent} is not here",
    "place": "{ask} moved",
    "shuffle": "the shuffle",
    "call": "{began} on stage",
    "remove": "Remove {participant}",
    "block": "Block {participant}",
    "let_in": "Let in {participant}",
    "admit_all": "everybody let in",
    "lock": "the door’s lock",
    "more_time": "one minute more",
    "start_clock": "the clock’s start",
    "trim": "shorter turns",
    "agree_end": "the new end",
    "take_break": "the break",
    "tender": "{ask}’s words hidden or shown",
    "count_done": "your turn as done",
    "hand_over": "the hand-over",
    "take_over": "the take-over",
}
PHASES = {
    Phase.LOBBY: "to the lobby",
    Phase.WELCOME: "to the welcome",
    Phase.WRITING: "to the writing",
    Phase.TURNS: "to the turns",
    Phase.WALL: "to the wall",
    Phase.CLOSING: "to the closing",
    Phase.FOLLOW_UP: "End of the ring",
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
        "what": f"Undo: {said(picture, act.kind, act.refs)}",
        "until": act.at + timedelta(seconds=UNDO_ACT_SECONDS),
    }


def said(picture: Picture, kind: str, refs: dict[str, Any]) -> str:
    """The act in a few words."""
    names = {key: _name(picture, key, value) for key, value in refs.items()}
    if kind == "move" and refs.get("to") in PHASES:
        return PHASES[Phase(refs["to"])]
    if kind == "observe":
        return f"{names['participant']} {'observes' if refs.get('observer') else 'has a turn'}"
    return WORDS[kind].format_map(defaultdict(str, names)).strip()


def _name(picture: Picture, key: str, value: object) -> str:
    """Whom a ref is about; empty for what names nobody who is still known."""
    people = (*picture.participants, *picture.door, *picture.out)
    asks = (*picture.asks, *picture.silent, *picture.heard)
    if key in PEOPLE:
        found = [person for person in people if person.pk == value]
    else:
        found = [ask.participant for ask in asks if key in ASKS and ask.pk == value]
    return picture.short_names.get(found[0].pk, found[0].name) if found else ""
