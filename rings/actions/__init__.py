"""Every change to a ring, each a command under the one door (`door.py`)."""

from rings.actions.arrivals import NameTaken, add_seat, admit, claim, join, open_ring, turn_away
from rings.actions.door import By, OpReused
from rings.actions.giving import offer, withdraw, write
from rings.actions.team import (
    hand_over,
    invite,
    join_team,
    stop_invitations,
    take_off,
    take_over,
)
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
    "hand_over",
    "invite",
    "join",
    "join_team",
    "move",
    "next_turn",
    "offer",
    "open_ring",
    "pause",
    "skip",
    "stop_invitations",
    "take_off",
    "take_over",
    "turn_away",
    "undo",
    "withdraw",
    "write",
]
