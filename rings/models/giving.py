"""What is asked, what is offered, and what is said to an ask without a promise."""

from copy import copy
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rings.models.people import Participant
from rings.phases import (
    ON_STAGE,
    STILL_TO_COME,
    AskKind,
    AskStatus,
    OfferKind,
    OfferStatus,
    Privacy,
    ReplyKind,
    Seat,
    Strength,
    Turn,
)


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

    ring = models.ForeignKey("Ring", on_delete=models.CASCADE, related_name="asks")
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
    erased = models.BooleanField(default=False, help_text="its words are gone for good")
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
                name="request_ready_has_a_text",
                condition=Q(status=AskStatus.DRAFT) | ~Q(text="") | Q(erased=True),
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

    ring = models.ForeignKey("Ring", on_delete=models.CASCADE, related_name="offers")
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
    useful = models.BooleanField(default=False, help_text="the most useful thing the asker heard")
    wanted_at = models.DateTimeField(
        null=True, blank=True, help_text="when its asker said yes to it"
    )
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was said to be kept or let go"
    )
    first = models.BooleanField(
        default=False, help_text="the one promise its helper starts with, chosen at the closing"
    )
    still_at = models.DateTimeField(
        null=True, blank=True, help_text="when its helper last said that it is still coming"
    )
    came_of = models.CharField(max_length=400, blank=True)
    hours = models.FloatField(null=True, blank=True, help_text="saved, as people say")
    money = models.PositiveIntegerField(
        null=True, blank=True, help_text="saved, as people say, in what they pay with"
    )
    thanked_at = models.DateTimeField(null=True, blank=True)
    thanks = models.CharField(max_length=400, blank=True)
    thanks_aloud = models.BooleanField(
        default=False, help_text="its asker lets the next ring of the circle read the thanks"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("ask",), condition=Q(useful=True), name="offer_one_most_useful_a_request"
            ),
            models.UniqueConstraint(
                fields=("helper",), condition=Q(first=True), name="offer_one_first_a_helper"
            ),
            models.UniqueConstraint(
                fields=("helper", "ask"),
                condition=~Q(status=OfferStatus.WITHDRAWN),
                name="offer_one_active_a_helper_and_request",
            ),
            models.CheckConstraint(name="offer_not_to_oneself", condition=~Q(helper=F("asker"))),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"

    @property
    def introduces(self) -> bool:
        """Whether its two people may see how to reach each other: its asker has said yes, and it stands."""
        wanted = self.status in {OfferStatus.ACCEPTED, OfferStatus.KEPT}
        return wanted and self.wanted_at is not None

    # Django's own look through all choices, and a desk says these of every offer it shows
    @property
    def kind_name(self) -> str:
        return str(OfferKind(self.kind).label)

    @property
    def strength_name(self) -> str:
        return str(Strength(self.strength).label)


class Wording(models.Model):
    """Words that an ask had before it was asked again in others."""

    ask = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="wordings")
    text = models.CharField(max_length=600)
    why = models.CharField(max_length=400, blank=True)
    by = models.DateField(null=True, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("until", "pk")

    def __str__(self) -> str:
        return f"wording {self.pk}"


class Reply(models.Model):
    """What somebody said to an ask without a promise: merged for the asker, never shown by person."""

    ring = models.ForeignKey("Ring", on_delete=models.CASCADE, related_name="replies")
    ask = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="replies")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=13, choices=ReplyKind)
    words = models.CharField(max_length=120, blank=True)
    reworded = models.BooleanField(default=False, help_text="the ask has other words since")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(
                fields=("participant", "ask"), name="reply_once_a_participant_and_request"
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"
