"""The limit of a server: a bare ASGI application that sends one prebuilt frame to every socket.

POST /trigger/VERSION/SIZE broadcasts and answers when it began; POST /first/SIZE sets what each new
socket is sent at once. No Django, no Channels: what remains is the server's own cost of a frame.
"""

import json
import time
from typing import Any

sockets: set[Any] = set()
first = ""


def frame(version: int, size: int) -> str:
    """A frame of `size` bytes that tells its version as ours do."""
    empty = json.dumps({"version": version, "pad": ""})
    return json.dumps({"version": version, "pad": "x" * max(0, size - len(empty))})


async def application(scope: Any, receive: Any, send: Any) -> None:
    global first
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        if first:
            await send({"type": "websocket.send", "text": first})
        sockets.add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        sockets.discard(send)
        return
    moment = repr(time.perf_counter()).encode()
    _, command, *words = scope["path"].split("/")
    if command == "trigger":
        message = {"type": "websocket.send", "text": frame(int(words[0]), int(words[1]))}
        for tell in list(sockets):
            await tell(message)
    elif command == "first":
        first = frame(0, int(words[0]))
    headers = [(b"content-length", str(len(moment)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": moment})
