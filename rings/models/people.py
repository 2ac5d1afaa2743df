"""The people of a ring."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rings.phases import OfferStatus, Seat

HERE_FOR = timedelta(seconds=15)  # presence is a lease: "here" lasts this long after the last sign


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def joined(self) -> Self:
        return self.filter(seat=Seat.JOINED)

    def at_the_door(self) -> Self:
        return self.filter(seat=Seat.WAITING)

    def with_what_is_open(self) -> Self:
        """With `promised` and `coming`: how many open promises they gave, and got."""
        still = (OfferStatus.PLEDGED, OfferStatus.ACCEPTED)
        gave, got = Q(offers__status__in=still), Q(help__status__in=still)
        return self.annotate(
            promised=models.Count("offers", filter=gave, distinct=True),
            coming=models.Count("help", filter=got, distinct=True),
        )


class Participant(models.Model):
    """Somebody in one ring; no account. The seat's key is known to their device alone."""

    ring = models.ForeignKey("Ring", on_delete=models.CASCADE, related_name="participants")
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=240, editable=False)
    key_hash = models.CharField(max_length=64, editable=False, blank=True)
    seat = models.CharField(max_length=8, choices=Seat, default=Seat.JOINED)
    proxy = models.BooleanField(
        default=False, help_text="no phone; the facilitator writes for them"
    )
    observer = models.BooleanField(default=False, help_text="in the ring without a turn")
    erased = models.BooleanField(default=False, help_text="their name and words are gone for good")
    pin_hash = models.CharField(max_length=64, editable=False, blank=True)
    claims = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="claimants"
    )
    before = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="again",
        help_text="the same person in the last ring of the circle, as their device knows",
    )
    contact = models.CharField(
        max_length=200, blank=True, help_text="how people with an accepted offer can reach them"
    )
    mail = models.EmailField(blank=True, help_text="where their return link goes, if they wish")
    mail_verified_at = models.DateTimeField(
        null=True, blank=True, help_text="when a link from a mail was opened on that address"
    )
    reminders = models.BooleanField(
        default=False, help_text="whether they asked to be reminded by mail"
    )
    digest = models.BooleanField(
        default=False, help_text="whether also of what is newly asked, at most once a week"
    )
    language = models.CharField(
        max_length=8, default="en", help_text="the one they asked for reminders in"
    )
    time_zone = models.CharField(
        max_length=60, blank=True, help_text="where they are, as their page said; else the site’s"
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
        return f"participant {self.pk}"  # the name is theirs: it stands in no admin's heading and no log

    def is_here(self, now: datetime) -> bool:
        return self.proxy or (self.seen_at is not None and self.seen_at > now - HERE_FOR)
