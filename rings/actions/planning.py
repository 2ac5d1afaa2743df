"""Plans that a facilitator keeps under a name, to begin another ring from."""

from typing import Any

from django.contrib.auth.models import User

from rings.models import RingTemplate
from rings.phases import NotNow

MOST = 20  # templates of one account


def keep_plan(user: User, *, name: str, plan: dict[str, Any]) -> RingTemplate:
    """Keep a plan under a name; under the same name it replaces the one before."""
    others = user.templates.exclude(name=name)
    if others.count() >= MOST:
        raise NotNow(f"You have {MOST} templates already. Let one go first.")
    kept, _ = RingTemplate.objects.update_or_create(user=user, name=name, defaults={"plan": plan})
    return kept


def forget_plan(user: User, *, pk: int) -> None:
    RingTemplate.objects.filter(user=user, pk=pk).delete()
