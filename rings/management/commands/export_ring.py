"""A past ring to standard output as JSON; with --whole, everything but its keys."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rings import actions
from rings.actions import By
from rings.models import Ring
from rings.past import taking
from rings.past.taking import Open


class Command(BaseCommand):
    help = "Write a past ring as JSON to standard output (docs/export.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ring", type=int, help="the ring's id")
        parser.add_argument(
            "--whole",
            action="store_true",
            help="with names, all words and who offered privately; without, people are numbers",
        )

    def handle(self, *args: Any, ring: int, whole: bool, **options: Any) -> None:
        found = Ring.objects.real().past().filter(pk=ring).first()
        if found is None:
            raise CommandError("There is no past ring of this id.")
        how = Open.WHOLE if whole else Open.NUMBERS
        if whole:
            actions.take_along(found, By(None), words=True)
        for piece in taking.as_json(taking.read([ring]), how):
            self.stdout.write(piece, ending="")
