"""The numbers of a ring, all from its asks and offers; a person or their share is never ranked.

The functions on arrows are pure: an arrow is (helper, asker), one for each offer. The others read a
`Picture`. Units and sources stand with each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rings.models import Offer, Request
from rings.phases import (
    BETWEEN,
    MERGED_FROM,
    MOVED,
    OUTCOMES,
    PROMISED,
    AskStatus,
    OfferStatus,
    Strength,
    Turn,
)
from rings.picture import Picture

type Arrow = tuple[int, int]

LOOP_AT_MOST = 6  # people in the loop that is shown: as many as one reads at a glance
STEPS = 20_000  # how far the search for it goes, in arrows followed
SHOWN = frozenset({AskStatus.OPEN, AskStatus.FULFILLED, AskStatus.PARTLY, AskStatus.UNMET})
SPOKEN = frozenset({Turn.ASKING, Turn.OFFERING, Turn.DONE})  # asked aloud, perhaps never written


@dataclass(frozen=True)
class Numbers:
    """What a ring did, in counts; every share carries its n. Private offers are counted too."""

    people: int
    asks: int  # asked, in writing or aloud
    asks_with_offer: int
    offers: int  # not taken back
    firm: int
    gave: int  # people with at least one offer
    gave_and_got: int
    onward: int  # offers whose helper got nothing straight back
    all_round: int  # people of whom each can reach each other along offers
    loop: tuple[int, ...]  # participants, each helping the next; if `closed`, the last the first
    closed: bool
    loops_many: bool  # more loops than the one shown


def numbers(picture: Picture) -> Numbers:
    """A ring's numbers. The loop is made of offers everybody may see; the counts of all offers."""
    arrows = [(offer.helper_id, offer.asker_id) for offer in picture.offers]
    shared = [(o.helper_id, o.asker_id) for o in picture.offers if not o.private]
    people = {person.pk for person in picture.participants}
    givers, getters = {h for h, _ in arrows} & people, {a for _, a in arrows} & people
    asks = asked(picture)
    loop = longest_loop(shared)
    closed = len(loop) > 2
    chain = loop if closed else longest_chain(shared)
    return Numbers(
        people=len(people),
        asks=len(asks),
        asks_with_offer=sum(bool(picture.offers_on(ask)) for ask in asks),
        offers=len(arrows),
        firm=sum(offer.strength == Strength.FIRM for offer in picture.offers),
        gave=len(givers),
        gave_and_got=len(givers & getters),
        onward=onward(arrows),
        all_round=len(largest_circle(arrows)),
        loop=chain if len(chain) > 2 else (),
        closed=closed,
        loops_many=_many_loops(shared),
    )


def readiness(picture: Picture) -> dict[str, int]:
    """How many of those with a promise in hand (`promisers`) have chosen what they start with (`ready`)."""
    open_ones = [offer for offer in picture.offers if offer.status in PROMISED]
    return {
        "promisers": len({offer.helper_id for offer in open_ones}),
        "ready": sum(offer.first for offer in open_ones),
    }


QUIET_DAYS = 14  # without a word on a promise, after which it counts as quiet


@dataclass(frozen=True)
class Afterwards:
    """What became of a ring's promises and asks, in counts alone; hours and money with their n."""

    promises: int
    kept: int
    released: int
    quiet: int
    asks: int
    moved: int
    answered: int  # asks of which was said what came of them
    hours: float
    said_hours: int
    money: int
    said_money: int

    @property
    def enough(self) -> bool:
        """Whether there are so many promises that their counts name nobody."""
        return self.promises >= MERGED_FROM


def afterwards(picture: Picture) -> Afterwards:
    """How a ring goes on after its end, as of the picture's moment."""
    offers, asks = picture.offers, asked(picture)
    silent_since = picture.now - timedelta(days=QUIET_DAYS)
    hours = [offer for offer in offers if offer.hours is not None]
    money = [offer for offer in offers if offer.money is not None]
    return Afterwards(
        promises=len(offers),
        kept=sum(offer.status == OfferStatus.KEPT for offer in offers),
        released=sum(offer.status == OfferStatus.RELEASED for offer in offers),
        quiet=sum(
            offer.status in PROMISED and _last_word(picture, offer) < silent_since
            for offer in offers
        ),
        asks=len(asks),
        moved=sum(ask.status in MOVED for ask in asks),
        answered=sum(ask.status in OUTCOMES for ask in asks),
        hours=sum(offer.hours or 0 for offer in hours),
        said_hours=len({offer.helper_id for offer in hours}),
        money=sum(offer.money or 0 for offer in money),
        said_money=len({offer.helper_id for offer in money}),
    )


def _last_word(picture: Picture, offer: Offer) -> datetime:
    """When a promise was last heard of: made, at the ring's end, or said to be still coming."""
    words = (offer.created_at, offer.still_at, picture.ring.ended_at)
    return max(at for at in words if at)


def asked(picture: Picture) -> list[Request]:
    """The asks of the ring that were asked, in writing or aloud, in the order of the turns.

    Small ones that were asked after it are in no number.
    """
    return [
        ask
        for ask in (*picture.heard, *picture.asks)
        if ask.round != BETWEEN
        and (ask.status in SHOWN or ask.turn in SPOKEN or picture.offers_on(ask))
    ]


# --- arrows ---------------------------------------------------------------------------------------


def onward(arrows: Sequence[Arrow]) -> int:
    """How many arrows helper -> asker have no arrow straight back, asker -> helper.

    Over all arrows this is the generalised share: help that goes on instead of back.
    """
    pairs = set(arrows)
    return sum((asker, helper) not in pairs for helper, asker in arrows)


def largest_circle(arrows: Iterable[Arrow]) -> frozenset[int]:
    """The largest set of people in which everyone can reach everyone along arrows, or nobody.

    The largest strongly connected component, by Kosaraju's two sweeps; of equally large ones that
    with the smallest member.
    """
    circles = [circle for circle in circles_of(arrows) if len(circle) > 1]
    return max(circles, key=lambda circle: (len(circle), -min(circle)), default=frozenset())


def circles_of(arrows: Iterable[Arrow]) -> list[frozenset[int]]:
    """All strongly connected components of the people on arrows."""
    ahead, behind = _neighbours(arrows)
    order: list[int] = []
    seen: set[int] = set()
    for person in sorted(ahead):
        _sweep(person, ahead, seen, order)
    circles: list[frozenset[int]] = []
    seen = set()
    for person in reversed(order):
        if person not in seen:
            circle: list[int] = []
            _sweep(person, behind, seen, circle)
            circles.append(frozenset(circle))
    return circles


def _neighbours(arrows: Iterable[Arrow]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Whom each helps, and by whom each is helped, in ascending order; everybody has an entry."""
    ahead: defaultdict[int, set[int]] = defaultdict(set)
    behind: defaultdict[int, set[int]] = defaultdict(set)
    for helper, asker in arrows:
        ahead[helper].add(asker)
        behind[asker].add(helper)
        ahead[asker], behind[helper]
    return ({p: sorted(n) for p, n in ahead.items()}, {p: sorted(n) for p, n in behind.items()})


def _sweep(start: int, onto: dict[int, list[int]], seen: set[int], order: list[int]) -> None:
    """Depth first from `start`, without recursion; `order` gets each person when left for good."""
    if start in seen:
        return
    seen.add(start)
    path = [(start, iter(onto[start]))]
    while path:
        person, rest = path[-1]
        following = next((n for n in rest if n not in seen), None)
        if following is None:
            order.append(person)
            path.pop()
        else:
            seen.add(following)
            path.append((following, iter(onto[following])))


def longest_loop(
    arrows: Iterable[Arrow], *, most: int = LOOP_AT_MOST, steps: int = STEPS
) -> tuple[int, ...]:
    """The longest pay-it-forward loop found: each person helps the next, the last one the first.

    The longest simple cycle is out of reach in general, so the search is bounded: loops of at most
    `most` people, `steps` arrows followed in all, starting from each person in ascending order and
    only through larger ones. The first of the longest found is taken, so that equal arrows give an
    equal loop. () if there is none. Say "one loop among many".
    """
    return _longest(arrows, most, steps, closed=True)


def longest_chain(
    arrows: Iterable[Arrow], *, most: int = LOOP_AT_MOST, steps: int = STEPS
) -> tuple[int, ...]:
    """The longest pay-it-forward chain found, for a ring without loops; bounded alike."""
    return _longest(arrows, most, steps, closed=False)


def _longest(arrows: Iterable[Arrow], most: int, steps: int, *, closed: bool) -> tuple[int, ...]:
    ahead, _ = _neighbours(arrows)
    best: tuple[int, ...] = ()
    for start in sorted(ahead):
        path, rests = [start], [iter(ahead[start])]
        while path and steps > 0 and len(best) < most:
            following = next(rests[-1], None)
            steps -= 1
            if following is None:
                path.pop()
                rests.pop()
            elif following == start and closed:
                best = max(best, tuple(path), key=len)
            elif following not in path and len(path) < most and (following > start or not closed):
                path.append(following)
                rests.append(iter(ahead[following]))
                if not closed:
                    best = max(best, tuple(path), key=len)
    return best


def _many_loops(arrows: Sequence[Arrow]) -> bool:
    """Whether there is a second loop: a circle with more arrows than people, or two circles."""
    circles = [circle for circle in circles_of(arrows) if len(circle) > 1]
    inside = {(h, a) for h, a in arrows for circle in circles if h in circle and a in circle}
    return len(inside) > len(circles[0]) if circles else False
