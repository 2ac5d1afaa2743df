"""A cohort comes in: 1,000 people within 30 s, and 1,000 pages that connect at the same moment."""

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench.client import Crowd, Line, Post, TooLate
from bench.fanout import pages
from bench.servers import Database, Place, Server
from bench.table import Missing, Ratio, Row

SECONDS = 30
CIRCLE = 25  # people a ring: a cohort sits in many
AT_MOST = 120  # seconds for what should take SECONDS: who is not in by then is counted as an error


@dataclass
class Person:
    """Somebody who scans the code, types a name, and keeps the page: plain HTTP until the socket."""

    port: int
    invite: str
    code: str
    number: int

    def come_in(self) -> tuple[str, str]:
        """The socket's path and cookie; anything but the expected answers raises."""
        self.cookies: dict[str, str] = {}
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._ask("GET", f"/j/{self.invite}/", 200)
        place = f"/r/{self.code}/"
        op = f"00000000-0000-4000-8000-{self.number:012x}"
        form = {
            "name": f"Person {self.number}",
            "invite": self.invite,
            "op": op,
            "csrfmiddlewaretoken": self.cookies["csrftoken"],
        }
        self._ask("POST", f"{place}join/", 302, urlencode(form))
        self._ask("GET", place, 200)
        self.line.close()
        return f"{place}live/", self._cookie()

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(self, method: str, path: str, expected: int, body: str | None = None) -> str:
        """Ask and read the whole answer; what it redirects to."""
        home = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": self._cookie(), "Origin": home, "Referer": f"{home}/"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        answer.read()
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} was answered {answer.status}")
        return answer.headers.get("Location", "")


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    yield from _cohort(place, 100 if quick else 1000, SECONDS / 10 if quick else SECONDS)
    yield from _at_once(place, quick=quick)


def _cohort(place: Place, people: int, seconds: float) -> Iterator[Row]:
    """People come evenly over `seconds`, each to one of many rings, and those who are in hear of each."""
    database = place.sqlite()
    rings = database.ring(CIRCLE, rings=people // CIRCLE, phase="lobby")
    line, server = Line(), place.served("site", database)
    crowds = [Crowd(line, server.port) for _ in rings]
    coming: dict[Future[tuple[str, str]], Crowd] = {}
    errors: list[str] = []
    began = time.perf_counter()
    with ThreadPoolExecutor(64) as threads:
        started = 0
        while (started < people or coming) and time.perf_counter() - began < AT_MOST:
            due = min(people, int((time.perf_counter() - began) / seconds * people) + 1)
            for number in range(started, due):
                at = number % len(rings)
                person = Person(server.port, rings[at]["invite"], rings[at]["code"], number)
                coming[threads.submit(person.come_in)] = crowds[at]
            started = due
            for done in [future for future in coming if future.done()]:
                crowd = coming.pop(done)
                if error := done.exception():
                    errors.append(str(error))
                else:
                    crowd.connect([done.result()])
            line.turn(0.01)
        threads.shutdown(wait=False, cancel_futures=True)
        errors += ["not in in time"] * (people - started + len(coming))
    joined = time.perf_counter()
    late = 0.0
    for ring, crowd in zip(rings, crowds, strict=True):
        try:
            moments = crowd.reach(ring["version"] + len(crowd.phones), 60)
            late = max(late, max(moments, default=joined) - joined)
        except TooLate:
            late = 60.0
    beside = f"to {len(rings)} rings; the last was in after {joined - began:.1f} s"
    if errors:
        beside += f"; for one: {errors[0]}"
    what = f"{people:,} people join in {seconds:.0f} s on one process"
    lost = sum(crowd.lost for crowd in crowds)
    yield Row("join-errors", f"{what}: errors", len(errors) + lost, "", 0, False, beside)
    yield Row("join-current", f"{what}: all current after the last", late, "s", 5)
    for crowd in crowds:
        crowd.close()
    server.stop()


def _at_once(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    sockets, rounds = (100, 2) if quick else (1000, 3)
    for database, name, limit in (
        (place.sqlite(), "SQLite", 1.1),
        (place.postgres(), "PostgreSQL", 1.3),
    ):
        what = (
            f"{sockets:,} sockets at once have their first screen, beside a bare handshake, {name}"
        )
        if database is None:
            yield Missing(f"storm-{name}", what, "no PostgreSQL answers")
            continue
        ours, bare = _storms(place, database, sockets, rounds)
        ratio = Ratio.of(ours, bare)
        beside = f"{median(ours):.2f} s, bare {median(bare):.2f} s"
        yield Row(f"storm-{name.lower()}", what, ratio.value, "×", limit, False, beside, ratio)


def _storms(
    place: Place, database: Database, sockets: int, rounds: int
) -> tuple[list[float], list[float]]:
    ring = database.ring(sockets)[0]
    site, bare = place.served("site", database), place.served("raw_asgi", database)
    line = Line()
    post = Post(line, bare.port)
    post.send("/first/200")
    post.answered()
    post.close()
    # a page connects right after it was loaded, or with what it showed before the line broke
    live: list[Any] = [
        (f"{path}?since={ring['version']}", key) for path, key in pages(ring, sockets)
    ]
    ours, theirs = [], []
    for number in range(rounds + 1):
        pair = _storm(line, site, live), _storm(line, bare, [("/phone/", "")] * sockets)
        if number:  # the first warms up
            ours.append(pair[0])
            theirs.append(pair[1])
    site.stop()
    bare.stop()
    return ours, theirs


def _storm(line: Line, server: Server, all_pages: list[tuple[str, str]]) -> float:
    """Seconds until the last of them has its first word."""
    crowd = Crowd(line, server.port)
    began = time.perf_counter()
    crowd.connect(all_pages)
    crowd.opened()
    seconds = max(phone.at for phone in crowd.phones) - began
    crowd.close()
    line.rest(1.0)
    return seconds
