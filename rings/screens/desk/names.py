"""What people are called on the desk."""

from rings.models import Request
from rings.picture import Picture


def short(picture: Picture, ask: Request) -> str:
    """The name the room knows an asker by."""
    return picture.short_names[ask.participant_id]
