"""What is said to an ask without a promise, and asking again in other words."""

from datetime import date

from django.utils.translation import gettext as _

from rings.actions.door import Change, Refs, command
from rings.models import Participant, Reply, Request
from rings.phases import (
    OFFERABLE,
    ON_STAGE,
    WAITS_FOR_WORDS,
    AskStatus,
    NotNow,
    OfferStatus,
    ReplyKind,
)


@command
def reply(
    room: Change, *, ask: Request, participant: Participant, kind: str, words: str = ""
) -> Refs:
    """Let an ask go by with an easy no, or only cheer. A second reply takes the place of the first.

    The event says neither which, nor any word of it.
    """
    if not room.ring.takes_offers:
        raise NotNow(_("Nothing is asked just now."))
    ask = room.ring.asks.select_related("participant").get(pk=ask.pk)
    if ask.participant_id == participant.pk:
        raise NotNow(_("This ask is your own. Somebody else will see it."))
    if not ask.is_shown:
        raise NotNow(_("Wait until {name} has read the ask.").format(name=ask.participant.name))
    still_there(ask)
    if ask.offers.filter(helper=participant).exclude(status=OfferStatus.WITHDRAWN).exists():
        raise NotNow(_("You have offered on this ask. Take that back first."))
    said = {"kind": ReplyKind(kind), "words": words, "reworded": False, "at": room.now}
    Reply.objects.update_or_create(
        ask=ask, participant=participant, defaults={"ring": room.ring, **said}
    )
    room.touches(ask.participant_id, participant)
    return {"ask": ask.pk}


def still_there(ask: Request) -> None:
    """Nothing more is said of an ask whose words are erased: it would outlive them."""
    if ask.erased:
        raise NotNow(_("The words of this ask are gone for good."))


@command
def unreply(room: Change, *, ask: Request, participant: Participant) -> Refs:
    """Take a reply back, as if nothing had been said."""
    if not room.ring.takes_offers:
        raise NotNow(_("This ring is closing; nothing needs to be taken back."))
    if not drop_reply(room, ask, participant):
        raise NotNow(_("You have said nothing to this ask."))
    return {"ask": ask.pk}


def drop_reply(room: Change, ask: Request, participant: Participant) -> bool:
    """Whoever offers, or thinks better of it, has not let the ask go by. Whether there was a reply."""
    room.touches(ask.participant_id, participant)
    return ask.replies.filter(participant=participant).delete()[0] > 0


@command
def reframe(
    room: Change, *, ask: Request, text: str, why: str = "", by: date | None = None
) -> Refs:
    """Ask again in other words. The old ones stay linked, and who waits for words is told once."""
    if room.ring.phase not in OFFERABLE:
        raise NotNow(_("An ask can be asked again while the ring takes offers."))
    ask = room.ring.asks.get(pk=ask.pk)
    still_there(ask)
    if ask.status != AskStatus.OPEN or ask.turn in ON_STAGE:
        raise NotNow(
            _("An ask is asked again once its turn is over. Until then, change its words.")
        )
    if (ask.text, ask.why, ask.by) == (text, why, by):
        raise NotNow(_("These are the words you asked with. Change something, or keep them."))
    if ask.text:
        ask.wordings.create(text=ask.text, why=ask.why, by=ask.by, until=room.now)
    ask.text, ask.why, ask.by = text, why, by
    ask.save(update_fields=["text", "why", "by"])
    replies = ask.replies.filter(reworded=False)
    waiting = replies.filter(kind__in=WAITS_FOR_WORDS).values_list("participant_id", flat=True)
    room.touches(ask.participant_id, *waiting)
    replies.update(reworded=True)
    return {"ask": ask.pk}
