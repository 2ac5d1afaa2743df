"""What is asked and what is offered: write an ask, pledge help on one, take a fresh pledge back."""

from datetime import date, timedelta

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from rings.actions.arrivals import last_place
from rings.actions.door import Change, Refs, command
from rings.actions.replying import drop_reply, still_there
from rings.models import Offer, Participant, Request
from rings.phases import (
    BETWEEN,
    GONE,
    UNDO_GRACE,
    UNDO_SECONDS,
    WRITABLE,
    AskKind,
    AskStatus,
    NotNow,
    OfferKind,
    OfferStatus,
    Phase,
    Privacy,
    Strength,
    Turn,
)


@command
def write(
    room: Change,
    *,
    participant: Participant,
    text: str,
    why: str = "",
    by: date | None = None,
    kind: str = "",
    privacy: str = Privacy.NORMAL,
    ready: bool = True,
) -> Refs:
    """Write or reword an ask; `ready` says it may be shown when its turn comes."""
    if room.ring.phase not in WRITABLE:
        raise NotNow(_("Asks can no longer be changed: the ring is closing."))
    ask = participant.asks.get(round=room.ring.round)
    was = ask.status
    shown = ask.is_shown or ask.is_promised()  # asked aloud, offered on, then passed: it stands
    if ask.status == AskStatus.OPEN and not text:
        raise NotNow(_("This ask is already open; it can be reworded, not emptied."))
    ask.text, ask.why, ask.by = text, why, by
    ask.kind = AskKind(kind) if kind else ""
    ask.privacy = Privacy(privacy)
    ask.scribed = isinstance(room.by.who, User) and bool(text)
    if not text:
        ask.status = AskStatus.DRAFT
    elif shown or (ready and room.ring.phase == Phase.WALL):
        ask.status = AskStatus.OPEN
    else:
        ask.status = AskStatus.READY if ready else AskStatus.DRAFT
    ask.save(update_fields=["text", "why", "by", "kind", "privacy", "status", "scribed"])
    room.touches(participant)
    if ask.status == AskStatus.OPEN and ask.ended_at:
        room.everyone = True  # asked aloud, written now: who came later is told what they missed
    return {"ask": ask.pk, "was": was}


@command
def ask_small(room: Change, *, participant: Participant, text: str, by: date | None = None) -> Refs:
    """After the ring: one small thing more, asked of the same people. It belongs to no round (0)."""
    if room.ring.phase != Phase.FOLLOW_UP:
        raise NotNow(_("A small ask is for the weeks after the ring."))
    if participant.asks.filter(round=BETWEEN).exists():
        raise NotNow(_("You have asked one small thing already; it can be put in other words."))
    ask = Request(ring=room.ring, participant=participant, round=BETWEEN, place=last_place(room))
    ask.text, ask.by, ask.status, ask.turn = text, by, AskStatus.OPEN, Turn.DONE
    ask.save()
    room.touches(participant)
    return {"ask": ask.pk}


@command
def offer(
    room: Change,
    *,
    ask: Request,
    helper: Participant,
    kind: str = OfferKind.SUPPORT,
    strength: str = Strength.FIRM,
    note: str = "",
    due: date | None = None,
    private: bool = False,
    scribed: bool = False,
) -> Refs:
    """Pledge help on one ask. A second pledge by the same helper rewords the first.

    It is filed under the ask it was made for, whoever has the ring by the time it arrives.
    """
    if not room.ring.takes_offers:
        raise NotNow(
            _("This ring is over.")
            if room.ring.is_over
            else _("Offers open once the first person has asked.")
        )
    ask = room.ring.asks.select_related("participant").get(pk=ask.pk)
    if ask.participant_id == helper.pk:
        raise NotNow(_("This ask is your own. Somebody else will see it."))
    if not room.ring.participants.joined().filter(pk=helper.pk).exists():
        raise NotNow(_("{name} is not in the ring just now.").format(name=helper.name))
    if not ask.is_shown:
        raise NotNow(
            _("Offers open once {name} has read the ask.").format(name=ask.participant.name)
        )
    still_there(ask)
    mine = ask.offers.filter(helper=helper).exclude(status=OfferStatus.WITHDRAWN).first()
    mine = mine or Offer(ring=room.ring, ask=ask, helper=helper, asker=ask.participant)
    mine.kind, mine.strength = OfferKind(kind), Strength(strength)
    mine.note, mine.due, mine.private, mine.scribed = note, due, private, scribed
    if mine.pk is None:
        mine.created_at = room.now
        drop_reply(room, ask, helper)
    mine.save()
    if ask.turn == Turn.ASKING:
        ask.turn = Turn.OFFERING
        ask.save(update_fields=["turn"])
    room.touches(ask.participant_id, helper)
    return {"offer": mine.pk, "ask": ask.pk}


@command
def withdraw(room: Change, *, offer: Offer) -> Refs:
    """Take a fresh offer back. Later it can be let go, which tells the asker kindly."""
    if room.ring.phase in GONE:
        raise NotNow(_("This ring is over."))
    offer = room.ring.offers.get(pk=offer.pk)
    if offer.status != OfferStatus.PLEDGED:
        raise NotNow(_("This offer has already been answered."))
    fresh = room.now - offer.created_at <= timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
    if not fresh and not offer.scribed:
        raise NotNow(
            _("An offer can be taken back for {n} seconds. Later, tell the asker.").format(
                n=UNDO_SECONDS
            )
        )
    offer.status = OfferStatus.WITHDRAWN
    offer.save(update_fields=["status"])
    room.touches(offer.asker_id, offer.helper_id)
    return {"offer": offer.pk, "ask": offer.ask_id}
