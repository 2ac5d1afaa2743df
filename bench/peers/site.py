"""The site as it is, with two doors for the bench, which need to act from inside the process.

POST /bench/change/RING is one change drawn and sent by the hub: a row written, a word announced, and
the moment of that answered. It leaves out pages and commands, so that the hub stands against a bare
broadcast.
POST /bench/burst/RING/COUNT rewords an ask so many times by its command, as fast as the door allows,
and answers with the moment of the last commit and the version then.
BENCH_TABS lets a seat have more pages than a person has.
"""

import asyncio
import os
import time
from itertools import count
from typing import Any

from django.db import close_old_connections
from django.db.models import F

from rings import actions, hub, live
from rings.actions import By
from rings.models import Request, Ring
from ringsite.asgi import application as site

hub.TABS = int(os.environ.get("BENCH_TABS", hub.TABS))
texts = count(1)


def change(pk: int) -> str:
    close_old_connections()
    current = Ring.objects.values_list("current", flat=True).get(pk=pk)
    Request.objects.filter(pk=current).update(text=f"Asked for the {next(texts)}th time.")
    Ring.objects.filter(pk=pk).update(version=F("version") + 1)
    version = Ring.objects.values_list("version", flat=True).get(pk=pk)
    moment = time.perf_counter()
    live.announce(live.Word(pk, version))
    return f"{moment!r} {version}"


def burst(pk: int, times: int) -> str:
    close_old_connections()
    ring = Ring.objects.select_related("current__participant").get(pk=pk)
    assert ring.current
    who = ring.current.participant
    for _ in range(times):
        actions.write(ring, By(who), participant=who, text=f"Asked for the {next(texts)}th time.")
    moment = time.perf_counter()
    version = Ring.objects.values_list("version", flat=True).get(pk=pk)
    return f"{moment!r} {version}"


async def application(scope: Any, receive: Any, send: Any) -> None:
    if not scope.get("path", "").startswith("/bench/"):
        await site(scope, receive, send)
        return
    _, _, command, ring, *times = scope["path"].split("/")
    hub.hub.start()
    work = (burst, int(ring), int(times[0])) if command == "burst" else (change, int(ring))
    answer = await asyncio.get_running_loop().run_in_executor(None, *work)
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer.encode()})
