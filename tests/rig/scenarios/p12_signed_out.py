"""Signing out closes sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from rings import player
from tests.rig.findings import Finding
from tests.rig.phones import Circle, Light, browser, shut_all
from tests.rig.rig import WAITS, Rig, Size, manage

on = ("small", "large")
at_once = WAITS
PASSWORD, NEW = "the first long password", "another long password"
SOON, WORST = 1, 6  # seconds: by the word, and when the word is lost

Act = Callable[[], Awaitable[float]]  # does it, and says when it was done


async def scenario(rig: Rig, size: Size) -> Finding:
    trial = Trial(rig, *await rig.furnish(rings=1, people=3))
    await trial.begin()
    await trial.by_the_word()
    await trial.word_lost()
    return trial.finding


class Trial:
    """One facilitator, and all the ways in which a sign-in ends."""

    def __init__(self, rig: Rig, circle: Circle) -> None:
        self.rig, self.circle, self.finding = rig, circle, Finding()
        self.email, self.staff = f"fay-{circle.word}@example.org", "sol@example.org"
        self.desk = f"/desk/{circle.pk}/"
        self.fay = f"fay = User.objects.get(email='{self.email}')"

    async def begin(self) -> None:
        """Passwords, and somebody of the staff."""
        await self.shell(
            f"{self.fay}; fay.set_password('{PASSWORD}'); fay.save()\n"
            f"sol = User.objects.create_superuser('sol', '{self.staff}', '{PASSWORD}')\n"
            "from allauth.account.models import EmailAddress\n"
            "for who in (fay, sol):\n"
            "    EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)"
        )

    async def by_the_word(self) -> None:
        """Done through the site: that process closes its pages at once, and tells the others."""
        one, other, third = [await self.sign_in(PASSWORD) for _ in range(3)]
        stays = await self.pages(other)
        await self.closes(
            "signed out in another tab", one, self.posts(one, "/accounts/logout/"), SOON
        )
        self.finding.count(
            "pages of another browser closed with it", sum(not page.following for page in stays)
        )
        await shut_all(stays)
        passwords = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        change = self.posts(third, "/accounts/password/change/", **passwords)
        await self.closes("password changed", other, change, SOON)
        again, sol = await self.sign_in(NEW), await self.sign_in(PASSWORD, self.staff)
        [[pk]] = await self.rig.read("SELECT DISTINCT facilitator_id FROM rings_ring")
        user = {"username": "fay", "email": self.email}
        user |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}  # and not is_active
        disable = self.posts(sol, f"/admin/auth/user/{pk}/change/", **user)
        await self.closes("account disabled", again, disable, SOON)
        for screen in (one, other, third, again, sol):
            await screen.shut()

    async def word_lost(self) -> None:
        """Done by a process that tells nobody; and where Redis does not pass the word on."""
        disable, enable = (f"fay.is_active = {active}; fay.save()" for active in (False, True))
        await self.shell(f"{self.fay}; {enable}")
        for what, code, password in (
            ("session gone, unheard", "Session.objects.all().delete()", NEW),
            ("password changed, unheard", f"fay.set_password('{PASSWORD}'); fay.save()", NEW),
            ("account disabled, unheard", disable, PASSWORD),
        ):
            screen = await self.sign_in(password)
            await self.closes(what, screen, self.shells(f"{self.fay}; {code}"), WORST)
            await screen.shut()
        if self.rig.redis:
            await self.shell(f"{self.fay}; {enable}")
            screen = await self.sign_in(PASSWORD)
            self.rig.redis.freeze()
            sign_out = self.posts(screen, "/accounts/logout/")
            await self.closes("signed out while Redis hangs", screen, sign_out, WORST)
            self.rig.redis.thaw()
            await screen.shut()

    async def closes(self, what: str, screen: player.Screen, act: Act, most: float) -> None:
        """The desks of one browser, one in each process, are closed by what is done, and stay so."""
        pages = await self.pages(screen)
        if most == WORST:
            # anywhere between two rounds of the repair loop, which a new page hastens
            await asyncio.sleep(self.rig.dice.uniform(2, 6))
        closing = [asyncio.create_task(_closed_at(page)) for page in pages]
        done = await act()
        closed = await asyncio.gather(*closing)
        self.finding.seconds(what, max(0.0, max(closed) - done), most)
        self.finding.count(f"{what}: not with 4401", sum(page.closed != 4401 for page in pages))
        version = (await self.rig.rows()).versions
        back = [self.page(page.server, page.http.cookies["sessionid"]) for page in pages]
        await asyncio.gather(*(page.follow() for page in back))
        answers = [
            answer.status_code
            for page in pages
            for answer in (
                await page.http.get(self.desk),
                await page.http.get(f"{self.desk}screen/"),
                await page.post(f"{self.desk}pause/", paused="yes"),
            )
        ]
        told = sum(len(page.frames) + (page.closed != 4401) for page in back)
        changed = int((await self.rig.rows()).versions != version)
        refused = sum(answer != 302 for answer in answers)
        self.finding.count(f"{what}: told, shown or changed later", told + changed + refused)
        await shut_all([*pages, *back])

    # --- small things ---

    async def sign_in(self, password: str, email: str = "") -> player.Screen:
        return await player.sign_in(self.rig.web[0].url, email or self.email, password)

    async def pages(self, screen: player.Screen) -> list[Light]:
        """This browser's desk, open in every process."""
        session = screen.http.cookies["sessionid"]
        pages = [self.page(web.url, session) for web in self.rig.web]
        await asyncio.gather(*(page.follow() for page in pages))
        return pages

    def page(self, server: str, session: str) -> Light:
        return Light(server, self.desk, browser(server, {"sessionid": session}), keep=True)

    def posts(self, screen: player.Screen, path: str, **fields: str) -> Act:
        async def act() -> float:
            answer = await screen.post(path, **fields)
            if answer.status_code != 302:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            return time.monotonic()

        return act

    async def shell(self, code: str) -> str:
        return await manage(self.rig.env, "manage.py", "shell", "-v0", "-c", code)

    def shells(self, code: str) -> Act:
        async def act() -> float:
            return float(await self.shell(f"import time; {code}; print(time.monotonic())"))

        return act


async def _closed_at(page: Light) -> float:
    """When the socket was closed for good; never, if it still is open a while later."""
    with suppress(TimeoutError):
        await page.until(lambda: page.closed is not None, 20)
        return time.monotonic()
    return float("inf")
