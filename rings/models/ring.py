"""The ring: one facilitated session, its plan, where it stands and who leads it."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from rings import plans
from rings.models.giving import Offer, Request
from rings.models.names import CODE_LENGTH, name_key, new_code, new_token
from rings.models.people import Participant
from rings.phases import (
    BETWEEN,
    DOOR_OPEN,
    LIVE,
    OFFERABLE,
    OVER,
    REOPEN_HOURS,
    WRITABLE,
    AskStatus,
    Keeping,
    OfferStatus,
    Phase,
    Scope,
    Seat,
)


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
            Q(status__in=(AskStatus.DRAFT, AskStatus.READY)) | Q(round=BETWEEN)
        )
        people = Participant.objects.filter(ring=models.OuterRef("pk"), seat=Seat.JOINED)
        return self.annotate(
            people=_counted(people, "pk"),
            asked=_counted(shown, "pk"),
            helped=_counted(offers.exclude(ask__round=BETWEEN), "ask"),
            offered=_counted(offers, "pk"),
        )

    def led_by(self, user_pk: int | None) -> Self:
        """Those that this user facilitates, as the owner or in the team."""
        return self.filter(leads(user_pk))

    def reviewed_by(self, user: Any) -> Self:
        """Past rings that this user may look back on: staff on all, facilitators on their own."""
        rings = self.real().past().select_related("facilitator", "circle", "tally")
        return rings if user.is_staff else rings.led_by(user.pk)

    def owned_by(self, user: models.Model) -> Self:
        return self.filter(facilitator_id=user.pk)


def leads(user_pk: int | None) -> Q:
    """Whether this user facilitates a ring, as the owner or in the team."""
    team = Ring.team.through.objects.filter(user=user_pk)
    return Q(facilitator_id=user_pk) | Q(pk__in=team.values("ring"))


class Circle(models.Model):
    """A group that holds rings again and again."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="circles"
    )
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("owner", "name"), name="circle_name_once_an_owner")
        ]

    def __str__(self) -> str:
        return self.name


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
    circle = models.ForeignKey(
        Circle, null=True, blank=True, on_delete=models.SET_NULL, related_name="rings"
    )
    language = models.CharField(
        max_length=8, default="en", help_text="the one the ring was planned in"
    )
    keep_days = models.PositiveSmallIntegerField(
        choices=Keeping,
        default=Keeping.THREE_MONTHS,
        help_text="how long what people wrote is kept",
    )
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="since when names and words are gone"
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
        indexes = [
            models.Index(fields=("-ended_at", "-id"), name="ring_latest")
        ]  # the order of past rings
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

    @property
    def ended_in(self) -> date | None:
        """The first day of the month in which the ring ended, as the site's clock has it."""
        at_home = timezone.get_default_timezone()
        return self.ended_at and self.ended_at.astimezone(at_home).date().replace(day=1)

    @property
    def kept_until(self) -> datetime | None:
        """When names and words of a ring that is over go: a day after its end at the earliest.

        Until then it can be opened again. None while it is not over.
        """
        if self.ended_at is None:
            return None
        return self.ended_at + max(timedelta(days=self.keep_days), timedelta(hours=REOPEN_HOURS))

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
