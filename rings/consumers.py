"""The sockets: fragments go down, a page's "I am here" comes up, and nothing else.

Knows sockets, no domain: who it is comes from `rings.access`, what it sees from `rings.hub`.
"""

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from rings import access, direct, live
from rings.hub import CloseCode, Socket, hub
from rings.live import Audience
from rings.models import Participant
from rings.phases import GONE

log = logging.getLogger(__name__)

FLOOD_BOUND = 40  # words a page may say without being sent anything; it needs two
WORD_BOUND = 64  # characters of a word: {"here": true}
REST = 10.0  # seconds in which who flooded gets no other page: a first screen costs a drawing
GATHER = 0.005  # seconds in which phones that come at once are gathered into one look-up

Asked = tuple[str, dict[str, str]]  # a code, and the cookies that came with it


@dataclass
class SeatLookUp:
    """Whose phones are these? A room that comes back at once is answered by two queries, not by hundreds."""

    waiting: list[tuple[Asked, asyncio.Future[Participant | None]]] = field(default_factory=list)

    async def whose(self, code: str, cookies: dict[str, str]) -> Participant | None:
        answer: asyncio.Future[Participant | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(((code, cookies), answer))
        if len(self.waiting) == 1:  # the first one looks for all who come with it
            await asyncio.sleep(GATHER)
            await self._look_up()
        return await answer

    async def _look_up(self) -> None:
        gathered, self.waiting = self.waiting, []
        try:
            found = await hub.read(partial(access.phone_seats, [asked for asked, _ in gathered]))
        except Exception as error:
            for _, answer in gathered:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), me in zip(gathered, found, strict=True):
            if not answer.done():
                answer.set_result(me)


seats = SeatLookUp()
flooded: dict[tuple[int | None, int], float] = {}  # seat and account, and when


def rests(socket: Socket) -> bool:
    """Whether the last page of this person flooded a moment ago."""
    return time.monotonic() - flooded.get((socket.seat, socket.user), -REST) < REST


def note_flood(socket: Socket) -> None:
    """Remember it for a while; a stage is nobody's, so it is let be."""
    now = time.monotonic()
    for who in [who for who, when in flooded.items() if now - when >= REST]:
        del flooded[who]
    if socket.seat or socket.user:
        flooded[socket.seat, socket.user] = now


class Page(AsyncWebsocketConsumer):
    """One open page of one audience. Refusals accept first: browsers cannot read a refused handshake."""

    channel_layer_alias = "none"  # only the hub listens to the layer

    socket: Socket | None = None
    words = 0

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does it, but without its look at the one shared thread's database connections.

        We have none there (the hub reads in threads of its own), and each word of each page would
        cost a way there and back.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        hub.start()
        await self.accept()
        headers = list(self.scope["headers"])
        if not access.same_origin(headers, secure=self.scope.get("scheme") == "wss"):
            await self.close(CloseCode.NOT_FOUND)
            return
        if hub.stopping:
            await self.close(CloseCode.AGAIN)
            return
        try:
            found = await self._identify(**self.scope["url_route"]["kwargs"])
        except Exception as error:  # the database does not answer: the page comes back by itself
            log.warning("who opens a page could not be found out: %r", error)
            await self.close(CloseCode.AGAIN)
            return
        if isinstance(found, int):
            await self.close(found)
            return
        if rests(found):
            await self.close(CloseCode.FLOOD)
            return
        said = parse_qs(self.scope["query_string"].decode("latin-1"))
        shown, language = (said.get(name, [""])[0] for name in ("since", "lang"))
        found.since = int(shown) if shown.isdecimal() and len(shown) < 10 else -1
        found.language = live.language(language) or settings.LANGUAGE_CODE
        self.socket = found
        hub.join(found)

    async def _identify(self, audience: Audience, **key: Any) -> Socket | int:
        """The socket of whoever this is, or the code to close with."""
        cookies = access.cookies_of(list(self.scope["headers"]))
        me, session, user_pk = None, "", None
        if audience == Audience.PHONE:
            me = await seats.whose(key["code"], cookies)
            ring = me.ring if me else None
        elif audience == Audience.STAGE:
            ring = await hub.read(partial(access.stage_ring, key["token"]))
        else:
            session = cookies.get(settings.SESSION_COOKIE_NAME, "")
            user_pk = (await hub.read(partial(access.valid_sessions, [session]))).get(session)
            if user_pk is None:
                return CloseCode.SIGN_IN
            ring = await hub.read(partial(access.desk_ring, key["pk"], user_pk))
        if ring is None:
            return CloseCode.NOT_FOUND
        if ring.phase in GONE:
            return CloseCode.OVER
        return Socket(
            ring.pk,
            audience,
            send=self._send_text,
            close=self.close,
            seat=me.pk if me else None,
            key_hash=me.key_hash if me else "",
            session=session,
            user=user_pk or 0,
        )

    async def _send_text(self, text: str) -> None:
        if not direct.write(self.base_send, text):
            await self.send(text_data=text)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        listens = self.socket is not None and self.socket.unheard > 0
        self.words = 1 if listens else self.words + 1
        if self.words > FLOOD_BOUND or len(text_data or "") > WORD_BOUND:
            if self.socket:
                note_flood(self.socket)
            await self.close(CloseCode.FLOOD)
            await self.disconnect(CloseCode.FLOOD)
            raise StopConsumer  # the thousands of words that may wait behind this one are not looked at
        try:
            here = json.loads(text_data or "")["here"] is True
        except (ValueError, KeyError, TypeError):
            return
        if self.socket is not None:
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
