"""Every kind of event in plain words: what somebody did, as one reads it after their name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rings.models import Event
from rings.phases import Keeping, Phase

# One line for each command of `rings.actions`, and for the ring's beginning (tests/test_audit.py).
DEEDS = {
    # the ring
    "open_ring": gettext_lazy("opened the ring"),
    "move": gettext_lazy("moved the ring to another phase"),
    "undo": gettext_lazy("took an act back"),
    "take_words": gettext_lazy("changed the words to say"),
    "show_card": gettext_lazy("changed the card on the stage"),
    "set_pace": gettext_lazy("changed the pace of a rehearsal"),
    # people and their seats
    "join": gettext_lazy("came in"),
    "claim": gettext_lazy("asked for a seat on another phone"),
    "knock": gettext_lazy("knocked at the door"),
    "rejoin": gettext_lazy("came back"),
    "leave": gettext_lazy("left the ring"),
    "take_seat": gettext_lazy("took a seat with its PIN"),
    "add_seat": gettext_lazy("added somebody without a phone"),
    "host_seat": gettext_lazy("took a seat of their own"),
    "admit": gettext_lazy("let somebody in"),
    "admit_all": gettext_lazy("let in everybody at the door"),
    "turn_away": gettext_lazy("turned somebody away"),
    "lock": gettext_lazy("closed or opened the door"),
    "remove": gettext_lazy("took somebody out of the ring"),
    "block": gettext_lazy("shut somebody out"),
    "let_in": gettext_lazy("let somebody back in"),
    "rename": gettext_lazy("corrected a name"),
    "give_pin": gettext_lazy("gave somebody a PIN"),
    "merge": gettext_lazy("brought two seats together"),
    "observe": gettext_lazy("changed whether somebody asks or only listens"),
    # the queue and the turns
    "place": gettext_lazy("changed somebody’s place in the queue"),
    "shuffle": gettext_lazy("mixed the queue"),
    "rotate": gettext_lazy("turned the order of the last ring"),
    "call": gettext_lazy("called somebody out of order"),
    "absent": gettext_lazy("noted that somebody was not there"),
    "return_to_queue": gettext_lazy("put somebody back in the queue"),
    "next_turn": gettext_lazy("went on to the next turn"),
    "back": gettext_lazy("went back to the turn before"),
    "defer": gettext_lazy("moved a turn to later"),
    "skip": gettext_lazy("passed a turn over"),
    "spoke": gettext_lazy("noted that somebody spoke"),
    "tender": gettext_lazy("hid or showed an ask in a tender moment"),
    # the time
    "pause": gettext_lazy("paused the ring or let it go on"),
    "take_break": gettext_lazy("called a break"),
    "more_time": gettext_lazy("gave more time"),
    "start_clock": gettext_lazy("started a turn’s clock anew"),
    "trim": gettext_lazy("changed the length of the turns"),
    "agree_end": gettext_lazy("set when the ring ends"),
    "count_done": gettext_lazy("counted their own ask as their turn"),
    # asks, offers and answers
    "write": gettext_lazy("wrote an ask"),
    "reframe": gettext_lazy("asked again in other words"),
    "ask_small": gettext_lazy("asked one small thing more"),
    "offer": gettext_lazy("offered help"),
    "withdraw": gettext_lazy("took an offer back"),
    "reply": gettext_lazy("answered an ask without an offer"),
    "unreply": gettext_lazy("took an answer back"),
    "accept": gettext_lazy("answered an offer"),
    "thank": gettext_lazy("said thank you for an offer"),
    "most_useful": gettext_lazy("said which offer was the most useful"),
    "keep": gettext_lazy("said that a promise was kept"),
    "release": gettext_lazy("let a promise go"),
    "start_with": gettext_lazy("chose which promise to start with"),
    "still_coming": gettext_lazy("said that a promise is still coming"),
    "unsay": gettext_lazy("took back what was said of a promise"),
    "share_contact": gettext_lazy("changed how they can be reached"),
    "leave_mail": gettext_lazy("left an address for their return link"),
    "verify_mail": gettext_lazy("opened a link from a mail"),
    "want_reminders": gettext_lazy("asked for reminders by mail"),
    "stop_reminders": gettext_lazy("wants no more reminders"),
    "send_link": gettext_lazy("asked for somebody’s return link to be sent"),
    "outcome": gettext_lazy("said what came of an ask"),
    # leading together
    "invite": gettext_lazy("invited somebody to lead too"),
    "stop_invitations": gettext_lazy("stopped all invitations to lead"),
    "join_team": gettext_lazy("joined those who lead"),
    "take_off": gettext_lazy("took somebody off the team"),
    "hand_over": gettext_lazy("handed the ring over"),
    "take_over": gettext_lazy("took the ring over"),
    # what is kept
    "into_circle": gettext_lazy("made the ring one of a circle"),
    "keep_for": gettext_lazy("changed how long words are kept"),
    "open_words": gettext_lazy("opened names and words for an hour"),
    "take_along": gettext_lazy("took names and words along as a file"),
    "bring_in": gettext_lazy("brought the ring in from a file"),
    "close_forgotten": gettext_lazy("closed a forgotten ring"),
    "erase_person": gettext_lazy("erased their name and words"),
    "erase_ring": gettext_lazy("erased the ring"),
    "last_ring_erased": gettext_lazy("shows no more what was erased in the last ring"),
    "expire": gettext_lazy("erased what its time was up for"),
}
BY_ITSELF = frozenset({"expire", "last_ring_erased"})  # done by the site, when it is time


def told(event: Event) -> str:
    """What was done, in a few words that name nobody and repeat nobody."""
    refs, said = event.refs, str(DEEDS.get(event.kind, event.kind))
    if event.kind == "move" and refs.get("to") in Phase:
        return _("moved the ring on to: {phase}").format(phase=Phase(refs["to"]).label)
    if event.kind == "keep_for" and refs.get("days") in Keeping:
        return _("has words kept for {long}").format(long=Keeping(refs["days"]).label)
    if event.kind == "undo" and refs.get("kind") in DEEDS:
        return _("took back: {deed}").format(deed=DEEDS[refs["kind"]])
    if event.kind == "erase_person" and event.by_user_id:
        return _("erased somebody’s name and words")
    return said
