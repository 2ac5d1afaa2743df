"""What is kept of a ring that is over beside its rows: its numbers, and who of the staff read its words."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from rings.models.ring import Ring


class Tally(models.Model):
    """The numbers of a ring that is over (`rings.past.tally`), which outlive its words and names.

    None stands for what was not asked or cannot be known, never for zero.
    """

    ring = models.OneToOneField(
        Ring, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    month = models.DateField(
        null=True, db_index=True, help_text="the first day of that in which the ring ended"
    )
    people = models.PositiveIntegerField()
    asks = models.PositiveIntegerField(help_text="asked, in writing or aloud")
    helped = models.PositiveIntegerField(help_text="asks with at least one offer")
    offers = models.PositiveIntegerField(help_text="not taken back")
    firm = models.PositiveIntegerField()
    gave = models.PositiveIntegerField(help_text="people with at least one offer")
    gave_and_got = models.PositiveIntegerField()
    onward = models.PositiveIntegerField(help_text="offers whose helper got nothing straight back")
    all_round = models.PositiveIntegerField(
        help_text="people of whom each can reach each other along offers"
    )
    offers_an_ask = models.FloatField(null=True, help_text="the median over all asks")
    first_offers = models.JSONField(
        default=list, help_text="seconds to the first offer, for each ask that got one, ascending"
    )
    first_offer = models.FloatField(null=True, help_text="the median of those")
    answered = models.PositiveIntegerField(help_text="offers of which was said what came of them")
    kept = models.PositiveIntegerField()
    kept_14 = models.PositiveIntegerField(help_text="kept within 14 days of the end")
    kept_30 = models.PositiveIntegerField()
    moved = models.PositiveIntegerField(help_text="asks fulfilled or partly so")
    outcomes = models.PositiveIntegerField(help_text="asks of which was said how they ended")
    planned_minutes = models.FloatField(null=True)
    actual_minutes = models.FloatField(null=True)
    sketch = models.TextField(
        blank=True, help_text="the threads of its map as one SVG path on a sheet of 100 by 100"
    )

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"tally {self.ring_id}"


class Access(models.Model):
    """Somebody of the staff opened the words of a ring, and said why. It holds for an hour."""

    ring = models.ForeignKey(Ring, on_delete=models.CASCADE, related_name="accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="accesses"
    )
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at",)
        verbose_name_plural = "accesses"

    def __str__(self) -> str:
        return f"access {self.pk}"
