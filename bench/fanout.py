"""One change to every phone: the hub beside its limits and usual Channels; then the site as shipped."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from statistics import median

from bench.client import Crowd, Line, Post, TooLate, milliseconds, pledge
from bench.servers import Database, Place, Ring, Server
from bench.table import Missing, Ratio, Row

RAW, BARE, HUB, DIRECT, MEMORY, CORE, PUBSUB = (
    "raw sockets in C",
    "bare ASGI on Daphne",
    "the hub on stock Daphne",
    "the hub with direct write",
    "usual Channels in memory",
    "usual Channels on Redis",
    "usual Channels on Redis pub-sub",
)
STOCK = "stock Daphne"
LOST_AFTER = 10.0  # seconds
A_FRAME = 4300  # bytes: what a phone is sent for a pledge


@dataclass
class Way:
    """One way to tell all phones, its crowd connected, and what the rounds gave."""

    name: str
    server: Server
    crowd: Crowd
    post: Post
    path: str  # of the trigger; VERSION and SIZE are put in
    version: int = 0
    last: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    cpu: float = 0.0
    lost: int = 0  # phones that never heard of a change

    def trigger(self, size: int) -> None:
        self.version += 1
        before = self.server.cpu()
        self.crowd.await_version(self.version)
        self.post.send(self.path.replace("VERSION", str(self.version)).replace("SIZE", str(size)))
        said = self.post.answered().split()
        began = float(said[0]) if said else self.post.began  # the limit in C keeps no clock
        try:
            moments = self.crowd.reach(self.version, LOST_AFTER)
        except TooLate:  # it happens to usual Channels, which says nothing of it
            told = [phone.at for phone in self.crowd.phones if phone.version >= self.version]
            self.lost += len(self.crowd.phones) - len(told)
            moments = sorted(told) or [began + LOST_AFTER]
        spans = milliseconds(moments, began)
        self.cpu += self.server.cpu() - before
        self.first.append(spans["first"])
        self.last.append(spans["last"])

    @property
    def each(self) -> float:
        """CPU microseconds a frame."""
        return self.cpu * 1e6 / (len(self.last) * len(self.crowd.phones))

    def __str__(self) -> str:
        lost = f", {self.lost} frames lost" if self.lost else ""
        return f"{self.name} {median(self.last):.1f} ms ({self.each:.0f} µs CPU a frame{lost})"


def ways(place: Place, line: Line, phones: int) -> dict[str, Way]:
    """Start every way, each with a connected crowd of its own."""
    database = place.sqlite()
    redis = place.redis()
    found: dict[str, Way] = {}

    def add(
        name: str, server: Server, pages: list[tuple[str, str]], path: str, version: int = 0
    ) -> None:
        crowd = Crowd(line, server.port, talks=name in {HUB, DIRECT})
        crowd.sit(pages, told=name not in {RAW, BARE})
        found[name] = Way(name, server, crowd, Post(line, server.port), path, version)

    plain = [("/phone/", "")] * phones
    raw = place.raw()
    if raw:
        add(RAW, raw, plain, "/trigger/VERSION/SIZE")
    add(BARE, place.served("raw_asgi", database), plain, "/trigger/VERSION/SIZE")
    for name, ring in zip((HUB, DIRECT), database.ring(20, rings=2), strict=True):
        how = {"BENCH_TABS": str(phones), "DIRECT_WRITE": "1" if name == DIRECT else "0"}
        server = place.served("site", database, **how)
        add(name, server, pages(ring, phones), f"/bench/change/{ring['pk']}", ring["version"])
    layers = {MEMORY: "memory"} | ({CORE: "core", PUBSUB: "pubsub"} if redis else {})
    for name, layer in layers.items():
        usual = place.served("usual", database, USUAL_LAYER=layer, USUAL_REDIS=redis)
        add(name, usual, plain, "/trigger/VERSION/SIZE")
    return found


def pages(ring: Ring, phones: int) -> list[tuple[str, str]]:
    """Path and cookie of so many phones of a ring; seats have several pages where there are fewer."""
    seats = ring["seats"]
    wanted = (seats[number % len(seats)] for number in range(phones))
    return [(f"/r/{ring['code']}/live/", cookie) for _, cookie in wanted]


def _made_of(database: Database, ring: Ring) -> str:
    """What the time before the first frame is made of."""
    spans = database.call("draw_limit", str(ring["pk"]))
    return (
        f"alone in a thread: reading {len(ring['seats']):,} people and asks {spans['read']:.1f} ms, "
        f"the phone's drawing {spans['phone']:.1f}, the asker's own {spans['asker']:.1f}"
    )


def hub_rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    """The hub alone: the phones of one small ring, told of one change."""
    line = Line()
    database = place.sqlite()
    parts = _made_of(database, database.ring(20)[0])
    for phones in (100, 200 if quick else 1000):
        found = ways(place, line, phones)
        hub = found[HUB]
        rounds = 5 if quick else 11
        for number in range(rounds + 2):
            if number == 2:  # two rounds to warm up
                for way in found.values():
                    way.last, way.first, way.cpu = [], [], 0.0
            hub.trigger(0)
            found[DIRECT].trigger(0)
            size = hub.crowd.phones[-1].longest
            for way in found.values():
                if way.name not in {HUB, DIRECT}:
                    way.trigger(size)
        beside = "; ".join(str(way) for way in found.values())
        beside += f"; frames of {size:,} bytes; {parts}"
        if RAW not in found:
            beside += "; no C compiler here, so no raw limit"
        if phones == 100:
            small = "; ".join(f"{way.name} {median(way.last):.1f} ms" for way in found.values())
        else:
            yield from _against(found, phones, f"{beside} (100 phones: {small})")
        for way in found.values():
            way.crowd.close()
            way.post.close()
            way.server.stop()


def _against(found: dict[str, Way], phones: int, beside: str) -> Iterator[Row | Missing]:
    hub = found[HUB]
    what = f"hub, one change to the last of {phones:,} phones"
    ratio = Ratio.of(hub.last, found[BARE].last)
    yield Row("hub-bare", f"{what}, beside bare ASGI", ratio.value, "×", 1.1, False, beside, ratio)
    if RAW in found:
        ratio = Ratio.of(found[DIRECT].last, found[RAW].last)
        direct = f"{what}, with direct write, beside raw sockets in C"
        yield Row("hub-direct", direct, ratio.value, "×", 2.5, False, "", ratio)
    for name, key, least in ((MEMORY, "hub-memory", 6.0), (CORE, "hub-redis", 4.0)):
        if name in found:
            ratio = Ratio.of(found[name].last, hub.last)
            yield Row(key, f"{what}, sooner than {name}", ratio.value, "×", least, True, "", ratio)
        else:
            yield Missing(key, what, "no redis-server to start")


def shipped_rows(place: Place, *, quick: bool) -> Iterator[Row | Missing]:
    """The site as shipped: a pledge by HTTP, its commit, the drawing, every phone of one ring."""
    phones, rounds = (100, 10) if quick else (1000, 40)
    line = Line()
    bare = _bare(place, line, place.sqlite(), phones, rounds)
    for name, limit in ((STOCK, 60.0), ("Daphne with direct write", 30.0), ("uvicorn", 30.0)):
        key = f"shipped-{name.split()[-1].lower()}"
        what = f"pledge by HTTP to the last of {phones:,} phones in one ring, worst of {rounds}, {name}"
        if name == "uvicorn" and find_spec("uvicorn") is None:
            yield Missing(key, what, "uvicorn is not installed")
            continue
        database = place.sqlite()
        start = place.uvicorn if name == "uvicorn" else place.served
        server = start("site", database, DIRECT_WRITE="0" if name == STOCK else "1")
        ring = database.ring(phones)[0]
        last, text = _pledges(line, server, ring, rounds)
        beside = f"{text}; bare ASGI on Daphne {median(bare):.1f} ms; {_made_of(database, ring)}"
        yield Row(key, what, max(last), "ms", limit, False, beside, Ratio.of(last, bare))


def _pledges(line: Line, server: Server, ring: Ring, rounds: int) -> tuple[list[float], str]:
    """Milliseconds to the last phone, pledge by pledge, and the rest of them in words."""
    phones = len(ring["seats"])
    crowd = Crowd(line, server.port)
    crowd.sit(pages(ring, phones))
    post = Post(line, server.port)
    spans, answers = [], []
    version = ring["version"]
    for number in range(rounds + 3):
        line.rest(0.1)  # so that each pledge is one of its own, not part of a burst
        cookie = ring["seats"][1 + number % (phones - 1)][1]
        version += 1
        crowd.await_version(version)
        post.send(*pledge(ring["code"], ring["ask"]), cookie=cookie)
        post.answered()
        spans.append(milliseconds(crowd.reach(version), post.began))
        answers.append((post.ended - post.began) * 1000)
    spans, answers = spans[3:], answers[3:]
    middle = {name: median(span[name] for span in spans) for name in spans[0]}
    text = ", ".join(f"{name} {value:.1f}" for name, value in middle.items())
    text = f"medians: {text} ms; its own answer after {median(answers):.1f} ms"
    crowd.close()
    post.close()
    server.stop()
    return [span["last"] for span in spans], text


def _bare(place: Place, line: Line, database: Database, phones: int, rounds: int) -> list[float]:
    server = place.served("raw_asgi", database)
    crowd = Crowd(line, server.port, talks=False)
    crowd.sit([("/phone/", "")] * phones, told=False)
    way = Way(BARE, server, crowd, Post(line, server.port), "/trigger/VERSION/SIZE")
    for _ in range(rounds):
        line.rest(0.1)
        way.trigger(A_FRAME)
    crowd.close()
    way.post.close()
    server.stop()
    return way.last
