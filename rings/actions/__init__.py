"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused, settle
from rings.actions.forgetting import (
    close_forgotten,
    erase_person,
    erase_ring,
    expire,
    keep_for,
    open_words,
)
from rings.actions.giving import offer, withdraw, write
from rings.actions.keeping import keep, outcome, release, start_with, still_coming, unsay
from rings.actions.merging import merge
from rings.actions.planning import circle_of, forget_plan, keep_plan
from rings.actions.queue import absent, call, observe, place, return_to_queue, shuffle
from rings.actions.reaching import (
    leave_mail,
    send_link,
    share_contact,
    stop_reminders,
    verify_mail,
    want_reminders,
)
from rings.actions.receiving import accept, most_useful, thank
from rings.actions.rehearsing import forget, rehearse, set_pace
from rings.actions.replying import reframe, reply, unreply
from rings.actions.room import count_done, host_seat, show_card, spoke, take_words, tender
from rings.actions.seats import (
    WrongPin,
    admit_all,
    block,
    give_pin,
    knock,
    leave,
    let_in,
    lock,
    rejoin,
    remove,
    rename,
    take_seat,
)
from rings.actions.taking import bring_in, take_along
from rings.actions.team import (
    hand_over,
    invite,
    join_team,
    stop_invitations,
    take_off,
    take_over,
)
from rings.actions.time import agree_end, more_time, start_clock, take_break, trim
from rings.actions.turns import back, defer, move, next_turn, pause, skip
from rings.actions.undoing import undo
from rings.past.bringing import NotOurs

__all__ = [
    "By",
    "NameTaken",
    "NotOurs",
    "OpReused",
    "WrongPin",
    "absent",
    "accept",
    "add_seat",
    "admit",
    "admit_all",
    "agree_end",
    "back",
    "block",
    "bring_in",
    "call",
    "circle_of",
    "claim",
    "close_forgotten",
    "count_done",
    "defer",
    "erase_person",
    "erase_ring",
    "expire",
    "forget",
    "forget_plan",
    "give_pin",
    "hand_over",
    "host_seat",
    "invite",
    "join",
    "join_team",
    "keep",
    "keep_for",
    "keep_plan",
    "knock",
    "leave",
    "leave_mail",
    "let_in",
    "lock",
    "merge",
    "more_time",
    "most_useful",
    "move",
    "next_turn",
    "observe",
    "offer",
    "open_ring",
    "open_words",
    "outcome",
    "pause",
    "place",
    "reframe",
    "rehearse",
    "rejoin",
    "release",
    "remove",
    "rename",
    "reply",
    "return_to_queue",
    "send_link",
    "set_pace",
    "settle",
    "share_contact",
    "show_card",
    "shuffle",
    "skip",
    "spoke",
    "start_clock",
    "start_with",
    "still_coming",
    "stop_invitations",
    "stop_reminders",
    "take_along",
    "take_break",
    "take_off",
    "take_over",
    "take_seat",
    "take_words",
    "tender",
    "thank",
    "trim",
    "turn_away",
    "undo",
    "unreply",
    "unsay",
    "verify_mail",
    "want_reminders",
    "withdraw",
    "write",
]
