"""No text becomes code.

Each ring is full of texts of the corpus, typed in by its people over HTTP while Chromium has its phone,
desk and stage open: what they write comes by push, and then by load.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playwright.async_api import Page, TimeoutError

from rings.player import Refused
from tests import corpus
from tests.rig.browsers import DESK, PHONE, Chromium
from tests.rig.findings import Finding
from tests.rig.phones import Circle, Light, browser, shut_all
from tests.rig.rig import Rig, Size

on = ("small",)
PEOPLE = 3  # in each ring; one more stays at the door
TEXTS = PEOPLE + 1
KINDS = ("ring", "participant", "request", "offer", "event")
# Looked at when all rings are over. Mails and CSV files get their line when there are such.
ARCHIVES = ("/rings/", "/past/", *(f"/admin/rings/{kind}/" for kind in KINDS))

# Runs before anything of the page, and tells at once of what must not be there: whatever our pages
# are not made of, but the texts of the corpus would be.
LOOKOUT = """(() => {
  const tell = what => window.planted(`${location.pathname}: ${what}`);
  const tags = 'base, iframe, object, embed, plaintext, style, hx-partial, b[id=pwned], #banner b,'
    + 'script:not([src]):not([type="application/json"]), meta[http-equiv], link[href*="example.org"],'
    + '[href^="javascript:"], [hx-get*="logout"], [hx-swap-oob], [hx-live], [hx-vals^="js:"]';
  const look = element => {
    if (element.matches(tags)) tell(element.outerHTML.slice(0, 80));
    for (const { name } of element.attributes)
      if (name.startsWith('on') || name.startsWith('hx-on')) tell(`${element.tagName} ${name}`);
  };
  new MutationObserver(changes => {
    if ('__pwned' in window) tell(`ran ${window.__pwned}`);
    for (const { target, addedNodes } of changes)
      for (const root of [target, ...addedNodes])
        if (root.matches) [root, ...(root === target ? [] : root.querySelectorAll('*'))].forEach(look);
  }).observe(document, { childList: true, subtree: true, attributes: true });
  document.addEventListener('securitypolicyviolation', event =>
    window.reported(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI}`));
})();"""

READ = "() => document.body.textContent + [...document.querySelectorAll('input')].map(i => i.value)"
PUSHED = """version => Number(document.body.dataset.version) >= version
  && new Promise(done => requestAnimationFrame(() => setTimeout(done, 0, true)))"""


async def scenario(rig: Rig, size: Size) -> Finding:
    code, odd = list(corpus.CODE.values()), list(corpus.SCRIPT.values())
    rig.dice.shuffle(code)
    texts = size.pick(code[:TEXTS], code + odd)
    [circle] = await rig.furnish(rings=1, people=0, phase="lobby")
    await rig.execute("UPDATE auth_user SET is_staff = true, is_superuser = true")
    watch, finding = Watch(rig.url), Finding()
    async with Chromium() as device:
        screens = await _screens(watch, device, circle)
        # in full each text is a title or a host, and what two of the people write
        firsts = range(0, len(texts), size.pick(TEXTS, 2))
        rooms = [Room(rig, circle, screens, (texts * 2)[n : n + TEXTS]) for n in firsts]
        for room in rooms:
            await room.play()
        unread = await _archives(watch, screens["desk"], rooms)
    unread += [text for room in rooms for text in room.unread()]
    finding.at_least(
        "texts on phone, desk, stage, past rings and admin", len(texts), size.pick(4, 50)
    )
    finding.at_least("pages looked at", watch.pages, len(rooms) * 10)
    finding.count("dialogs", len(watch.dialogs))
    finding.count("CSP reports", len(watch.reports))
    finding.count("script errors", len(device.trouble))
    finding.count("planted elements, attributes and flags", len(watch.planted))
    finding.count("requests to anywhere else", len(watch.elsewhere))
    finding.count("texts not to be read as they were kept", len(unread))
    seen = (watch.dialogs, watch.reports, device.trouble, watch.planted, watch.elsewhere, unread)
    finding.words = "; ".join(str(text) for texts in seen for text in texts[:3])
    return finding


async def _screens(watch: "Watch", device: Chromium, circle: Circle) -> dict[str, Page]:
    """A page an audience, each in a browser of its own; `guest` holds no seat."""
    nobody, desk = browser(watch.url, {}), circle.desk(watch.url).http
    who = {
        "phone": (nobody, PHONE),
        "desk": (desk, DESK),
        "stage": (nobody, DESK),
        "guest": (nobody, PHONE),
    }
    found = {}
    for name, (http, size) in who.items():
        page = await device.open(Light(watch.url, "/keeping/", http), size)
        await watch.over(page)
        found[name] = page
    return found


async def _archives(watch: "Watch", desk: Page, rooms: "Sequence[Room]") -> list[str]:
    """All rings once more, as the one who keeps them sees them; the titles that are not there."""
    read = ""
    for path in ARCHIVES:
        for number in range(1, 2 + len(rooms) * PEOPLE // 40):
            await desk.goto(f"{path}?{'p' if 'admin' in path else 'page'}={number}")
            read += await _text(desk)
    for room in rooms[:: max(1, len(rooms) // 4)]:
        await desk.goto(f"/admin/rings/ring/{room.pk}/change/")
    return [room.title for room in rooms if room.title not in read]


@dataclass
class Watch:
    """What Chromium noticed on any page."""

    url: str
    pages: int = 0
    dialogs: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    planted: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def over(self, page: Page) -> None:
        await page.expose_function("planted", lambda what: self.planted.append(what))
        await page.expose_function("reported", lambda what: self.reports.append(what))
        await page.add_init_script(LOOKOUT)
        await page.emulate_media(reduced_motion="reduce")  # without a graphics card motion is slow
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    async def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    def _request(self, request: Any) -> None:
        self.pages += request.is_navigation_request()
        if not request.url.startswith(f"{self.url}/"):
            self.elsewhere.append(request.url)


async def _text(page: Page) -> str:
    return _plain(await page.evaluate(READ))


def _plain(text: str) -> str:
    return " ".join(text.split())


class Room:
    """One ring, played from lobby to its end, and what was read on its screens."""

    def __init__(
        self, rig: Rig, circle: Circle, screens: dict[str, Page], texts: Sequence[str]
    ) -> None:
        self.rig, self.screens, self.texts = rig, screens, texts
        self.desk = circle.desk(rig.url)
        self.phones: list[Light] = []
        self.pushed = self.loaded = self.title = ""
        self.behind: list[str] = []
        self.kept: dict[str, list[str]] = {}
        self.pk, self.code, self.stage = 0, "", ""

    async def play(self) -> None:
        await self._open()
        await self._come(self.texts[0])
        await self._load()
        for text in self.texts[1:-1]:
            await self._come(text)
        for phone, text in zip(self.phones, self.texts, strict=False):
            await phone.post(f"{phone.path}ask/", text=text, why=text)
        await self._move("lobby", "turns")
        asks = await self._column(f"id FROM rings_request WHERE ring_id = {self.pk} ORDER BY place")
        await self._come(self.texts[-1])  # stays at the door
        await self._offer(asks[0])
        await self._follow()
        await self.desk.post(f"{self.desk.path}turn/next/", believing=asks[0])
        await self._follow()
        await self._load_more(asks)
        await self._load()
        for left, to in (("turns", "wall"), ("wall", "closing"), ("closing", "follow_up")):
            await self._move(left, to)
        await self._what_was_kept()
        await shut_all([self.desk, *self.phones])

    def unread(self) -> Iterator[str]:
        """What was kept and never stood on a screen as text: the ring's own words are there by load."""
        yield from self.behind
        yield from (text for text in self.kept["people"] if text not in self.pushed)
        yield from (
            text for text in [*self.kept["people"], *self.kept["ring"]] if text not in self.loaded
        )

    # --- what people do, over HTTP ---

    async def _open(self) -> None:
        """A new ring, its title and its host such texts."""
        minutes = dict.fromkeys(("welcome", "writing", "rest", "wall", "closing"), 5)
        plan: dict[str, object] = {f"{name}_minutes": n for name, n in minutes.items()}
        plan |= {"scope": "both", "people_expected": 9, "turn_minutes": 4}
        plan |= {"title": self.texts[0][:120], "host": self.texts[1][:60]}
        made = await self.desk.post("/rings/new/", **plan)
        self.desk.path = made.headers["location"]
        self.pk = int(self.desk.path.split("/")[2])
        [(self.code, self.stage)] = await self.rig.read(  # type: ignore[assignment]  # two texts
            f"SELECT code, stage_token FROM rings_ring WHERE id = {self.pk}"  # noqa: S608  (own number)
        )

    async def _come(self, text: str) -> None:
        """Somebody called by the text joins; one whose name is given back is called otherwise."""
        phone = Light(self.rig.url, f"/r/{self.code}/", browser(self.rig.url, {}))
        join = partial(phone.post, f"{phone.path}join/")
        try:
            await join(name=text[:60])
        except Refused:
            await join(name=f"Guest {len(self.phones)}")
        self.phones.append(phone)

    async def _offer(self, ask: object) -> None:
        """Everybody else pledges help with the text; the last only for the asker's eyes."""
        for number, phone in enumerate(self.phones[1:PEOPLE], start=1):
            private = {"private": "on"} if number == PEOPLE - 1 else {}
            note = self.texts[number]
            await phone.post(f"{phone.path}offer/{ask}/", kind="advice", note=note, **private)

    async def _move(self, left: str, to: str) -> None:
        await self.desk.post(f"{self.desk.path}move/", to=to, believing=left)
        await self._follow()

    # --- what the screens show ---

    async def _follow(self) -> None:
        """Until all have been pushed what is new; what stands on them then."""
        [version] = await self._column(f"version FROM rings_ring WHERE id = {self.pk}")

        async def one(name: str) -> None:
            try:
                await self.screens[name].wait_for_function(PUSHED, arg=version, timeout=10_000)
            except TimeoutError:
                self.behind.append(f"{name} of ring {self.pk} never came to version {version}")
            text = await _text(self.screens[name])
            self.pushed += text  # not in one line: the others add theirs meanwhile

        await asyncio.gather(*map(one, ("phone", "desk", "stage")))

    async def _load(self) -> None:
        """All three pages afresh."""
        [cookie] = [c for c in self.phones[0].http.cookies.jar if c.name.startswith("seat-")]
        held = {"name": cookie.name, "value": str(cookie.value), "url": self.rig.url}
        await self.screens["phone"].context.add_cookies([held])  # type: ignore[list-item]  # as a dict
        paths = {
            "phone": f"/r/{self.code}/",
            "desk": self.desk.path,
            "stage": f"/stage/{self.stage}/",
        }
        await asyncio.gather(*(self._look(name, paths[name]) for name in paths))

    async def _load_more(self, asks: Sequence[object]) -> None:
        """The tray, the studio, the facilitator's own form, and what who comes late sees."""
        [seat] = await self._column(f"participant_id FROM rings_request WHERE id = {asks[0]}")
        await asyncio.gather(
            self._look("phone", f"/r/{self.code}/offer/{asks[1]}/"),
            self._look("desk", f"{self.desk.path}seats/{seat}/ask/"),
            self._look("guest", f"/r/{self.code}/"),
        )
        await self._look("phone", f"/r/{self.code}/ask/")

    async def _look(self, name: str, path: str) -> None:
        await self.screens[name].goto(path)
        text = await _text(self.screens[name])
        self.loaded += text

    async def _what_was_kept(self) -> None:
        of_it, pk = "WHERE ring_id =", self.pk
        names = await self._column(f"name FROM rings_participant {of_it} {pk}")
        asks = await self._column(f"text FROM rings_request {of_it} {pk} AND turn = 'done'")
        whys = await self._column(f"why FROM rings_request {of_it} {pk} AND turn = 'done'")
        notes = await self._column(f"note FROM rings_offer {of_it} {pk}")
        titles = await self._column(f"title FROM rings_ring WHERE id = {pk}")
        hosts = await self._column(f"host FROM rings_ring WHERE id = {pk}")
        self.title = _plain(str(titles[0]))
        self.kept["people"] = [_plain(str(text)) for text in (*names, *asks, *whys, *notes)]
        self.kept["ring"] = [_plain(str(text)) for text in (*titles, *hosts)]

    async def _column(self, what: str) -> list[object]:
        return [value for (value,) in await self.rig.read(f"SELECT {what}")]
