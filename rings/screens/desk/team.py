"""Who has the ring in hand, and whose hands there are: what every desk shows of that.

All desks are sent the same, and each page shows what is for its own account (`data-seat`, ring.js):
whose ring it is sees how to take it back and whom to take off, the others see how to take over.
"""

from dataclasses import dataclass

from rings import team
from rings.live import Context
from rings.phases import GONE
from rings.picture import Picture


@dataclass(frozen=True)
class Hand:
    """Somebody of the team; `seat` marks what is for their page."""

    pk: int
    name: str
    owner: bool
    leads: bool

    @property
    def seat(self) -> str:
        return f"user-{self.pk}"


def hands(picture: Picture) -> Context:
    """The owner and the team; `shared` says that there is more than one hand."""
    ring, at = picture.ring, team.leader_pk(picture.ring)
    people = [
        Hand(user.pk, team.name_in(ring, user), user == ring.facilitator, user.pk == at)
        for user in (ring.facilitator, *picture.team)
    ]
    leads = next((hand for hand in people if hand.leads), people[0])
    return {
        "hands": people,
        "leads": leads,
        "owner": people[0],
        "shared": len(people) > 1 and ring.phase not in GONE,
    }
