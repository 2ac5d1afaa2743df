"""Who leads: the owner invites, somebody joins or is taken off, and the ring goes from hand to hand.

Every change of hands is asked for by name, is an event, and can be taken back; the owner can always take
the ring back at once. So there is no moment at which nobody can act.
"""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from rings import team
from rings.actions.door import Change, Refs, anybody, command, undoable
from rings.models import Ring
from rings.phases import GONE, NotNow


@command
def invite(room: Change, *, user: User | None) -> Refs:
    """The owner asks an account to lead too; an address without one leaves the same trace."""
    _going_on(room)
    if user and not _leads(room.ring, user):
        room.ring.invited.add(user)
    return {"user": user and user.pk}


@command
def stop_invitations(room: Change) -> Refs:
    """No link and no invitation that is out works any longer."""
    _not_gone(room)
    room.ring.invited.clear()
    room.ring.team_changes += 1
    return {}


@command
def join_team(room: Change, *, user: User, believing: int | None) -> Refs:
    """Lead this ring too; by a link, which names a count of changes (`believing`), or as an account asked."""
    _going_on(room)
    ring = room.ring
    if _leads(ring, user):
        raise NotNow(_("You lead this ring already."))
    asked = team.is_awaited(ring, user) if believing is None else believing == ring.team_changes
    if not asked:
        raise NotNow(
            _("This link has been used, or {host} has stopped it. Ask for a new one.").format(
                host=ring.host
            )
        )
    ring.invited.remove(user)
    ring.team.add(user)
    ring.team_changes += 1
    return {"user": user.pk}


@command
def take_off(room: Change, *, user: User) -> Refs:
    """The owner takes somebody off the team; what they had in hand is the owner's again."""
    _not_gone(room)
    ring = room.ring
    if not ring.team.filter(pk=user.pk).exists():
        raise NotNow(_("{name} no longer leads this ring.").format(name=team.called(user)))
    ring.team.remove(user)
    ring.invited.remove(user)
    ring.team_changes += 1
    ring.last_act = None  # an undo must not put the ring into a hand that is gone
    if ring.leader_id == user.pk:
        _give(ring, None)
    return {"user": user.pk}


@command
@undoable
def hand_over(room: Change, *, to: User, believing: int | None) -> Refs:
    """Who leads gives the ring into another hand of the team."""
    _not_gone(room)
    ring, before = room.ring, team.leader_pk(room.ring)
    _still(room, believing)
    if not _leads(ring, to):
        raise NotNow(_("{name} no longer leads this ring with you.").format(name=team.called(to)))
    if to.pk == before:
        raise NotNow(_("You are leading already."))
    _give(ring, to)
    return {"from": before, "to": to.pk}


@command
@undoable
@anybody
def take_over(room: Change, *, believing: int | None) -> Refs:
    """Anybody of the team takes the ring in hand; the owner may whoever has it by now."""
    _not_gone(room)
    ring, me, before = room.ring, room.by.who, team.leader_pk(room.ring)
    if not isinstance(me, User) or not _leads(ring, me):
        raise NotNow(_("Only who leads this ring can take it over."))
    if me.pk == before:
        raise NotNow(_("You are leading already."))
    if me.pk != ring.facilitator_id:
        _still(room, believing)
    _give(ring, me)
    return {"from": before, "to": me.pk}


def _give(ring: Ring, to: User | None) -> None:
    """Into this hand; whether its desk is there, the hub will say."""
    ring.leader = None if to is None or to.pk == ring.facilitator_id else to
    ring.desk_seen_at, ring.desk_lost = None, False


def _still(room: Change, believing: int | None) -> None:
    """Whoever the desk believed to lead still does."""
    if believing != team.leader_pk(room.ring):
        raise NotNow(
            _("{name} leads by now; somebody was a moment quicker.").format(
                name=team.leader_name(room.ring)
            )
        )


def _leads(ring: Ring, user: User) -> bool:
    return user.pk == ring.facilitator_id or ring.team.filter(pk=user.pk).exists()


def _going_on(room: Change) -> None:
    if room.ring.is_over:
        raise NotNow(_("This ring is over."))


def _not_gone(room: Change) -> None:
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
