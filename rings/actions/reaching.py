"""How people of a ring reach each other, and how the site reaches them: by consent."""

from django.db.models import Q
from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.models import Participant
from rings.phases import GONE, NotNow, OfferStatus


@command
def share_contact(room: Change, *, participant: Participant, contact: str) -> Refs:
    """Somebody says how they can be reached, or with "" that nobody need know any more.

    Only who has an accepted offer with them sees it, and hears of the change.
    """
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = room.ring.participants.get(pk=participant.pk)
    person.contact = contact
    person.save(update_fields=["contact"])
    mine = Q(helper=person) | Q(asker=person)
    met = room.ring.offers.filter(mine, status__in=(OfferStatus.ACCEPTED, OfferStatus.KEPT))
    for pair in met.values_list("helper_id", "asker_id"):
        room.touches(*pair)
    room.touches(person)
    return {"participant": person.pk}


@command
def leave_mail(room: Change, *, participant: Participant, mail: str) -> Refs:
    """Somebody leaves an address for their return link; it counts once a link from a mail was opened."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = room.ring.participants.get(pk=participant.pk)
    _leave(person, mail)
    return {"participant": person.pk}


def _leave(person: Participant, mail: str) -> None:
    if person.mail != mail:
        person.mail, person.mail_verified_at = mail, None
        person.save(update_fields=["mail", "mail_verified_at"])


@command
def want_reminders(
    room: Change,
    *,
    participant: Participant,
    mail: str,
    language: str,
    time_zone: str,
    digest: bool = False,
) -> Refs:
    """Somebody asks to be reminded at an address, in a language, by the clock of a time zone.

    `digest`: also of what is newly asked in the ring, at most once a week.
    """
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    person = room.ring.participants.get(pk=participant.pk)
    _leave(person, mail)
    person.reminders, person.digest = True, digest
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["reminders", "digest", "language", "time_zone"])
    room.touches(person)
    return {"participant": person.pk}


@command
def stop_reminders(room: Change, *, participant: Participant) -> Refs:
    """Somebody wants no more of them, at any time."""
    person = room.ring.participants.get(pk=participant.pk)
    person.reminders = False
    person.save(update_fields=["reminders"])
    room.touches(person)
    return {"participant": person.pk}


@command
def verify_mail(room: Change, *, participant: Participant) -> Refs:
    """A link from a mail was opened, so the address is theirs."""
    person = room.ring.participants.get(pk=participant.pk)
    person.mail_verified_at = room.now
    person.save(update_fields=["mail_verified_at"])
    room.touches(person)
    return {"participant": person.pk}


@command
def send_link(room: Change, *, participant: Participant) -> Refs:
    """Staff have somebody's return link sent once more, to the address that is known to be theirs."""
    person = room.ring.participants.get(pk=participant.pk)
    if not person.mail or person.mail_verified_at is None:
        raise NotNow(_("There is no address that is known to be theirs."))
    return {"participant": person.pk}
