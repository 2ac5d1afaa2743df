"""Every applied change, as an event."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from rings.models.people import Participant
from rings.models.ring import Ring


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
