"""A ring's picture for each screen: beads, names and threads of a `Picture`, drawn by `geometry`.

A seat is the index in `picture.participants`. Private offers are threads only in the drawing of one
of the two people; in what everybody sees they are not drawn at all.
"""

import re
from collections.abc import Container, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rings.geometry import (
    Frame,
    MiniRing,
    Place,
    Ring,
    Strand,
    draw,
    facing,
    mini_ring,
    share_ring,
)
from rings.insights import Numbers
from rings.models import Offer, Participant
from rings.phases import BEHIND_US, OVER, OfferKind, OfferStatus, Phase, Strength, Turn
from rings.picture import Picture

RIGHT, BELOW = 90, 180  # where the asker sits on the stage (beside the words), and "me" on a phone
TOO_MANY = 40  # people from whom on names no longer fit round a ring
MOST_IN_SKETCH = 80  # threads: more are a blot in a row of a list
APART = 60  # people from whom on a phone's small beads would run into one hoop


def lobby_ring(picture: Picture) -> Ring:
    """The stage's lobby: who is in, by name, and the seats still empty round the QR code."""
    frame = Frame(1180, 1000, radius=380, bead=19, hoop=4, thread=0, font=_font(picture, 33))
    return draw(frame, _arrivals(picture, picture.here), [], _lobby_title(picture))


def lobby_ring_small(picture: Picture) -> Ring:
    """The same on a phone: no names, but the page can ring its own bead.

    Who is here is for desk and stage; a phone shows who is in, which changes by commands alone.
    A crowd is an arc for those who are in: its beads would run into one anyway, and every
    phone is sent them at each arrival.
    """
    frame = Frame(300, 300, radius=132, bead=7, hoop=2.5, thread=0, mine=True)
    people = len(picture.participants)
    title = ngettext(
        "{people} people are in the ring", "{people} people are in the ring", people
    ).format(people=people)
    if people > APART:
        return share_ring(frame, people / (people + picture.on_their_way), title)
    return draw(frame, _arrivals(picture, picture.seat_of), [], title)


def turn_ring(picture: Picture) -> Ring:
    """The stage's turn: the asker beside their words, the turns behind us in ink, the offers."""
    seats = len(picture.participants)
    current = picture.current
    turn = facing(_seat(picture, current.participant), seats, RIGHT) if current else 0
    frame = Frame(
        1060, 900, radius=304, bead=17, hoop=5, thread=6.6, font=_font(picture, 32), turn=turn
    )
    offers = _shared(picture.offers_on(current)) if current else []
    giving = {offer.helper_id for offer in offers}
    places = [
        Place(
            key=person.pk,
            state=_state(picture, person),
            name="" if current and current.participant_id == person.pk else _name(picture, person),
            tone="gives" if person.pk in giving else "dim",
        )
        for person in picture.participants
    ]
    return draw(frame, places, _strands(picture, offers), _turn_title(picture, offers))


def turns_ring(picture: Picture) -> Ring:
    """The desk's: whose turn it is, as beads only, since the names stand in the list below."""
    places = [
        Place(key=person.pk, state=_state(picture, person)) for person in picture.participants
    ]
    bead = min(6.5, 156 / max(len(places), 1))
    frame = Frame(184, 184, radius=78, bead=bead, hoop=3, thread=0)
    return draw(frame, places, [], _turns_title(picture))


def small_ring(picture: Picture, me: Participant) -> Ring:
    """A phone's own ring: me below, and every thread to me and from me, private ones too.

    In a crowd the others are the hoop, and only who has a thread has a bead.
    """
    mine = [offer for offer in picture.offers if me.pk in (offer.helper_id, offer.asker_id)]
    others = {offer.helper_id for offer in mine} | {offer.asker_id for offer in mine}
    asking = picture.current is not None and picture.current.participant_id == me.pk
    states = dict.fromkeys(others, "plain") | {me.pk: "asking" if asking else "you"}
    seats = len(picture.participants)
    turn = facing(_seat(picture, me), seats, BELOW)
    frame = Frame(168, 168, radius=70, bead=5.2, hoop=2, thread=2.4, turn=turn)
    other = "waiting" if seats <= APART else "unseen"
    places = [Place(p.pk, states.get(p.pk, other)) for p in picture.participants]
    to_me = sum(offer.asker_id == me.pk for offer in mine)
    title = _("Your threads: {to_me} coming to you, {from_me} from you").format(
        to_me=to_me, from_me=len(mine) - to_me
    )
    return draw(frame, places, _strands(picture, mine), title)


def ring_map(picture: Picture, numbers: Numbers | None = None) -> Ring:
    """The map: every shared offer a thread; arrow heads only on the loop of `numbers`, when given."""
    offers = _shared(picture.offers)
    frame = Frame(
        1200,
        1000,
        radius=404,
        bead=18,
        hoop=4,
        thread=3.4 if len(offers) <= 100 else 2.4,
        font=_font(picture, 33),
    )
    loop = _pairs(numbers) if numbers else set()
    on_loop = {pk for pair in loop for pk in pair}
    looped = [o for o in offers if (o.helper_id, o.asker_id) in loop]
    plain = [o for o in offers if (o.helper_id, o.asker_id) not in loop]
    places = [
        Place(p.pk, "plain", _name(picture, p), "gives" if p.pk in on_loop else "")
        for p in picture.participants
    ]
    strands = [
        *_strands(picture, plain, arrow=False),
        *_strands(picture, _once(looped), style="loop"),
    ]
    return draw(frame, places, strands, _map_title(offers, places))


def review_map(picture: Picture, person: Participant | None) -> Ring:
    """The map for looking back: every shared offer an arrow, those of the one followed on top."""
    offers = _shared(picture.offers)
    mine = [o for o in offers if person and person.pk in (o.helper_id, o.asker_id)]
    others = [o for o in offers if o not in mine]
    near = {pk for offer in mine for pk in (offer.helper_id, offer.asker_id)}
    frame = Frame(
        760, 700, radius=256, bead=12, hoop=4, thread=2.6, font=min(_font(picture, 23), 23)
    )
    places = [
        Place(
            p.pk,
            "asking" if p == person else "plain" if p.pk in near or not person else "waiting",
            _name(picture, p),
            "gives" if p.pk in near else "",
        )
        for p in picture.participants
    ]
    strands = [
        *_strands(picture, others, style="others" if person else ""),
        *_strands(picture, mine),
    ]
    return draw(frame, places, strands, _map_title(offers, places))


def sketch(picture: Picture) -> str:
    """The threads of the map as one path on a sheet of 100 by 100, for a row of a list."""
    frame = Frame(100, 100, radius=46, bead=0, hoop=0, thread=0)
    places = [Place(p.pk) for p in picture.participants]
    strands = _strands(picture, _once(_shared(picture.offers)), arrow=False)
    threads = draw(frame, places, strands, "").threads
    return "".join(re.sub(r"\d+\.\d+", _whole, thread.path) for thread in threads[:MOST_IN_SKETCH])


def _whole(match: re.Match[str]) -> str:
    return str(round(float(match[0])))


def ready_ring(picture: Picture) -> Ring:
    """While everybody writes: an arc for the asks that are ready. Nobody's bead, nobody's name."""
    asks = len(picture.asks)
    share = picture.ready / asks if asks else 0
    frame = Frame(760, 760, radius=330, bead=18, hoop=14, thread=0)
    title = ngettext(
        "{ready} of {asks} asks are ready", "{ready} of {asks} asks are ready", picture.ready
    )
    return share_ring(frame, share, title.format(ready=picture.ready, asks=asks))


def progress(picture: Picture) -> MiniRing:
    """The header's small ring: how many turns are behind us, and the one that runs."""
    phase = Phase(picture.ring.phase)
    turns = len(picture.asks)
    if phase in {Phase.WALL, Phase.CLOSING} | OVER:
        return mini_ring(turns, turns)
    return mini_ring(len(picture.behind), turns)


# --- places ---------------------------------------------------------------------------------------


def _seat(picture: Picture, person: Participant) -> int:
    return picture.index_of.get(person.pk, 0)


def _font(picture: Picture, size: float) -> float:
    """Smaller names the more people there are; none at all in a crowd."""
    people = max(len(picture.participants), 1)
    return size * min(1, 25 / people) if people <= TOO_MANY else 0


def _name(picture: Picture, person: Participant) -> str:
    return picture.short_names[person.pk]


def _arrivals(picture: Picture, filled: Container[int]) -> list[Place]:
    people = [
        Place(p.pk, "plain" if p.pk in filled else "waiting", _name(picture, p))
        for p in picture.participants
    ]
    return people + [Place(state="empty")] * picture.on_their_way


def _state(picture: Picture, person: Participant) -> str:
    ask = picture.ask_of.get(person.pk)
    if ask is None:
        return "waiting"
    if picture.current and ask.pk == picture.current.pk:
        return "asking"
    if picture.following and ask.pk == picture.following.pk:
        return "next"
    if ask.turn in BEHIND_US:
        return "done"
    return "later" if ask.turn == Turn.DEFERRED else "waiting"


# --- threads --------------------------------------------------------------------------------------


def _shared(offers: Iterable[Offer]) -> list[Offer]:
    return [offer for offer in offers if not offer.private]


def _strands(
    picture: Picture, offers: Iterable[Offer], *, arrow: bool = True, style: str = ""
) -> list[Strand]:
    seats = picture.index_of
    return [
        Strand(
            helper=seats[offer.helper_id],
            asker=seats[offer.asker_id],
            firm=offer.strength == Strength.FIRM,
            via=offer.kind == OfferKind.INTRODUCTION,
            arrow=arrow,
            style=style or ("kept" if offer.status == OfferStatus.KEPT else ""),
        )
        for offer in offers
        if offer.helper_id in seats and offer.asker_id in seats
    ]


def _pairs(numbers: Numbers) -> set[tuple[int, int]]:
    """The arrows of the loop (or chain) that is shown."""
    loop = numbers.loop
    following = loop[1:] + (loop[:1] if numbers.closed else ())
    return set(zip(loop, following, strict=False))


def _once(offers: list[Offer]) -> list[Offer]:
    """One offer a pair, the first: a helper may have helped the same person in two rounds."""
    return list({(o.helper_id, o.asker_id): o for o in reversed(offers)}.values())


# --- titles ---------------------------------------------------------------------------------------


def _lobby_title(picture: Picture) -> str:
    people, missing = len(picture.participants), picture.on_their_way
    title = ngettext(
        "{people} of {all} people are in the ring",
        "{people} of {all} people are in the ring",
        people,
    )
    return title.format(people=people, all=people + missing)


def _map_title(offers: list[Offer], places: list[Place]) -> str:
    title = ngettext(
        "Map of {offers} offers between {people} people; a table follows",
        "Map of {offers} offers between {people} people; a table follows",
        len(offers),
    )
    return title.format(offers=len(offers), people=len(places))


def _turn_title(picture: Picture, offers: list[Offer]) -> str:
    if picture.current is None:
        return _("Nobody has the ring just now")
    asking = _("{name} is asking.").format(name=_name(picture, picture.current.participant))
    helpers = [picture.short_names.get(offer.helper_id, "") for offer in offers]
    offered = _("Offers so far from {names}.").format(names=", ".join(helpers))
    return f"{asking} {offered}" if helpers else asking


def _turns_title(picture: Picture) -> str:
    current, following = picture.current, picture.following
    now = picture.short_names[current.participant_id] if current else ""
    then = picture.short_names[following.participant_id] if following else ""
    if now and then:
        title = _("{done} of {all} have had their turn, {now} now, {then} next")
    elif now:
        title = _("{done} of {all} have had their turn, {now} now")
    elif then:
        title = _("{done} of {all} have had their turn, {then} next")
    else:
        title = _("{done} of {all} have had their turn")
    done, turns = len(picture.behind), len(picture.asks)
    return title.format(done=done, all=turns, now=now, then=then)
