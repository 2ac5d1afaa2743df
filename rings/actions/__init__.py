"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused
from rings.actions.giving import offer, withdraw, write
from rings.actions.planning import forget_plan, keep_plan
from rings.actions.time import agree_end, more_time, start_clock, take_break, trim
from rings.actions.turns import back, defer, move, next_turn, pause, skip
from rings.actions.undoing import undo

__all__ = [
    "By",
    "NameTaken",
    "OpReused",
    "add_seat",
    "admit",
    "agree_end",
    "back",
    "claim",
    "defer",
    "forget_plan",
    "join",
    "keep_plan",
    "more_time",
    "move",
    "next_turn",
    "offer",
    "open_ring",
    "pause",
    "skip",
    "start_clock",
    "take_break",
    "trim",
    "turn_away",
    "undo",
    "withdraw",
    "write",
]
