"""The server's way in: HTTP to Django on kept threads, websockets to the pages' consumers."""

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
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.idle: deque[ThreadPoolExecutor] = deque()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        hub.start()
        thread = (
            self.idle.pop() if self.idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        )
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.app(scope, receive, send)
        finally:
            self.idle.append(thread)


application = ProtocolTypeRouter(
    {"http": KeptThreads(django_app), "websocket": URLRouter(websocket_urlpatterns)}
)
