"""The server's way in: HTTP to Django on kept threads, websockets to the pages' consumers."""

import asyncio
import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringsite.settings")
django.setup(set_prefix=False)

from rings.hub import hub  # noqa: E402  (models need Django to be set up)
from rings.routing import websocket_urlpatterns  # noqa: E402  (as above)

SQLITE = connection.vendor == "sqlite"
if SQLITE:
    # At each statement a command lets go of the interpreter, and gets it back from a thread that draws only
    # when so many seconds are over. Python's own 5 ms, some twenty times, would make a command ten times as
    # long. On PostgreSQL it makes all slower (docs/speed.md).
    sys.setswitchinterval(0.0005)


def body_max(path: str) -> int:
    """The longest body that is taken at this path, in bytes."""
    return settings.BODY_MAX.get(path, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class Site(ASGIHandler):
    """Django, with middleware and view in the request's own thread, and no body too long for us.

    Asynchronous middleware, Django's default here, would change the thread for each one of them. And
    Django bounds only forms: a file or any other kind of body could have any length.
    """

    def create_request(self, scope: Any, body_file: IO[bytes]) -> Any:
        length = body_file.seek(0, os.SEEK_END)
        body_file.seek(0)
        request, refusal = super().create_request(scope, body_file)
        if request and length > body_max(request.path_info):
            with override(get_language_from_request(request)):
                said = _("That was too long. Nothing was changed.")
            return None, HttpResponse(said, status=413)
        return request, refusal

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


class KeptThreads:
    """Lend each request a long-lived thread, and with it a kept database connection.

    Django's own way under ASGI opens a thread and a connection for every request (docs/speed.md).
    `bound` requests are worked on at once, the others wait in the order they came: a pool of
    database connections is not run dry, and a database that hangs does not fill the memory.
    """

    # SQLite has one writer at a time, and more threads only take turns in waiting (docs/speed.md). Else:
    # below DATABASE_POOL, so that the hub's drawing threads always find a connection.
    bound = 4 if SQLITE else 16

    def __init__(self, app: Any) -> None:
        self.app = app
        self.idle: deque[ThreadPoolExecutor] = deque()
        self.free = asyncio.Semaphore(self.bound)
        self.at_work = 0  # requests not yet answered, those that wait too

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        hub.start()
        self.at_work += 1
        try:
            # whether the process lives must be answered even when the database hangs
            if scope["path"] == "/healthz":
                await self.lend(scope, receive, send)
            else:
                async with self.free:
                    await self.lend(scope, receive, send)
        finally:
            self.at_work -= 1

    async def lend(self, scope: Any, receive: Any, send: Any) -> None:
        thread = (
            self.idle.pop() if self.idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        )
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.app(scope, receive, send)
        finally:
            self.idle.append(thread)


http = KeptThreads(Site())
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
