"""What is kept: rings, their participants, what each asks, what is offered, and every change as an event.

The rules that must hold whatever the code does are constraints here. Everything is written through
the commands in `rings.actions`; nobody else saves these models.
"""

from rings.models.desks import RingTemplate, ScriptLine
from rings.models.events import Event
from rings.models.giving import Offer, Reply, Request, Wording
from rings.models.names import CODE_ALPHABET, CODE_LENGTH, name_key, new_code, new_token
from rings.models.past import Access, Tally
from rings.models.people import HERE_FOR, Participant
from rings.models.reminders import Reminder
from rings.models.ring import Circle, Ring

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "HERE_FOR",
    "Access",
    "Circle",
    "Event",
    "Offer",
    "Participant",
    "Reminder",
    "Reply",
    "Request",
    "Ring",
    "RingTemplate",
    "ScriptLine",
    "Tally",
    "Wording",
    "name_key",
    "new_code",
    "new_token",
]
