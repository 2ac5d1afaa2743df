"""Two processes: twice the reads of one, and every phone current whichever of the two it hangs on."""

import time
from collections.abc import Iterator

from bench.bursts import CHANGES, SETTLE
from bench.client import Crowd, Line, Post, TooLate
from bench.fanout import pages
from bench.servers import Place, Ring, Server
from bench.table import Missing, Ratio, Row

READERS = 8  # at once, for each process


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    """On two cores the client needs one of them, so what is compared is capacity: reads a CPU second of
    each process, added up. It would show what two processes take from one another (locks, the database)."""
    database, redis = place.postgres(), place.redis()
    if database is None or not redis:
        why = "it needs PostgreSQL" if redis else "it needs redis-server"
        yield Missing("processes", "two processes: reads", why)
        return
    ring = database.ring(100)[0]
    env = {"REDIS_URL": redis, "PROCESSES": "2"}
    first, second = (place.served("site", database, core, **env) for core in (0, -1))
    line = Line()
    seconds, rounds = (1.0, 2) if quick else (3.0, 3)
    alone, both, rates = [], [], []
    for number in range(rounds + 1):
        one, _ = _read(line, [first], ring, seconds)
        two, rate = _read(line, [first, second], ring, seconds)
        if number:  # the first warms up
            alone.append(one)
            both.append(two)
            rates.append(rate)
    ratio = Ratio.of(both, alone)
    beside = (
        f"one {min(alone):.0f}, two {min(both):.0f} reads a CPU second; with the client on one of the two "
        f"cores they really served {max(rates):.0f}/s"
    )
    yield Row("processes", "two processes: reads", ratio.value, "×", 1.9, True, beside, ratio)
    yield from _burst_across(line, first, second, ring, quick=quick)


def _read(line: Line, servers: list[Server], ring: Ring, seconds: float) -> tuple[float, float]:
    """The capacity of these servers together, and the reads a second there really were."""
    capacity, total = 0.0, 0
    before = [server.cpu() for server in servers]
    posts = [[Post(line, server.port) for _ in range(READERS)] for server in servers]
    counts = [0] * len(servers)
    path = f"/r/{ring['code']}/"
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for which, group in enumerate(posts):
            for number, post in enumerate(group):
                if post.status or not post.began:
                    counts[which] += bool(post.status)
                    if post.status and post.status != 200:
                        raise TooLate(f"a read was answered {post.status}")
                    post.send(path, cookie=ring["seats"][number][1], method="GET")
        line.turn(0.1)
    for post in (post for group in posts for post in group):
        post.answered()
        post.close()
    for server, count, cpu in zip(servers, counts, before, strict=True):
        capacity += (count + READERS) / (server.cpu() - cpu)
        total += count
    return capacity, total / seconds


def _burst_across(
    line: Line, first: Server, second: Server, ring: Ring, *, quick: bool
) -> Iterator[Row]:
    """The changes are made in one process; half of the phones hang on the other."""
    seats = pages(ring, 40 if quick else 100)
    crowds = [Crowd(line, first.port), Crowd(line, second.port)]
    for crowd, share in zip(crowds, (seats[::2], seats[1::2]), strict=True):
        crowd.sit(share)
    post = Post(line, first.port)
    post.send(f"/bench/burst/{ring['pk']}/{CHANGES}")
    committed, version = post.answered().split()
    stale, late = 0, []
    for crowd in crowds:
        try:
            moments = crowd.reach(int(version), 2 * SETTLE)
        except TooLate:
            moments = sorted(phone.at for phone in crowd.phones)
        stale += sum(phone.version < int(version) for phone in crowd.phones)
        late.append((moments[-1] - float(committed)) * 1000)
    beside = (
        f"current after the last commit: its process {late[0]:.0f} ms, the other {late[1]:.0f} ms"
    )
    what = f"{CHANGES} changes at once in one of two processes: stale phones"
    yield Row("processes-stale", what, stale, "phones", 0, False, beside)
