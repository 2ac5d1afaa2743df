"""Usual Channels: a consumer for each phone, a group, and `group_send` to all of them.

The layer is named by USUAL_LAYER: memory, core or pubsub (the last two at USUAL_REDIS).
POST /trigger/VERSION/SIZE sends one frame to the group; POST /burst/COUNT/SIZE sends so many back to back;
?ring=… keeps the phones of different rings in different groups.
"""

import asyncio
import os
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from bench.peers.raw_asgi import frame

BACKENDS = {
    "memory": "channels.layers.InMemoryChannelLayer",
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
kind = os.environ.get("USUAL_LAYER", "memory")
# redis-py keeps to 100 connections by itself, and a group of 1,000 then fails at its first storm
hosts = [{"address": os.environ.get("USUAL_REDIS", ""), "max_connections": 5000}]
config = {} if kind == "memory" else {"CONFIG": {"hosts": hosts}}
settings.CHANNEL_LAYERS = {"default": {"BACKEND": BACKENDS[kind], **config}}


def group(scope: Any) -> str:
    return "ring-" + parse_qs(scope["query_string"].decode()).get("ring", ["1"])[0]


class Phone(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(group(self.scope), self.channel_name)
        await self.accept()
        await self.send(text_data=frame(0, 200))

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(group(self.scope), self.channel_name)

    async def tell(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


BURSTS: set[asyncio.Future[None]] = set()  # kept, as the loop does not keep them


def _over(burst: asyncio.Future[None]) -> None:
    BURSTS.discard(burst)
    burst.result()  # what went wrong is logged


async def _say(layer: Any, to: str, numbers: Iterable[int], size: int) -> None:
    for number in numbers:
        await layer.group_send(to, {"type": "tell", "text": frame(number, size)})


async def http(scope: Any, receive: Any, send: Any) -> None:
    layer: Any = get_channel_layer()
    body = repr(time.perf_counter()).encode()
    _, command, count, size = scope["path"].split("/")
    numbers = [int(count)] if command == "trigger" else range(1, int(count) + 1)
    said = _say(layer, group(scope), numbers, int(size))
    if command == "burst":  # answered at once: all of it may take longer than a request may
        burst = asyncio.ensure_future(said)
        BURSTS.add(burst)
        burst.add_done_callback(_over)
    else:
        await said
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = ProtocolTypeRouter({"http": http, "websocket": Phone.as_asgi()})
