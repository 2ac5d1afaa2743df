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
from rings.phases import GONE

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
        found = await hub.read(partial(self._identify, **self.scope["url_route"]["kwargs"]))
        if isinstance(found, int):
            await self.close(found)
            return
        socket = found
        self.socket = socket
        hub.join(socket)
        shown = parse_qs(self.scope["query_string"].decode("latin-1")).get("since", ["-1"])[0]
        await hub.catch_up(socket, int(shown) if shown.isdecimal() else -1)

    def _identify(self, audience: Audience, **key: Any) -> Socket | int:
        """In a reading thread: the socket of whoever this is, or the code to close with."""
        cookies = access.cookies_of(list(self.scope["headers"]))
        socket = partial(Socket, audience=audience, send=self._send_text, close=self.close)
        if audience == Audience.PHONE:
            me = access.phone_seat(key["code"], cookies)
            ring = me.ring if me else None
        elif audience == Audience.STAGE:
            me, ring = None, access.stage_ring(key["token"])
        else:
            me, user = None, access.session_user(cookies)
            if user.is_anonymous:
                return CloseCode.SIGN_IN
            ring = access.desk_ring(key["pk"], user)
        if ring is None:
            return CloseCode.NOT_FOUND
        if ring.phase in GONE:
            return CloseCode.OVER
        if me is None:
            return socket(ring.pk)
        return socket(ring.pk, seat=me.pk, key_hash=me.key_hash)

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
