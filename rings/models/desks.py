"""What a facilitator keeps from ring to ring: words of the script, and plans."""

from django.conf import settings
from django.db import models


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
    plan = models.JSONField(help_text="fields of `Ring` that `RingForm` asks for")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("user", "name"), name="template_name_once_a_user")
        ]

    def __str__(self) -> str:
        return self.name
