"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused
from rings.actions.giving import offer, withdraw, write
from rings.actions.queue import absent, call, observe, place, return_to_queue, shuffle
from rings.actions.turns import back, defer, move, next_turn, pause, skip
from rings.actions.undoing import undo

__all__ = [
    "By",
    "NameTaken",
    "OpReused",
    "absent",
    "add_seat",
    "admit",
    "back",
    "call",
    "claim",
    "defer",
    "join",
    "move",
    "next_turn",
    "observe",
    "offer",
    "open_ring",
    "pause",
    "place",
    "return_to_queue",
    "shuffle",
    "skip",
    "turn_away",
    "undo",
    "withdraw",
    "write",
]
