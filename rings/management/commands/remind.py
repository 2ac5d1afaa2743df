"""Every few minutes: write down which reminders are due, and hand them to the worker."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rings import reminders
from rings.tasks import send_reminder


class Command(BaseCommand):
    help = "Enqueue the reminders that are due. Run it every ten minutes, and `db_worker` always."

    def handle(self, *args: Any, **options: Any) -> None:
        handed = [send_reminder.enqueue(made.pk) for made in reminders.note(timezone.now())]
        self.stdout.write(f"Reminders handed to the worker: {len(handed)}.")
