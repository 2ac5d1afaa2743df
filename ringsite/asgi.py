"""The server's way in: HTTP to Django on kept threads, websockets to the pages' consumers."""

import asyncio
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringsite.settings")
django_app = get_asgi_application()

from rings.hub import hub  # noqa: E402  (models need Django to be set up)
from rings.routing import websocket_urlpatterns  # noqa: E402


class KeptThreads:
    """Lend each request a long-lived thread, and with it a kept database connection.

    Django's own way under ASGI opens a thread and a connection for every request (docs/speed.md).
    `bound` requests are worked on at once, the others wait in the order they came: a pool of
    database connections is not run dry, and a database that hangs does not fill the memory.
    """

    bound = 16  # below DATABASE_POOL, so that the hub's drawing threads always find a connection

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


http = KeptThreads(django_app)
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
