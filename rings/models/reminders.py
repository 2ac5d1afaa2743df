"""What somebody of a ring was reminded of by mail."""

from django.db import models
from django.utils import timezone

from rings.models.people import Participant


class Reminder(models.Model):
    """One mail to one person on one occasion (`rings.reminders`), written down before it is sent."""

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="reminders_made"
    )
    occasion = models.CharField(
        max_length=16, help_text="day 2, day 14, day 30, or due or week and a date"
    )
    made_at = models.DateTimeField(default=timezone.now)
    handed_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was last given to the worker"
    )
    tried_at = models.DateTimeField(
        null=True, blank=True, help_text="when a worker began to send it, since then"
    )
    sent_at = models.DateTimeField(
        null=True, blank=True, help_text="when the mail server had taken it"
    )

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("participant", "occasion"), name="reminder_once_an_occasion"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
