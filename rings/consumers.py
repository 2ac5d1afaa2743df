"""The sockets: fragments go down, a page's "I am here" comes up, and nothing else.

Knows sockets, no domain: who it is comes from `rings.access`, what it sees from `rings.hub`.
"""

import json
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from rings import access
from rings.hub import CloseCode, Socket, hub
from rings.live import Audience

FLOOD_BOUND = 40  # words a page may say without being sent anything; it needs two
WORD_BOUND = 64  # characters of a word: {"here": true}


class Page(AsyncWebsocketConsumer):
    """One open page of one audience. Refusals accept first: browsers cannot read a refused handshake."""

    channel_layer_alias = "none"  # only the hub listens to the layer

    socket: Socket | None = None
    words = 0

    async def connect(self) -> None:
        hub.start()
        await self.accept()
        headers = list(self.scope["headers"])
        if not access.same_origin(headers, secure=self.scope.get("scheme") == "wss"):
            await self.close(CloseCode.NOT_FOUND)
            return
        socket = await hub.read(partial(self._identify, **self.scope["url_route"]["kwargs"]))
        if socket is None:
            await self.close(CloseCode.NOT_FOUND)
            return
        self.socket = socket
        hub.join(socket)
        shown = parse_qs(self.scope["query_string"].decode("latin-1")).get("since", ["-1"])[0]
        await hub.catch_up(socket, int(shown) if shown.isdecimal() else -1)

    def _identify(self, audience: Audience, **key: Any) -> Socket | None:
        """In a reading thread: the socket of whoever this is, or None."""
        cookies = access.cookies_of(list(self.scope["headers"]))
        socket = partial(Socket, audience=audience, send=self._send_text, close=self.close)
        if audience == Audience.PHONE:
            me = access.phone_seat(key["code"], cookies)
            return socket(me.ring_id, seat=me.pk, key_hash=me.key_hash) if me else None
        if audience == Audience.STAGE:
            ring = access.stage_ring(key["token"])
        else:
            ring = access.desk_ring(key["pk"], cookies)
        return socket(ring.pk) if ring else None

    async def _send_text(self, text: str) -> None:
        await self.send(text_data=text)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None:
            return
        self.words = 1 if self.socket.unheard else self.words + 1
        if self.words > FLOOD_BOUND or len(text_data or "") > WORD_BOUND:
            await self.close(CloseCode.FLOOD)
            return
        try:
            here = json.loads(text_data or "")["here"] is True
        except (ValueError, KeyError, TypeError):
            return
        hub.heard(self.socket, here=here)

    async def disconnect(self, code: int) -> None:
        if self.socket:
            hub.leave(self.socket)


class NoSuchPage(AsyncWebsocketConsumer):
    """Any other websocket path: closed with the same code as somebody else's ring."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.close(CloseCode.NOT_FOUND)
        raise StopConsumer
