"""A ring in which everything happened that a file must hold, played by commands; for tests."""

from datetime import date

from rings import actions
from rings.access import key_hash
from rings.actions import By
from rings.models import Circle, Offer, Participant, Request, Ring
from rings.phases import Phase, Privacy, ReplyKind
from tests.conftest import Cast

SECRET = "heliotrope"  # in what is told to nobody who looks back
TENDER = "vetiver"  # in a note on what is told to nobody
BETWEEN = SECRET  # what two people wrote to each other afterwards
KNOWN = "marigold"  # in what its facilitator may read


def _ask(who: Participant, number: int = 1) -> Request:
    return Request.objects.get(participant=who, round=number)


def rich(cast: Cast) -> Ring:
    """Two rounds, a proxy, a private offer, replies, other words, an act taken back, two seats made one."""
    circle = Circle.objects.create(owner=cast.fay, name="Lantern Street")
    Ring.objects.filter(pk=cast.ring.pk).update(rounds=2, circle=circle)
    ada, bo, cy = (cast.seat(name) for name in ("Ada", "Bo", "Cy"))
    pia = cast.proxy("Pia")
    cast.write(ada, f"A ladder, {KNOWN}.", why="The roof.", by=date(2027, 5, 31))
    cast.write(bo, f"Somebody to talk to, {SECRET}.", privacy=Privacy.RING_ONLY)
    cast.write(cy, f"A tender thing, {SECRET}.")
    actions.write(cast.ring, cast.by, participant=pia, text=f"A lamp, {KNOWN}.")
    cast.move(Phase.TURNS)
    cast.offer(bo, ada, note=f"Ours is long, {KNOWN}.", due=date(2027, 6, 1))
    cast.offer(cy, ada, note=f"I know one, {SECRET}.", private=True)
    cast.offer(pia, ada, note="Taken back.")
    actions.withdraw(cast.ring, By(pia), offer=Offer.objects.get(helper=pia))
    actions.pause(cast.ring, cast.by, paused=True)
    actions.pause(cast.ring, cast.by, paused=False)
    cast.next()
    act = Ring.objects.select_related("last_act").get(pk=cast.ring.pk).last_act
    assert act
    actions.undo(cast.ring, cast.by, believing=act.version)
    cast.next()
    actions.reply(
        cast.ring, By(cy), ask=_ask(bo), participant=cy, kind=ReplyKind.LATER, words="In May."
    )
    actions.reframe(cast.ring, By(ada), ask=_ask(ada), text=f"A long ladder, {KNOWN}.")
    cast.next()
    actions.tender(cast.ring, cast.by, ask=_ask(cy), hidden=True)
    cast.offer(ada, cy, note=f"Of the {TENDER} thing.")
    _twice(cast, bo)
    cast.ring.refresh_from_db()
    actions.move(cast.ring, cast.by, to=Phase.WRITING, believing=Phase.TURNS, number=2)
    actions.write(cast.ring, By(ada), participant=ada, text=f"A desk, {KNOWN}.")
    never = {"text": f"Never shown, {SECRET}.", "ready": False}
    actions.write(cast.ring, By(bo), participant=bo, **never)
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        _on(cast, phase)
    _settled(cast, ada)
    return Ring.objects.get(pk=cast.ring.pk)


def _on(cast: Cast, phase: Phase) -> None:
    """On, by way of the second turns, in which nobody has it yet."""
    cast.ring.refresh_from_db()
    number = cast.ring.rounds if cast.ring.round == 2 else 0
    if phase == Phase.WALL:
        actions.move(cast.ring, cast.by, to=Phase.TURNS, believing=cast.ring.phase, number=number)
    cast.move(phase)


def _settled(cast: Cast, ada: Participant) -> None:
    """What Bo promised Ada came true and was thanked for, and what Cy promised in private."""
    for name in ("Bo", "Cy"):
        offer = Offer.objects.get(
            ring=cast.ring, asker__name="Ada", helper__name=name, ask__round=1
        )
        said = {"came_of": f"On Monday, {BETWEEN}.", "hours": 2.5, "money": 80}
        actions.still_coming(cast.ring, By(offer.helper), offer=offer)
        actions.keep(cast.ring, By(offer.helper), offer=offer, **said)
        actions.thank(cast.ring, By(ada), offer=offer, thanks=f"Because of you, {BETWEEN}.")
    actions.outcome(cast.ring, By(ada), ask=_ask(ada), status="partly")


def _twice(cast: Cast, bo: Participant) -> None:
    """Bo came in a second time late, and the two seats become one; somebody else waits at the door."""
    for name in ("Bo B", "Wim"):
        event = actions.join(cast.ring, By(None), name=name, key_hash=key_hash(name))
        if name == "Bo B":
            other = Participant.objects.get(pk=event.refs["participant"])
            actions.admit(cast.ring, cast.by, participant=other)
    actions.claim(cast.ring, By(None), participant=bo, key_hash=key_hash("Bo's other phone"))
    actions.merge(cast.ring, cast.by, participant=bo, other=other)
