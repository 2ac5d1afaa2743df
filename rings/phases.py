"""The course of a ring and of a turn, as tables: which phases and turns there are, and who may follow whom.

Pure: no Django models, no clock. `NotNow` is the one exception that means "a rule says no, for now".
"""

from django.db.models import TextChoices


class NotNow(Exception):
    """A rule refuses this at this moment. The message is a sentence for the person who tried."""

    status = 409  # of the HTTP answer


class Phase(TextChoices):
    DRAFT = "draft", "draft"
    LOBBY = "lobby", "lobby"
    WELCOME = "welcome", "welcome"
    WRITING = "writing", "writing"
    TURNS = "turns", "turns"
    WALL = "wall", "wall"
    CLOSING = "closing", "closing"
    FOLLOW_UP = "follow_up", "follow-up"
    ARCHIVED = "archived", "archived"
    CANCELLED = "cancelled", "cancelled"


# The phases somebody sits through, in order; the desk shows them as steps.
COURSE = (Phase.LOBBY, Phase.WELCOME, Phase.WRITING, Phase.TURNS, Phase.WALL, Phase.CLOSING)
LIVE = frozenset(COURSE)
GONE = frozenset({Phase.ARCHIVED, Phase.CANCELLED})  # nothing moves any more
OVER = GONE | {Phase.FOLLOW_UP}
# Until the turns begin the code lets people in by itself; from then on the facilitator does.
DOOR_OPEN = frozenset({Phase.DRAFT, Phase.LOBBY, Phase.WELCOME, Phase.WRITING})
JOINABLE = DOOR_OPEN | {Phase.TURNS, Phase.WALL}
WRITABLE = frozenset(
    {Phase.DRAFT, Phase.LOBBY, Phase.WELCOME, Phase.WRITING, Phase.TURNS, Phase.WALL}
)
OFFERABLE = frozenset({Phase.TURNS, Phase.WALL, Phase.CLOSING})
PAUSABLE = frozenset({Phase.WELCOME, Phase.WRITING, Phase.TURNS, Phase.WALL, Phase.CLOSING})


def _moves() -> dict[Phase, frozenset[Phase]]:
    """Forward to any later phase of the course, one step back, and out at the end."""
    order = (Phase.DRAFT, *COURSE, Phase.FOLLOW_UP)
    moves = {
        phase: frozenset(order[i + 1 :]) | frozenset(order[max(i - 1, 0) : i])
        for i, phase in enumerate(order)
    }
    for early in (Phase.DRAFT, Phase.LOBBY, Phase.WELCOME, Phase.WRITING):
        moves[early] = (moves[early] - {Phase.FOLLOW_UP}) | {Phase.CANCELLED}
    moves[Phase.LOBBY] -= {Phase.DRAFT}
    moves[Phase.FOLLOW_UP] = frozenset({Phase.CLOSING, Phase.ARCHIVED})
    moves[Phase.ARCHIVED] = moves[Phase.CANCELLED] = frozenset()
    return moves


MOVES = _moves()

type Place = tuple[Phase, int]  # a phase of the course, and the round it is in


def course(rounds: int) -> tuple[Place, ...]:
    """The course with its rounds, in order: writing and turns come once a round."""
    again = (Phase.WRITING, Phase.TURNS)
    middle = [(phase, number) for number in range(1, rounds + 1) for phase in again]
    before = [(phase, 1) for phase in COURSE[: COURSE.index(Phase.WRITING)]]
    after = [(phase, rounds) for phase in COURSE[COURSE.index(Phase.TURNS) + 1 :]]
    return (*before, *middle, *after)


def place_of(phase: str, number: int, rounds: int) -> int:
    """Where on the course a ring is; before it -1, and behind it its length."""
    places = course(rounds)
    found = [at for at, (each, n) in enumerate(places) if each == phase and n == number]
    # the wall of a ring that left out its second round is its wall all the same
    found += [at for at, (each, _) in enumerate(places) if each == phase]
    return found[0] if found else -1 if phase == Phase.DRAFT else len(places)


def may_go(here: Place, there: Place, rounds: int) -> bool:
    """Whether a ring may go from a place to another; within a round `MOVES` says so."""
    (phase, number), (to, then) = here, there
    if then == number + 1 <= rounds:  # the turns of one round lead to the writing of the next
        return phase == Phase.TURNS and to in (Phase.WRITING, Phase.TURNS)
    if then == number - 1:  # and one step back
        return (phase, to) == (Phase.WRITING, Phase.TURNS)
    if then != number or to not in MOVES[phase]:
        return False
    # once a round of turns is behind, the ring has begun for good
    return not (number > 1 and phase == Phase.WRITING and to in (Phase.WELCOME, Phase.CANCELLED))


REOPEN_HOURS = 24  # an ended ring may be reopened for a day (product.md, rule 2)


class Turn(TextChoices):
    WAITING = "waiting", "waiting"
    ASKING = "asking", "asking"
    OFFERING = "offering", "offers coming"
    DONE = "done", "done"
    DEFERRED = "deferred", "later"
    PASSED = "passed", "passed"
    ABSENT = "absent", "absent"  # called and not there; waits again as soon as they are
    NONE = "none", "observes"  # an observer has no turn


ON_STAGE = frozenset({Turn.ASKING, Turn.OFFERING})
STILL_TO_COME = frozenset({Turn.WAITING, Turn.DEFERRED})
BEHIND_US = frozenset({Turn.DONE, Turn.PASSED})


class AskStatus(TextChoices):
    DRAFT = "draft", "draft"
    READY = "ready", "ready"
    OPEN = "open", "open"
    FULFILLED = "fulfilled", "fulfilled"
    PARTLY = "partly", "partly"
    UNMET = "unmet", "unmet"
    WITHDRAWN = "withdrawn", "withdrawn"


class OfferStatus(TextChoices):
    PLEDGED = "pledged", "pledged"
    ACCEPTED = "accepted", "accepted"
    NOT_NEEDED = "not_needed", "not needed"
    KEPT = "kept", "kept"
    RELEASED = "released", "let go"
    WITHDRAWN = "withdrawn", "taken back"


MINUTE = 60  # seconds: what the desk gives at a tap
EXTRA_AT_MOST = 30 * MINUTE  # for one turn or phase
START_WITHIN = MINUTE  # how long after Next a turn's clock can be started anew
SHORTEST_TURN = 60  # seconds, to which turns still to come can be cut
BREAK_AT_MOST = 60  # minutes
UNDO_SECONDS = 10  # how long a fresh offer can be taken back on the phone
UNDO_GRACE = 5  # seconds more, for the way over a slow network
UNDO_ACT_SECONDS = 30  # how long the desk can take back its last act (product.md, rule 2)


class OfferKind(TextChoices):
    INTRODUCTION = "introduction", "I know someone"
    ADVICE = "advice", "Advice"
    SKILL = "skill", "I can do it"
    RESOURCE = "resource", "Thing or space"
    INFORMATION = "information", "Information"
    SUPPORT = "support", "Support"


class Strength(TextChoices):
    FIRM = "firm", "firm"
    WILL_TRY = "will_try", "I’ll try"


class Scope(TextChoices):
    BOTH = "both", "both"
    PERSONAL = "personal", "personal"
    PROFESSIONAL = "professional", "professional"


class AskKind(TextChoices):
    PERSONAL = "personal", "personal"
    PROFESSIONAL = "professional", "professional"


class Privacy(TextChoices):
    NORMAL = "normal", "kept with the ring"
    RING_ONLY = "ring_only", "stays in the room"


class Seat(TextChoices):
    """A participant's place: at the door, let in, gone by themselves, or put out by the facilitator.

    Who was removed may knock again; who is blocked may not. Both can be let in again.
    """

    WAITING = "waiting", "at the door"
    JOINED = "joined", "in the ring"
    LEFT = "left", "left"
    REMOVED = "removed", "removed"
    BLOCKED = "blocked", "blocked"


PUT_OUT = frozenset({Seat.REMOVED, Seat.BLOCKED})
