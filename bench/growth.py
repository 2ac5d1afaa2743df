"""What happens to a ring as it grows, and as others fill the process."""

from collections.abc import Iterator
from statistics import median

from bench.client import Crowd, Line, Post, milliseconds
from bench.fanout import pages
from bench.servers import Database, Place, Server
from bench.table import Missing, Ratio, Row

SEATS = 50


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    yield _queries(place.sqlite())
    yield from _neighbours(place, quick=quick)


def _queries(database: Database) -> Row:
    counts = {seats: database.call("count_queries", str(seats)) for seats in (6, 30, 300)}
    more = max(counts[300][name] - counts[6][name] for name in counts[6])
    beside = ", ".join(f"{name} {number}" for name, number in counts[300].items())
    what = "queries a change and an audience: more at 300 people than at 6"
    return Row("queries", what, more, "queries", 0, False, f"at 6, 30 and 300: {beside}")


def _neighbours(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    others, rounds = (100, 5) if quick else (2000, 12)
    database = place.sqlite()
    rings = database.ring(SEATS, rings=1 + others // SEATS)
    mine, rest = rings[0], rings[1:]
    line, server = Line(), place.served("site", database)
    alone, beside = _alone_and_not(
        line,
        server,
        pages(mine, SEATS),
        [page for ring in rest for page in pages(ring, SEATS)],
        f"/bench/change/{mine['pk']}",
        rounds,
    )
    line, server = Line(), place.served("usual", database, USUAL_LAYER="memory")
    usual = _alone_and_not(
        line,
        server,
        [("/phone/?ring=0", "")] * SEATS,
        [(f"/phone/?ring={1 + number // SEATS}", "") for number in range(others)],
        "/trigger/VERSION/2000?ring=0",
        rounds,
    )
    ratio = Ratio.of(beside, alone)
    text = (
        f"{median(alone):.1f} ms alone, {median(beside):.1f} ms with the others; "
        f"usual Channels in memory {median(usual[0]):.1f} and {median(usual[1]):.1f} ms"
    )
    what = f"a ring of {SEATS} phones with {others:,} others connected, beside alone"
    yield Row("neighbours", what, ratio.value, "×", 2.0, False, text, ratio)


def _alone_and_not(
    line: Line,
    server: Server,
    mine: list[tuple[str, str]],
    others: list[tuple[str, str]],
    path: str,
    rounds: int,
) -> tuple[list[float], list[float]]:
    """Milliseconds to the last phone of one ring, before and after the others have come."""
    ring, rest = Crowd(line, server.port), Crowd(line, server.port)
    ring.sit(mine)
    post = Post(line, server.port)
    alone = _rounds(line, ring, post, path, rounds)
    rest.sit(others)
    beside = _rounds(line, ring, post, path, rounds)
    rest.close()
    ring.close()
    post.close()
    server.stop()
    return alone, beside


def _rounds(line: Line, crowd: Crowd, post: Post, path: str, rounds: int) -> list[float]:
    spans = []
    for _ in range(rounds):
        line.rest(0.1)
        version = crowd.phones[0].version + 1
        crowd.await_version(version)
        post.send(path.replace("VERSION", str(version)))
        post.answered()
        spans.append(milliseconds(crowd.reach(version), post.began)["last"])
    return spans
