"""Who may read what of a ring that is over.

Its facilitators were in the room: they read names and the words that stay with the ring. Staff see
people as numbers and no word, until they say why they need to; that is recorded and holds for an hour.
What "stays in the room", a tender moment and a private offer are told to nobody here.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from rings.models import Offer, Participant, Request, Ring
from rings.phases import Privacy
from rings.picture import Picture

OPEN_FOR = timedelta(hours=1)


def may_read(user: User, ring: Ring) -> bool:
    """Whether names and words are open to this user just now."""
    if Ring.objects.led_by(user.pk).filter(pk=ring.pk).exists():
        return True
    since = timezone.now() - OPEN_FOR
    return user.is_staff and ring.accesses.filter(user=user, at__gt=since).exists()


def readable(picture: Picture, *, words: bool) -> Picture:
    """The picture for looking back: without what is told to nobody, and without `words` all of it.

    For drawing only; what is drawn from is never saved.
    """
    people = everybody((*picture.participants, *picture.out, *picture.door), words=words)
    asks = {
        ask.pk: _ask(ask, people[ask.participant_id], words)
        for ask in (*picture.asks, *picture.silent, *picture.heard)
    }
    return replace(
        picture,
        participants=[people[p.pk] for p in picture.participants],
        door=[people[p.pk] for p in picture.door],
        out=[people[p.pk] for p in picture.out],
        asks=[asks[a.pk] for a in picture.asks],
        silent=[asks[a.pk] for a in picture.silent],
        heard=[asks[a.pk] for a in picture.heard],
        offers=[_offer(offer, asks, people, words) for offer in picture.offers],
        replies=[],
    )


def everybody(people: Iterable[Participant], *, words: bool) -> dict[int, Participant]:
    """These people as they are shown, by id: without `words` each is a number, in the order they came."""
    ordered = sorted(people, key=lambda person: person.pk)
    return {person.pk: _person(person, place, words) for place, person in enumerate(ordered, 1)}


def _person(person: Participant, place: int, words: bool) -> Participant:
    if words:
        return person
    bare = copy(person)
    bare.name = f"#{place}"
    return bare


def _ask(ask: Request, participant: Participant, words: bool) -> Request:
    bare = copy(ask)
    bare.participant = participant
    if not words or _is_closed(ask):
        bare.text, bare.why, bare.by = "", "", None
    return bare


def _is_closed(ask: Request) -> bool:
    """Whether its words, and what was written to it, are for nobody who looks back."""
    return ask.hidden or ask.privacy == Privacy.RING_ONLY


def _offer(
    offer: Offer, asks: dict[int, Request], people: dict[int, Participant], words: bool
) -> Offer:
    bare = copy(offer)
    bare.helper, bare.asker = people[offer.helper_id], people[offer.asker_id]
    # an ask of an earlier round stands in no list once its asker is no longer in the ring
    bare.ask = asks.get(offer.ask_id) or _ask(offer.ask, bare.asker, words)
    if not words or offer.private or _is_closed(offer.ask):
        bare.note, bare.due = "", None
    bare.came_of = bare.thanks = ""  # between the two of them
    return bare
