"""`manage.py` on another day: python -m tests.later 2026-12-16T12:00+00:00 remind"""

import os
import sys
from datetime import datetime

import time_machine
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringsite.settings")
    with time_machine.travel(datetime.fromisoformat(sys.argv[1])):
        execute_from_command_line(["manage.py", *sys.argv[2:]])
