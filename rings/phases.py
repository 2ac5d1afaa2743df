"""The course of a ring and of a turn, as tables: which phases and turns there are, and who may follow whom.

Pure: no Django models, no clock. `NotNow` is the one exception that means "a rule says no, for now".
"""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NotNow(Exception):
    """A rule refuses this at this moment. The message is a sentence for the person who tried."""

    status = 409  # of the HTTP answer


class Phase(TextChoices):
    DRAFT = "draft", pgettext_lazy("a ring’s phase", "draft")
    LOBBY = "lobby", pgettext_lazy("a ring’s phase", "lobby")
    WELCOME = "welcome", pgettext_lazy("a ring’s phase", "welcome")
    WRITING = "writing", pgettext_lazy("a ring’s phase", "writing")
    TURNS = "turns", pgettext_lazy("a ring’s phase", "turns")
    WALL = "wall", pgettext_lazy("a ring’s phase", "wall")
    CLOSING = "closing", pgettext_lazy("a ring’s phase", "closing")
    FOLLOW_UP = "follow_up", pgettext_lazy("a ring’s phase", "follow-up")
    ARCHIVED = "archived", pgettext_lazy("a ring’s phase", "archived")
    CANCELLED = "cancelled", pgettext_lazy("a ring’s phase", "cancelled")


BETWEEN = 0  # the round of what is asked after a ring, before the group's next one

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
OFFERABLE = frozenset({Phase.TURNS, Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP})
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
    WAITING = "waiting", pgettext_lazy("somebody’s turn", "waiting")
    ASKING = "asking", pgettext_lazy("somebody’s turn", "asking")
    OFFERING = "offering", pgettext_lazy("somebody’s turn", "offers coming")
    DONE = "done", pgettext_lazy("somebody’s turn", "done")
    DEFERRED = "deferred", pgettext_lazy("somebody’s turn", "later")
    PASSED = "passed", pgettext_lazy("somebody’s turn", "passed")
    # called and not there; waits again as soon as they are
    ABSENT = "absent", pgettext_lazy("somebody’s turn", "absent")
    NONE = "none", pgettext_lazy("somebody’s turn", "observes")  # an observer has no turn


ON_STAGE = frozenset({Turn.ASKING, Turn.OFFERING})
STILL_TO_COME = frozenset({Turn.WAITING, Turn.DEFERRED})
BEHIND_US = frozenset({Turn.DONE, Turn.PASSED})


class AskStatus(TextChoices):
    DRAFT = "draft", pgettext_lazy("an ask", "draft")
    READY = "ready", pgettext_lazy("an ask", "ready")
    OPEN = "open", pgettext_lazy("an ask", "open")
    FULFILLED = "fulfilled", pgettext_lazy("an ask", "fulfilled")
    PARTLY = "partly", pgettext_lazy("an ask", "partly")
    UNMET = "unmet", pgettext_lazy("an ask", "unmet")
    WITHDRAWN = "withdrawn", pgettext_lazy("an ask", "withdrawn")


class OfferStatus(TextChoices):
    PLEDGED = "pledged", pgettext_lazy("an offer", "pledged")
    ACCEPTED = "accepted", pgettext_lazy("an offer", "accepted")
    NOT_NEEDED = "not_needed", pgettext_lazy("an offer", "not needed")
    KEPT = "kept", pgettext_lazy("an offer", "kept")
    RELEASED = "released", pgettext_lazy("an offer", "let go")
    WITHDRAWN = "withdrawn", pgettext_lazy("an offer", "taken back")


MINUTE = 60  # seconds: what the desk gives at a tap
EXTRA_AT_MOST = 30 * MINUTE  # for one turn or phase
START_WITHIN = MINUTE  # how long after Next a turn's clock can be started anew
SHORTEST_TURN = 60  # seconds, to which turns still to come can be cut
BREAK_AT_MOST = 60  # minutes
UNDO_SECONDS = 10  # how long a fresh offer can be taken back on the phone
UNDO_GRACE = 5  # seconds more, for the way over a slow network
UNDO_ACT_SECONDS = 30  # how long the desk can take back its last act (product.md, rule 2)


class OfferKind(TextChoices):
    INTRODUCTION = "introduction", _("I know someone")
    ADVICE = "advice", _("Advice")
    SKILL = "skill", _("I can do it")
    RESOURCE = "resource", _("Thing or space")
    INFORMATION = "information", _("Information")
    SUPPORT = "support", _("Support")


class Strength(TextChoices):
    FIRM = "firm", pgettext_lazy("an offer", "firm")
    WILL_TRY = "will_try", pgettext_lazy("an offer", "I’ll try")


class ReplyKind(TextChoices):
    """What can be said to an ask without a promise: an easy no, or good wishes alone."""

    NOT_THIS_TIME = "not_this_time", _("I’d rather not this time")
    TRY = "try", _("Not me, but try …")
    LATER = "later", _("Not now, ask me after …")
    LACK = "lack", _("I don’t have what this needs")
    SAY_MORE = "say_more", _("Could you say more about …?")
    CHEER = "cheer", _("I am cheering you on")


AFTERWARDS = frozenset({Phase.CLOSING, Phase.FOLLOW_UP})  # when is said what comes of promises

# Whether a promise still waits for what comes of it; an answer of the asker's changes nothing in that.
PROMISED = frozenset({OfferStatus.PLEDGED, OfferStatus.ACCEPTED})
SETTLED = frozenset({OfferStatus.KEPT, OfferStatus.RELEASED})
MOVED = frozenset({AskStatus.FULFILLED, AskStatus.PARTLY})
OUTCOMES = (AskStatus.FULFILLED, AskStatus.PARTLY, AskStatus.UNMET)  # what an asker says of an ask

MERGED_FROM = 3  # easy noes an ask must have before its asker reads anything of them
# Who said one of these is told, once, when the ask has other words.
WAITS_FOR_WORDS = frozenset({ReplyKind.LATER, ReplyKind.SAY_MORE})


class Scope(TextChoices):
    BOTH = "both", pgettext_lazy("what a ring is for", "both")
    PERSONAL = "personal", pgettext_lazy("what a ring is for", "personal")
    PROFESSIONAL = "professional", pgettext_lazy("what a ring is for", "professional")


class AskKind(TextChoices):
    PERSONAL = "personal", pgettext_lazy("an ask", "personal")
    PROFESSIONAL = "professional", pgettext_lazy("an ask", "professional")


class Privacy(TextChoices):
    NORMAL = "normal", pgettext_lazy("an ask", "kept with the ring")
    RING_ONLY = "ring_only", pgettext_lazy("an ask", "stays in the room")


class Seat(TextChoices):
    """A participant's place: at the door, let in, gone by themselves, or put out by the facilitator.

    Who was removed may knock again; who is blocked may not. Both can be let in again.
    """

    WAITING = "waiting", pgettext_lazy("a person", "at the door")
    JOINED = "joined", pgettext_lazy("a person", "in the ring")
    LEFT = "left", pgettext_lazy("a person", "left")
    REMOVED = "removed", pgettext_lazy("a person", "removed")
    BLOCKED = "blocked", pgettext_lazy("a person", "blocked")


class Keeping(IntegerChoices):
    """How many days after its end what people wrote in a ring is kept."""

    A_DAY = 0, pgettext_lazy("how long words are kept", "a day")
    MONTH = 30, pgettext_lazy("how long words are kept", "30 days")
    THREE_MONTHS = 90, pgettext_lazy("how long words are kept", "90 days")
    YEAR = 365, pgettext_lazy("how long words are kept", "a year")


PUT_OUT = frozenset({Seat.REMOVED, Seat.BLOCKED})
