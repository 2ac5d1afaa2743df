"""Direct write: what it sends is a websocket frame, and what it was not tried with goes Daphne's way."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import pytest
from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet.abstract import FileDescriptor

from rings import direct

OPEN = WebSocketProtocol.STATE_OPEN


class Transport(FileDescriptor):  # type: ignore[misc]  # Twisted's own buffers, and a socket that takes so many bytes
    def __init__(self, takes: int | Exception) -> None:
        super().__init__(reactor=SimpleNamespace(addWriter=lambda line: None))
        self.connected, self.takes, self.sent = 1, takes, b""

    def writeSomeData(self, data: bytes) -> int | Exception:  # noqa: N802  # Twisted's name
        if isinstance(self.takes, int):
            self.sent += data[: self.takes]
            return min(self.takes, len(data))
        return self.takes


def page(transport: Transport, state: int = OPEN) -> Callable[..., Any]:
    return partial(print, SimpleNamespace(transport=transport, state=state))


def waiting(line: Transport) -> bytes:
    return b"".join(line._tempDataBuffer)


@pytest.mark.parametrize("size", [5, 125, 126, 65_535, 65_536])
def test_a_text_is_one_frame_with_its_length(size: int) -> None:
    frame = direct.framed("é" * (size // 2) + "x" * (size % 2))
    head = 2 if size < 126 else 4 if size < 65_536 else 10
    assert (frame[0], len(frame)) == (0x81, head + size)
    assert int.from_bytes(frame[2:head]) == size if head > 2 else frame[1] == size


def test_what_the_socket_does_not_take_at_once_waits_in_order() -> None:
    line = Transport(takes=4)
    assert direct.write(page(line), "Ada has the ring.")
    assert line.sent + waiting(line) == direct.framed("Ada has the ring.")
    assert not direct.write(page(line), "Bo has it.")  # it would overtake the rest of the first


@pytest.mark.parametrize(
    "state", [WebSocketProtocol.STATE_CONNECTING, WebSocketProtocol.STATE_CLOSED]
)
def test_a_page_that_is_not_open_is_left_to_daphne(state: int) -> None:
    line = Transport(takes=100)
    assert not direct.write(page(line, state), "Hello.")
    assert line.sent == b""


def test_a_line_that_broke_is_left_to_daphne() -> None:
    assert not direct.write(page(Transport(takes=OSError())), "Hello.")


def test_another_servers_send_is_used_as_it_is() -> None:
    assert not direct.write(print, "Hello.")


def test_it_is_used_with_what_it_was_tried_with_alone() -> None:
    """Fails when a pin moves: try the bench's row hub-direct, then write the version down here and there."""
    assert direct.USED
    tried = {name: version(name).rsplit(".", 1)[0] for name in direct.TRIED}
    assert tried == {"daphne": "4.2", "twisted": "26.10", "autobahn": "26.10"}
