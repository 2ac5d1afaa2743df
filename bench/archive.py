"""Past rings: whether their list, its search and its last page stay quick from a hundred rings to 10,000."""

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from bench.servers import Database, Place, Server
from bench.table import Missing, Ratio, Row

PEOPLE = 12
PAGES = {
    "list": "/past/",
    "search": "/past/?q=spring",
    "last page": "/past/?page=9999",
    "numbers": "/past/numbers/",
}


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    few, many, rounds = (20, 200, 5) if quick else (100, 10_000, 12)
    what = f"{many:,} past rings of {PEOPLE} beside {few}"
    databases = {"SQLite": [place.sqlite(), place.sqlite()]}
    postgres = [made for _ in range(2) if (made := place.postgres())]
    if postgres:
        databases["PostgreSQL"] = postgres
    else:
        yield Missing("archive-PostgreSQL", f"{what} on PostgreSQL", "none answers")
    with ThreadPoolExecutor(2) as two:
        filled = [
            (name, [two.submit(_filled, *one) for one in zip(pair, (few, many), strict=True)])
            for name, pair in databases.items()
        ]
        made = {name: [each.result() for each in pair] for name, pair in filled}
    for name, pair in databases.items():
        servers = [place.served("site", database) for database in pair]
        sites = list(zip(servers, [each["session"] for each in made[name]], strict=True))
        for page, path in PAGES.items():
            yield _row(name, page, what, _in_turn(sites, path, rounds), made[name][1])
        for server in servers:
            server.stop()


def _row(name: str, page: str, what: str, times: list[list[float]], made: dict[str, Any]) -> Row:
    small, large = times
    ratio = Ratio.of(large, small)
    text = f"{median(small):.0f} and {median(large):.0f} ms"
    if page == "list":
        text += f"; its head alone, counted from the offers: {made['counted']:.0f} ms"
    key, said = f"archive-{name}-{page}", f"{what} on {name}: {page}"
    return Row(key, said, ratio.value, "×", LIMITS[page], False, text, ratio)


# The list is what somebody waits for. Its trends are added up from every ring it shows: a few
# microseconds for each. All numbers across rings are read once in a while.
LIMITS = {"list": 2.0, "search": 2.0, "last page": 2.0, "numbers": 4.0}


def _filled(database: Database, rings: int) -> dict[str, Any]:
    found: dict[str, Any] = database.call("past", str(rings), str(PEOPLE), timeout=1200)
    return found


def _in_turn(sites: list[tuple[Server, str]], path: str, rounds: int) -> list[list[float]]:
    """Milliseconds to the last byte of a page, of each site, round by round."""
    lines = [http.client.HTTPConnection("127.0.0.1", server.port) for server, _ in sites]
    times: list[list[float]] = [[] for _ in sites]
    for round_ in range(rounds + 2):
        for line, (_, session), found in zip(lines, sites, times, strict=True):
            began = time.perf_counter()
            line.request("GET", path, headers={"Cookie": f"sessionid={session}"})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            if round_ > 1:  # the first ones open connections and load templates
                found.append(1000 * (time.perf_counter() - began))
    for line in lines:
        line.close()
    return times
