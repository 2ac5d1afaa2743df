"""Plans that a facilitator keeps under a name, to begin another ring from."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.models import Circle, RingTemplate
from rings.phases import NotNow

MOST = 20  # templates of one account


def keep_plan(user: User, *, name: str, plan: dict[str, Any]) -> RingTemplate:
    """Keep a plan under a name; under the same name it replaces the one before."""
    others = user.templates.exclude(name=name)
    if others.count() >= MOST:
        raise NotNow(_("You have {most} templates already. Let one go first.").format(most=MOST))
    return RingTemplate.objects.update_or_create(user=user, name=name, defaults={"plan": plan})[0]


def forget_plan(user: User, *, pk: int) -> None:
    RingTemplate.objects.filter(user=user, pk=pk).delete()


def circle_of(user: User, name: str) -> Circle | None:
    """This user's circle of that name, made where there is none yet; None without a name."""
    return Circle.objects.get_or_create(owner=user, name=name)[0] if name else None


@command
def into_circle(room: Change, *, circle: Circle) -> Refs:
    """The ring was the first of a circle, as it turns out when the next one is planned."""
    if room.ring.circle_id:
        raise NotNow(_("This ring is one of a circle already."))
    room.ring.circle = circle
    return {}
