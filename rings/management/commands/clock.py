"""What is done by the clock: every ten minutes reminders go to the worker, and once a day it is tidied.

A command that fails is logged and done again ten minutes later; the others are done all the same.
"""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

log = logging.getLogger(__name__)

EVERY = 600  # seconds
DAY = 24 * 3600
DAILY = ("clearsessions", "tidy", "prune_db_task_results")


class Command(BaseCommand):
    help = "Run what is due every ten minutes and every day, for as long as it is let."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, with the day's work")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        tidied = time.monotonic() - DAY
        while True:
            self._run("remind")
            if time.monotonic() - tidied >= DAY:
                done = [self._run(name) for name in DAILY]
                tidied = time.monotonic() if all(done) else tidied
            if once:
                return
            time.sleep(EVERY)
            close_old_connections()

    def _run(self, name: str) -> bool:
        """Whether a command came to its end."""
        try:
            call_command(name, stdout=self.stdout)
        except Exception:
            log.exception("%s failed, and is tried again", name)
            return False
        return True
