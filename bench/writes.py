"""Pledges by plain view: eight people's phones post as fast as they are answered."""

from collections.abc import Iterator
from itertools import cycle
from statistics import median

from bench.client import Line, Post, TooLate, pledge, quantile
from bench.servers import Database, Place, Ring, Server
from bench.table import Missing, Ratio, Row

WRITERS = 8
PEOPLE = 400  # who take turns at it, since one person may change only so much a minute


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    times, rounds = (100, 2) if quick else (400, 3)
    database = place.sqlite()
    ring = database.ring(PEOPLE)[0]
    line = Line()
    kept, ordinary = place.served("site", database), place.served("ordinary", database)
    ours, theirs = [], []
    for number in range(rounds + 1):
        a, b = (_write(line, server, ring, times if number else 40) for server in (kept, ordinary))
        if number:  # the first warms up
            ours.append(a)
            theirs.append(b)
    rate, p99 = (median(one[i] for one in ours) for i in (0, 1))
    usual_rate, usual_p99 = (median(one[i] for one in theirs) for i in (0, 1))
    beside = f"ordinary Django under ASGI {usual_rate:.0f}/s, p99 {usual_p99:.0f} ms"
    ratio = Ratio.of([one[0] for one in ours], [one[0] for one in theirs])
    what = f"pledges by plain view, SQLite with FULL, {WRITERS} writers"
    yield Row("writes", what, rate, "/s", 400, True, beside, ratio)
    yield Row("writes-p99", f"{what}: p99", p99, "ms", 30, False, _limit(database, ring))


def _write(line: Line, server: Server, ring: Ring, times: int) -> tuple[float, float]:
    """Pledges a second, and the 99th hundredth of their answers in ms."""
    posts = [Post(line, server.port) for _ in range(WRITERS)]
    spans: list[float] = []
    people = cycle(cookie for _, cookie in ring["seats"][1:])

    def next_for(writer: int) -> None:
        posts[writer].send(*pledge(ring["code"], ring["ask"]), cookie=next(people))

    for writer in range(WRITERS):
        next_for(writer)
    while len(spans) < times:
        line.turn(1.0)
        for writer, post in enumerate(posts):
            if post.status:
                if post.status != 204:
                    raise TooLate(f"a pledge was answered {post.status}: {post.body[:200]!r}")
                spans.append((post.ended - post.began) * 1000)
                next_for(writer)
    for post in posts:
        post.answered()
    rate = len(spans) / (sum(spans) / 1000 / WRITERS)
    for post in posts:
        post.close()
    spans.sort()
    return rate, quantile(spans, 0.99)


def _limit(database: Database, ring: Ring) -> str:
    limit = database.call("write_limit", str(ring["pk"]))
    return (
        f"limits in one thread: bare commits {limit['commits']:.0f}/s, "
        f"the command alone {limit['commands']:.0f}/s, of whose time SQLite takes "
        f"{limit['sqlite']:.0%}, Django's queries and rows {limit['django']:.0%}, "
        f"our own code {limit['ours']:.0%}"
    )
