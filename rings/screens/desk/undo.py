"""What the desk can take back: its last act, in plain words, for half a minute."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from rings.live import Audience, Context, fragment
from rings.phases import GONE, UNDO_ACT_SECONDS, Phase
from rings.picture import Picture

# What an act was, by its event's kind; braces hold what its refs name. Else `_said`.
WORDS = {
    "next_turn": "Next to {began}",
    "defer": "Defer {deferred}",
    "skip": "Pass of {passed}",
    "back": "Back to {again}",
    "absent": "{absent} is not here",
    "place": "{ask} moved",
    "shuffle": "the shuffle",
    "call": "{began} on stage",
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
PEOPLE = ("participant", "seat", "person", "leader")  # refs that name a seat; others name an ask


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
    """The act in a few words: of the table, or its own name and whom it was about."""
    names = {key: _name(picture, key, value) for key, value in refs.items()}
    if kind == "move" and refs.get("to") in PHASES:
        return PHASES[Phase(refs["to"])]
    if kind == "observe":
        return f"{names['participant']} {'observes' if refs.get('observer') else 'has a turn'}"
    if kind in WORDS:
        return WORDS[kind].format_map(defaultdict(str, names)).strip()
    whom = next((name for name in names.values() if name), "")
    return f"{kind.replace('_', ' ').capitalize()} {whom}".strip()


def _name(picture: Picture, key: str, value: object) -> str:
    """Whom a ref is about; empty for what names nobody who is still known."""
    people = {p.pk: p for p in (*picture.participants, *picture.door, *picture.out)}
    if key in PEOPLE:
        person = people.get(value) if isinstance(value, int) else None
    else:
        asks = (*picture.asks, *picture.silent)
        person = next((ask.participant for ask in asks if ask.pk == value), None)
    if person is None or isinstance(value, bool):
        return ""
    return picture.short_names.get(person.pk, person.name)
