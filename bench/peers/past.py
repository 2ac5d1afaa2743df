"""Make past rings, and sign somebody of the staff in: past RINGS PEOPLE.

Prints the session, and the milliseconds that the head of the list takes where nothing is kept beside
the rows: asks with an offer by month, counted from the asks and offers themselves.
"""

import gc
import json
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from io import StringIO

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth

from rings.models import Ring


def main(rings: int, people: int) -> None:
    with suppress(AttributeError, OSError):  # on any core: nothing is measured yet
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    gc.disable()  # a million rows and no cycles: looking for some took a fifth of the time
    call_command("make_rings", rings, people=people, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself before long
    began = time.perf_counter()
    by_month = Ring.objects.order_by().annotate(month=TruncMonth("ended_at")).values("month")
    list(
        by_month.annotate(
            asked=Count("asks", distinct=True), helped=Count("asks__offers__ask", distinct=True)
        )
    )
    counted = 1000 * (time.perf_counter() - began)
    json.dump({"session": _signed_in(), "counted": counted}, sys.stdout)


def _signed_in() -> str:
    user = User.objects.create_user("staff", "staff@example.org", is_staff=True)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
