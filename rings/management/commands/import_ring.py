"""A ring's file from another installation brought in (docs/export.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from rings import actions
from rings.actions import NotOurs


class Command(BaseCommand):
    help = "Bring in the rings of a JSON file that export_ring or the site has made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        superusers = User.objects.filter(is_superuser=True, is_active=True)
        user = superusers.order_by("pk").first()
        if user is None:
            raise CommandError("Make an account first: manage.py createsuperuser.")
        try:
            rings = actions.bring_in(user, file.read_bytes())
        except (NotOurs, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        for ring in rings:
            self.stdout.write(f"ring {ring.pk}: {ring.title}")
