"""What a phone costs in memory while nothing happens, and what one costs that does not read."""

from collections.abc import Iterator
from statistics import median

from bench.client import Crowd, Line, Post, milliseconds, quantile
from bench.fanout import pages
from bench.servers import Place, Server
from bench.table import Missing, Ratio, Row

STALLED = 20
APART = 0.25  # seconds between two changes: sooner, the hub takes them for a burst and draws seldom


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    phones = 200 if quick else 1000
    database = place.sqlite()
    ring = database.ring(phones)[0]
    line, server = Line(), place.served("site", database)
    ours, crowd = _growth(line, server, pages(ring, phones))
    crowd.close()
    line, bare = Line(), place.served("raw_asgi", database)
    theirs, crowd = _growth(line, bare, [("/phone/", "")] * phones, told=False)
    crowd.close()
    bare.stop()
    server.stop()
    yield Row(
        "memory",
        f"memory an idle phone, of {phones:,}",
        ours / 1000,
        "kB",
        30,
        False,
        f"bare ASGI on Daphne {theirs / 1000:.1f} kB",
        Ratio(ours / max(theirs, 1), 0.1),
    )
    yield from _stalled(place, quick=quick)


def _growth(
    line: Line, server: Server, all_pages: list[tuple[str, str]], *, told: bool = True
) -> tuple[float, Crowd]:
    """Bytes a connected phone, counted from a process that has served some already."""
    warm = Crowd(line, server.port, talks=told)
    warm.sit(all_pages[:50], told=told)
    warm.close()
    line.rest(2)
    before = server.memory()
    crowd = Crowd(line, server.port, talks=told)
    crowd.sit(all_pages, told=told)
    line.rest(2)
    return (server.memory() - before) / len(all_pages), crowd


def _stalled(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    """Some phones of a ring stop reading while everybody is sent far more than the bound."""
    phones, rounds = (60, 20) if quick else (200, 40)
    database = place.sqlite()
    ring = database.ring(phones + STALLED)[0]
    line, server = Line(), place.served("site", database)
    seats = pages(ring, phones + STALLED)
    crowd = Crowd(line, server.port)
    crowd.sit(seats[STALLED:])
    post = Post(line, server.port)
    asleep = Crowd(line, server.port)
    asleep.connect(seats[:STALLED], buffer=4096)
    asleep.opened()
    without = _changes(line, crowd, post, ring["pk"], rounds)

    for phone in asleep.phones:
        line.selector.unregister(phone.sock)  # from now on nobody reads it
    before = server.memory()
    beside = _changes(line, crowd, post, ring["pk"], rounds)
    each = (server.memory() - before) / STALLED
    for phone in asleep.phones:
        phone.sock.close()
    crowd.close()
    post.close()
    server.stop()
    yield Row(
        "stalled-memory", "memory of a phone that does not read", max(0.0, each) / 1000, "kB", 256
    )
    middle = [median(spans) for spans in (without, beside)]
    late = [quantile(sorted(spans), 0.95) for spans in (without, beside)]
    yield Row(
        "stalled-delay",
        f"the last of {phones} phones while {STALLED} others do not read, beside all reading",
        middle[1] / middle[0],
        "×",
        1.2,
        False,
        f"{middle[0]:.1f} and {middle[1]:.1f} ms; one in twenty after {late[0]:.1f} and {late[1]:.1f}",
    )


def _changes(line: Line, crowd: Crowd, post: Post, ring: int, rounds: int) -> list[float]:
    spans = []
    for _ in range(rounds):
        line.rest(APART)
        version = max(phone.version for phone in crowd.phones) + 1
        crowd.await_version(version)
        post.send(f"/bench/change/{ring}")
        post.answered()
        spans.append(milliseconds(crowd.reach(version), post.began)["last"])
    return spans
