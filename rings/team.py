"""Who leads a ring: what they are called, how somebody is invited to lead too, and whose desk is there.

Presence of the leader's desk is a lease, as a seat's is: the hub renews it while such a desk is open.
That it ran out is stored, so that every process, every page and every reload shows the same.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from rings.models import Ring
from rings.phases import PAUSABLE

INVITED_FOR = timedelta(days=7)
SALT = "rings.team.lead"
# A desk that is reloaded, or moved to another process, is away for less than this.
DESK_GRACE = timedelta(seconds=20)
UNDER_WAY = PAUSABLE  # before that nobody misses a facilitator


# --- names ------------------------------------------------------------------------------------------


def called(user: User) -> str:
    """What an account is called by: its full name, or what stands before the @."""
    return user.get_full_name() or (user.email or user.username).partition("@")[0]


def name_in(ring: Ring, user: User) -> str:
    """What somebody who leads is called in this ring; its owner as the room knows them."""
    return ring.host if user.pk == ring.facilitator_id else called(user)


def leader_pk(ring: Ring) -> int:
    return ring.leader_id or ring.facilitator_id


def leader_name(ring: Ring) -> str:
    """Who has the ring in hand."""
    return called(ring.leader) if ring.leader else ring.host


# --- invitations ------------------------------------------------------------------------------------


def link_token(ring: Ring) -> str:
    """For a link: whoever opens it first may lead, until the team changes next."""
    return signing.dumps([ring.pk, ring.team_changes, 0], salt=SALT)


def account_token(ring: Ring, user: User) -> str:
    """For an account that was invited by its address; to anybody else it is worth nothing."""
    return signing.dumps([ring.pk, ring.team_changes, user.pk], salt=SALT)


def ring_of(token: str, user: User) -> tuple[Ring, int | None] | None:
    """The ring this person may come to lead by this token, and the count of a link; None for all others."""
    try:
        pk, changes, user_pk = signing.loads(token, salt=SALT, max_age=INVITED_FOR)
    except signing.BadSignature:
        return None
    ring = Ring.objects.open().select_related("facilitator").filter(pk=pk).first()
    if ring is None:
        return None
    if user_pk:
        return (ring, None) if user_pk == user.pk and is_awaited(ring, user) else None
    return (ring, changes) if changes == ring.team_changes else None


def is_awaited(ring: Ring, user: User) -> bool:
    """Whether the owner has invited this account within the last days, and it has not decided."""
    since = timezone.now() - INVITED_FOR
    told = ring.events.filter(kind="invite", refs__user=user.pk, at__gt=since)
    return ring.invited.filter(pk=user.pk).exists() and told.exists()


def awaiting(user: User) -> list[tuple[Ring, str]]:
    """The rings this account is invited to lead, each with its token."""
    rings = Ring.objects.open().filter(invited=user.pk).select_related("facilitator")
    return [(ring, account_token(ring, user)) for ring in rings if is_awaited(ring, user)]


def account_of(address: str) -> User | None:
    """The account of an e-mail address that is proved to be its own."""
    proved = Q(emailaddress__email__iexact=address, emailaddress__verified=True)
    only = Q(email__iexact=address, emailaddress__isnull=True)
    return User.objects.filter(proved | only, is_active=True).order_by("pk").first()


# --- whose desk is there ----------------------------------------------------------------------------


def renew(desks: Collection[tuple[int, int]], ring_pks: Collection[int], now: datetime) -> set[int]:
    """Write that these desks (ring, user) are open, and which rings have lost theirs; those are returned."""
    rings = Ring.objects.filter(pk__in=ring_pks)
    if desks:
        open_now = Q()
        for ring_pk, user_pk in desks:
            open_now |= Q(pk=ring_pk, leads=user_pk)
        led = Ring.objects.annotate(leads=Coalesce(F("leader"), F("facilitator"))).filter(open_now)
        pks = list(led.values_list("pk", flat=True))
        Ring.objects.filter(pk__in=pks).update(desk_seen_at=now, desk_lost=False)
    missed = Q(desk_seen_at__lt=now - DESK_GRACE, phase__in=UNDER_WAY)
    rings.filter(missed, desk_lost=False).update(desk_lost=True)
    rings.filter(~Q(phase__in=UNDER_WAY), desk_lost=True).update(desk_lost=False)
    return set(rings.filter(desk_lost=True).values_list("pk", flat=True))
