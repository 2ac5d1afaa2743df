"""300 changes back to back: who is current how soon, who is stale for good, and what was sent for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.client import Crowd, Line, Post, TooLate
from bench.fanout import pages
from bench.servers import Database, Place
from bench.table import Missing, Row

CHANGES = 300
SETTLE = 4.0  # seconds after which a phone that is behind stays so: usual Channels repairs nothing


@dataclass
class Burst:
    took: float  # ms from the first commit to the last
    late: float  # ms from the last commit to the last phone
    frames: int  # the most that any phone was sent
    stale: int


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    phones, rounds = (100, 2) if quick else (500, 5)
    database = place.sqlite()
    usual = _usual(place, database, phones)
    ring = database.ring(phones)[0]
    line, server = Line(), place.served("site", database)
    crowd = Crowd(line, server.port)
    crowd.sit(pages(ring, phones))
    post = Post(line, server.port)
    bursts = [_burst(line, crowd, post, ring["pk"]) for _ in range(rounds)]

    took = median(burst.took for burst in bursts)
    beside = f"the changes took {took:.0f} ms; {usual}"
    what = f"{CHANGES} changes at once, {phones} phones:"
    late = max(burst.late for burst in bursts)
    yield Row("burst-late", f"{what} last commit to all current", late, "ms", 250, False, beside)
    stale = sum(burst.stale for burst in bursts)
    yield Row("burst-stale", f"{what} stale after {SETTLE:.0f} s", stale, "phones", 0)
    frames = max(burst.frames for burst in bursts)
    yield Row("burst-frames", f"{what} most frames to a phone", frames, "frames", 6)


def _burst(line: Line, crowd: Crowd, post: Post, ring: int) -> Burst:
    line.rest(0.3)
    before = [phone.frames for phone in crowd.phones]
    post.send(f"/bench/burst/{ring}/{CHANGES}")
    committed, version = post.answered().split()
    try:
        moments = crowd.reach(int(version), SETTLE)
    except TooLate:
        moments = sorted(phone.at for phone in crowd.phones)
    stale = sum(phone.version < int(version) for phone in crowd.phones)
    frames = [phone.frames - old for phone, old in zip(crowd.phones, before, strict=True)]
    took, late = float(committed) - post.began, moments[-1] - float(committed)
    return Burst(took * 1000, late * 1000, max(frames), stale)


def _usual(place: Place, database: Database, phones: int) -> str:
    """The same burst by `group_send`, as a sentence."""
    line = Line()
    server = place.served("usual", database, USUAL_LAYER="memory")
    crowd = Crowd(line, server.port, talks=False)
    crowd.sit([("/phone/", "")] * phones)
    before = sum(phone.frames for phone in crowd.phones)
    post = Post(line, server.port)
    post.send(f"/burst/{CHANGES}/1000")
    post.answered(120)
    _quiet(line, crowd)
    got = sum(phone.frames for phone in crowd.phones) - before
    stale = sum(phone.version < CHANGES for phone in crowd.phones)
    took = max(phone.at for phone in crowd.phones) - post.began
    crowd.close()
    post.close()
    server.stop()
    lost = 1 - got / (CHANGES * phones)
    return f"usual Channels in memory lost {lost:.0%}, left {stale} stale, after {took:.1f} s"


def _quiet(line: Line, crowd: Crowd) -> None:
    """Until nothing has come for a while."""
    frames = -1
    while (now := sum(phone.frames for phone in crowd.phones)) != frames:
        frames = now
        line.rest(SETTLE / 2)
