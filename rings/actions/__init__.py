"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused
from rings.actions.giving import offer, withdraw, write
from rings.actions.merging import merge
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
from rings.actions.turns import back, defer, move, next_turn, pause, skip
from rings.actions.undoing import undo

__all__ = [
    "By",
    "NameTaken",
    "OpReused",
    "WrongPin",
    "add_seat",
    "admit",
    "admit_all",
    "back",
    "block",
    "claim",
    "defer",
    "give_pin",
    "join",
    "knock",
    "leave",
    "let_in",
    "lock",
    "merge",
    "move",
    "next_turn",
    "offer",
    "open_ring",
    "pause",
    "rejoin",
    "remove",
    "rename",
    "skip",
    "take_seat",
    "turn_away",
    "undo",
    "withdraw",
    "write",
]
