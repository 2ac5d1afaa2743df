"""What is kept: rings, their participants, what each asks, what is offered, and every change as an event.

The rules that must hold whatever the code does are constraints here. Everything is written through
the commands in `rings.actions`; nobody else saves these models.
"""

import secrets
import unicodedata
from copy import copy
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from rings import plans
from rings.phases import (
    DOOR_OPEN,
    LIVE,
    OFFERABLE,
    ON_STAGE,
    OVER,
    STILL_TO_COME,
    WRITABLE,
    AskKind,
    AskStatus,
    OfferKind,
    OfferStatus,
    Phase,
    Privacy,
    Scope,
    Seat,
    Strength,
    Turn,
)

# 28 symbols that cannot be taken for one another on a screen: 28**8 codes (promises.md, Codes).
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
HERE_FOR = timedelta(seconds=15)  # presence is a lease: "here" lasts this long after the last sign


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """128 bits for a link nobody can guess."""
    return secrets.token_urlsafe(16)


def name_key(name: str) -> str:
    """The form under which two names are the same name: NFKC, casefolded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _counted(rows: models.QuerySet[Any], what: str) -> Coalesce:
    """How many different `what` a sub-query finds for each ring."""
    grouped = rows.order_by().values("ring").annotate(n=models.Count(what, distinct=True))
    return Coalesce(models.Subquery(grouped.values("n")), 0)


class RingQuerySet(models.QuerySet["Ring"]):
    def real(self) -> Self:
        """Without rehearsals, whose people are made up: what lists and numbers are about."""
        return self.filter(practice=False)

    def past(self) -> Self:
        return self.filter(phase__in=OVER)

    def open(self) -> Self:
        return self.exclude(phase__in=OVER)

    def with_counts(self) -> Self:
        """With `people`, `asked` (asks shown), `helped` (asks with an offer) and `offered`, in one query."""
        offers = Offer.objects.filter(ring=models.OuterRef("pk")).exclude(
            status=OfferStatus.WITHDRAWN
        )
        shown = Request.objects.filter(ring=models.OuterRef("pk")).exclude(
            status__in=(AskStatus.DRAFT, AskStatus.READY)
        )
        people = Participant.objects.filter(ring=models.OuterRef("pk"), seat=Seat.JOINED)
        return self.annotate(
            people=_counted(people, "pk"),
            asked=_counted(shown, "pk"),
            helped=_counted(offers, "ask"),
            offered=_counted(offers, "pk"),
        )

    def led_by(self, user_pk: int | None) -> Self:
        """Those that this user facilitates, as the owner or in the team."""
        team = Ring.team.through.objects.filter(ring=models.OuterRef("pk"), user=user_pk)
        return self.filter(Q(facilitator_id=user_pk) | models.Exists(team))

    def owned_by(self, user: models.Model) -> Self:
        return self.filter(facilitator_id=user.pk)


class Ring(models.Model):
    """One facilitated session and its people. `version` counts the changes applied to it."""

    title = models.CharField(max_length=120)
    host = models.CharField(max_length=60)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rings"
    )
    team = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        help_text="co-facilitators, who see and use the same desk",
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who has the ring in hand just now; empty for the owner",
    )
    invited = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        help_text="accounts asked to lead with the owner, and not decided yet",
    )
    team_changes = models.PositiveIntegerField(
        default=0, help_text="how often the team changed; a link to lead names one count"
    )
    desk_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="when a desk of who leads was last open: a lease"
    )
    desk_lost = models.BooleanField(
        default=False, help_text="that lease ran out while the ring was under way"
    )
    practice = models.BooleanField(default=False, help_text="a rehearsal: in no list and no number")
    pace = models.PositiveSmallIntegerField(
        default=1, help_text="how brisk the made-up people of a rehearsal are; 0: they hold still"
    )
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    invite = models.CharField(max_length=64, unique=True, default=new_token)
    stage_token = models.CharField(max_length=32, unique=True, default=new_token)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.BOTH)
    starts_at = models.DateTimeField(null=True, blank=True)
    people_expected = models.PositiveSmallIntegerField(default=15)
    welcome_minutes = models.PositiveSmallIntegerField(default=8)
    writing_minutes = models.PositiveSmallIntegerField(default=7)
    turn_seconds = models.PositiveIntegerField(default=240)
    rest_minutes = models.PositiveSmallIntegerField(default=0)
    wall_minutes = models.PositiveSmallIntegerField(default=7)
    closing_minutes = models.PositiveSmallIntegerField(default=8)
    rounds = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)

    phase = models.CharField(max_length=12, choices=Phase, default=Phase.LOBBY)
    phase_began_at = models.DateTimeField(default=timezone.now)
    phase_paused_seconds = models.PositiveIntegerField(default=0)
    phase_extra_seconds = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    break_until = models.DateTimeField(
        null=True, blank=True, help_text="a pause that says when it ends"
    )
    agreed_end = models.DateTimeField(
        null=True, blank=True, help_text="the end agreed on the way, instead of the plan's"
    )
    locked = models.BooleanField(default=False, help_text="who comes waits at the door")
    card = models.CharField(max_length=16, blank=True, help_text="the research card on the stage")
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    current = models.ForeignKey(
        "Request", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_act = models.ForeignKey(
        "Event",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the facilitator's last act that can be taken back",
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Ring"]] = RingQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                name="ring_current_only_in_turns",
                condition=Q(current__isnull=True) | Q(phase=Phase.TURNS),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def code_shown(self) -> str:
        """The code as people read it: two groups of four."""
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def join_link(self) -> str:
        """What the QR code says: 128 bits, so it needs no code typed."""
        return f"{settings.ORIGIN}/j/{self.invite}/"

    @property
    def is_live(self) -> bool:
        return self.phase in LIVE

    @property
    def is_over(self) -> bool:
        return self.phase in OVER

    @property
    def door_open(self) -> bool:
        """Whether the code lets people in by itself."""
        return self.is_gathering and not self.locked

    @property
    def can_write(self) -> bool:
        """Whether asks may be written now."""
        return self.phase in WRITABLE

    @property
    def is_gathering(self) -> bool:
        """Whether all turns are still to come."""
        return self.phase in DOOR_OPEN and self.round == 1

    @property
    def takes_offers(self) -> bool:
        """Whether help can be pledged: while a second round is written, on the asks of the first."""
        return self.phase in OFFERABLE or (self.phase == Phase.WRITING and self.round > 1)

    def is_hosts(self, person: "Participant") -> bool:
        """Whether this is the facilitator's own place, which they took without a phone."""
        return person.proxy and person.name_key == name_key(self.host)

    @property
    def around_minutes(self) -> int:
        return self.welcome_minutes + self.rest_minutes + self.wall_minutes + self.closing_minutes

    def planned_minutes(self, people: int | None = None) -> float:
        """The plan in minutes, for the people expected or for a number actually there."""
        n = self.people_expected if people is None else people
        return plans.total_minutes(
            people=n,
            turn=self.turn_seconds / 60,
            around=self.around_minutes,
            writing=self.writing_minutes,
            rounds=self.rounds,
        )

    def plan_end(self, turns: int) -> datetime | None:
        """When the ring is to end: as agreed on the way, else as planned from its real beginning."""
        began = self.began_at or self.starts_at
        if self.agreed_end or began is None:
            return self.agreed_end
        end = began + timedelta(minutes=self.planned_minutes(turns or None))
        return end.replace(microsecond=0)

    def phase_minutes(self, phase: str) -> int:
        """Planned minutes of a phase with a fixed length; 0 for those that end by hand."""
        return {
            Phase.WELCOME: self.welcome_minutes,
            Phase.WRITING: self.writing_minutes,
            Phase.WALL: self.wall_minutes,
            Phase.CLOSING: self.closing_minutes,
        }.get(Phase(phase), 0)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def joined(self) -> Self:
        return self.filter(seat=Seat.JOINED)

    def at_the_door(self) -> Self:
        return self.filter(seat=Seat.WAITING)


class Participant(models.Model):
    """Somebody in one ring; no account. The seat's key is known to their device alone."""

    ring = models.ForeignKey(Ring, on_delete=models.CASCADE, related_name="participants")
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=240, editable=False)
    key_hash = models.CharField(max_length=64, editable=False, blank=True)
    seat = models.CharField(max_length=8, choices=Seat, default=Seat.JOINED)
    proxy = models.BooleanField(
        default=False, help_text="no phone; the facilitator writes for them"
    )
    observer = models.BooleanField(default=False, help_text="in the ring without a turn")
    pin_hash = models.CharField(max_length=64, editable=False, blank=True)
    claims = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="claimants"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Participant"]] = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ("joined_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("ring", "name_key"),
                condition=Q(claims__isnull=True),
                name="participant_name_once_a_ring",
            ),
            models.UniqueConstraint(
                fields=("ring", "key_hash"),
                condition=~Q(key_hash=""),
                name="participant_key_once_a_ring",
            ),
            models.CheckConstraint(
                name="participant_claim_waits",
                condition=Q(claims__isnull=True) | Q(seat=Seat.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_here(self, now: datetime) -> bool:
        return self.proxy or (self.seen_at is not None and self.seen_at > now - HERE_FOR)


class RequestQuerySet(models.QuerySet["Request"]):
    def of_this_round(self) -> Self:
        return self.filter(round=F("ring__round"))

    def with_a_turn(self) -> Self:
        """Of those in the ring who have a turn in this round, had or to come."""
        joined = self.of_this_round().filter(participant__seat=Seat.JOINED)
        return joined.exclude(turn=Turn.NONE)

    def in_queue(self) -> Self:
        """Still to have their turn, in the order they will be called."""
        waiting = self.of_this_round().filter(turn__in=STILL_TO_COME)
        return waiting.filter(participant__seat=Seat.JOINED).order_by("place", "pk")


class Request(models.Model):
    """The one thing asked in a round, and that person's turn. An instance is called `ask`."""

    ring = models.ForeignKey(Ring, on_delete=models.CASCADE, related_name="asks")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="asks")
    round = models.PositiveSmallIntegerField(default=1)
    place = models.PositiveIntegerField(help_text="order in the queue; later is called later")
    text = models.CharField(max_length=600, blank=True)
    why = models.CharField(max_length=400, blank=True)
    by = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=AskKind, blank=True)
    privacy = models.CharField(max_length=9, choices=Privacy, default=Privacy.NORMAL)
    status = models.CharField(max_length=9, choices=AskStatus, default=AskStatus.DRAFT)
    turn = models.CharField(max_length=8, choices=Turn, default=Turn.WAITING)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    extra_seconds = models.PositiveIntegerField(default=0, help_text="given on top of the plan")
    spoken_at = models.DateTimeField(
        null=True, blank=True, help_text="when somebody last spoke, as the desk was told"
    )
    scribed = models.BooleanField(default=False, help_text="its words were written by the desk")
    hidden = models.BooleanField(
        default=False, help_text="a tender moment: its words are on no shared screen"
    )

    objects: ClassVar[models.Manager["Request"]] = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("place", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("participant", "round"), name="request_once_a_participant_and_round"
            ),
            models.UniqueConstraint(
                fields=("ring",),
                condition=Q(turn__in=[str(turn) for turn in sorted(ON_STAGE)]),
                name="request_one_current_turn_a_ring",
            ),
            models.CheckConstraint(
                name="request_ready_has_a_text", condition=Q(status=AskStatus.DRAFT) | ~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"ask {self.pk}"

    @property
    def is_shown(self) -> bool:
        """Whether the ring may see it: before its turn an ask is its writer's alone."""
        asked = self.turn in ON_STAGE or self.turn == Turn.DONE  # perhaps aloud, never written
        return asked or self.status not in {AskStatus.DRAFT, AskStatus.READY}

    def veiled(self) -> "Request":
        """What stage and other people's phones may know of it: of a hidden ask only that it is asked.

        For drawing only; what is drawn from is never saved.
        """
        if not self.hidden:
            return self
        bare = copy(self)
        bare.text = bare.why = ""
        bare.by = None
        return bare

    def is_promised(self) -> bool:
        """Whether somebody has offered on it and not taken it back (one query)."""
        return self.offers.exclude(status=OfferStatus.WITHDRAWN).exists()


class Offer(models.Model):
    """A promise of help on one request, from `helper` to `asker` (always the request's participant)."""

    ring = models.ForeignKey(Ring, on_delete=models.CASCADE, related_name="offers")
    ask = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="offers")
    helper = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="offers")
    asker = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="help")
    kind = models.CharField(max_length=12, choices=OfferKind, default=OfferKind.SUPPORT)
    strength = models.CharField(max_length=8, choices=Strength, default=Strength.FIRM)
    note = models.CharField(max_length=400, blank=True)
    due = models.DateField(null=True, blank=True)
    private = models.BooleanField(
        default=False, help_text="only the asker sees the note and the name"
    )
    scribed = models.BooleanField(default=False, help_text="spoken, and entered by the facilitator")
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.PLEDGED)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("helper", "ask"),
                condition=~Q(status=OfferStatus.WITHDRAWN),
                name="offer_one_active_a_helper_and_request",
            ),
            models.CheckConstraint(name="offer_not_to_oneself", condition=~Q(helper=F("asker"))),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class ScriptLine(models.Model):
    """A line of the script in a facilitator's own words; the product's own stands in `rings.script`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="script"
    )
    moment = models.CharField(max_length=24)
    text = models.CharField(max_length=600)

    class Meta:
        ordering = ("moment",)
        constraints = [
            models.UniqueConstraint(fields=("user", "moment"), name="script_line_once_a_moment")
        ]

    def __str__(self) -> str:
        return self.moment


class RingTemplate(models.Model):
    """A plan that a facilitator has kept under a name, to begin another ring from."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="templates"
    )
    name = models.CharField(max_length=60)
    plan = models.JSONField(help_text="fields of `Ring` that `forms.RingForm` asks for")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("user", "name"), name="template_name_once_a_user")
        ]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One applied change: the audit, the replay and the memory of which `op` was seen. Never text of asks."""

    ring = models.ForeignKey(Ring, on_delete=models.CASCADE, related_name="events")
    version = models.PositiveIntegerField()
    op = models.CharField(max_length=64)
    body = models.CharField(max_length=64, help_text="digest of what was asked for under this op")
    kind = models.CharField(max_length=24)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_participant = models.ForeignKey(
        Participant, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    refs = models.JSONField(default=dict)
    was = models.JSONField(
        null=True, help_text="what an undo puts back: places, states and moments, never a text"
    )
    undone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("ring", "version")
        constraints = [
            models.UniqueConstraint(fields=("ring", "op"), name="event_op_once_a_ring"),
            models.UniqueConstraint(fields=("ring", "version"), name="event_version_once_a_ring"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ring_id}/{self.version}"
