"""What our Daphne cuts off that Daphne itself would take, and what Channels does that we do without."""

import asyncio

import pytest
from daphne.ws_protocol import WebSocketProtocol

from rings.consumers import Page
from rings.hub import CloseCode
from rings.management.commands.serve import A_BREATH, BoundedSocket


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> tuple[BoundedSocket, list[object]]:
    """A line, and what it lets through: words to the application, frames to be parsed, how it closed."""
    seen: list[object] = []
    monkeypatch.setattr(WebSocketProtocol, "onMessage", lambda *_: seen.append("word"))
    monkeypatch.setattr(WebSocketProtocol, "dataReceived", lambda *_: seen.append("data"))
    monkeypatch.setattr(WebSocketProtocol, "processData", lambda _: True)
    monkeypatch.setattr(WebSocketProtocol, "serverClose", lambda _, code: seen.append(code))
    return BoundedSocket(), seen


def test_a_breath_of_words_goes_through(line: tuple[BoundedSocket, list[object]]) -> None:
    socket, seen = line
    for _ in range(3):
        socket.dataReceived(b"")
        for _ in range(A_BREATH):
            socket.onMessage(b"{}", isBinary=False)
            assert socket.processData()
    assert seen.count("word") == 3 * A_BREATH


def test_in_a_flood_nothing_more_is_parsed(line: tuple[BoundedSocket, list[object]]) -> None:
    socket, seen = line
    for _ in range(A_BREATH + 1):
        socket.onMessage(b"{}", isBinary=False)
    assert not socket.processData()
    socket.dataReceived(b"more")
    assert seen == ["word"] * A_BREATH + [CloseCode.FLOOD]


def test_a_word_of_a_page_is_heard_without_a_way_to_the_shared_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: list[str] = []

    async def look() -> None:
        ways.append("connections looked at")

    monkeypatch.setattr("channels.consumer.aclose_old_connections", look)
    page = Page()
    asyncio.run(page.dispatch({"type": "websocket.receive", "text": '{"here": true}'}))
    assert (page.words, ways) == (1, [])
