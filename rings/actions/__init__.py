"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused
from rings.actions.giving import offer, withdraw, write
from rings.actions.rehearsing import forget, rehearse, set_pace
from rings.actions.turns import back, defer, move, next_turn, pause, skip
from rings.actions.undoing import undo

__all__ = [
    "By",
    "NameTaken",
    "OpReused",
    "add_seat",
    "admit",
    "back",
    "claim",
    "defer",
    "forget",
    "join",
    "move",
    "next_turn",
    "offer",
    "open_ring",
    "pause",
    "rehearse",
    "set_pace",
    "skip",
    "turn_away",
    "undo",
    "withdraw",
    "write",
]
