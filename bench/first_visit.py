"""A phone scans the code for the first time, over a slow network: how much, how often, how long."""

from collections.abc import Iterator
from statistics import median

from bench.servers import Place
from bench.table import Missing, Row


def rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    database = place.sqlite()
    ring = database.ring(20, phase="lobby")[0]
    server = place.served("site", database)
    url = f"http://127.0.0.1:{server.port}/j/{ring['invite']}/"
    what = "first visit by QR, slow 4G, CPU a quarter:"
    seen = database.call("visit", url, "2" if quick else "7")
    if "why" in seen:
        yield Missing("first-visit", what, seen["why"])
        return
    beside = ", ".join(f"{name} {size / 1000:.1f} kB" for name, size in seen["sizes"].items())
    yield Row("visit-bytes", f"{what} on the wire", seen["bytes"] / 1000, "kB", 60, False, beside)
    yield Row("visit-requests", f"{what} requests", seen["requests"], "", 5)
    form = median(seen["seconds"])
    others = f"from {min(seen['seconds']):.2f} to {max(seen['seconds']):.2f} s"
    yield Row("visit-form", f"{what} usable form", form, "s", 1.5, False, others)
