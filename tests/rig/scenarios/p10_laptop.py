"""The facilitator's laptop may die.

Control comes back by signing in on another device. That somebody else takes over, a co-facilitator,
gets its measure here when there are such.
"""

import time

from playwright.async_api import Page

from tests.rig.browsers import DESK, PHONE, TIMER_OFF, Chromium
from tests.rig.findings import Finding
from tests.rig.phones import Circle, Light, browser
from tests.rig.rig import WAITS, Rig, Size, manage

at_once = WAITS
PASSWORD = "a long enough password"
WITHIN, TIMER = 15, 0.5  # seconds
WRONG = 600  # seconds by which a page's clock is wrong


async def scenario(rig: Rig, size: Size) -> Finding:
    finding = Finding()
    [circle] = await rig.furnish(rings=1, people=6)
    email = await _account(rig, circle)
    async with Chromium() as others:
        phone = await others.open(circle.phone(rig.url, 0))
        async with Chromium() as laptop:
            await _press_next(await _signed_in_desk(rig, circle, laptop, email, DESK))
            await _shows(phone, circle, 3)
            await laptop.kill()
        died = time.monotonic()
        desk = await _signed_in_desk(rig, circle, others, email, PHONE)
        await _press_next(desk)
        await _shows(phone, circle, 4)
        finding.seconds("control from another device", time.monotonic() - died, WITHIN)
        await _timers(rig, size, finding, circle, desk, others)
        trouble = others.trouble
    finding.count("script errors", len(trouble))
    finding.words = "; ".join(trouble[:3])
    return finding


async def _account(rig: Rig, circle: Circle) -> str:
    """The facilitator gets a password; their address."""
    email = f"fay-{circle.word}@example.org"
    code = f"""
from allauth.account.models import EmailAddress
fay = User.objects.get(email="{email}")
fay.set_password("{PASSWORD}")
fay.save()
EmailAddress.objects.create(user=fay, email=fay.email, verified=True, primary=True)
"""
    await manage(rig.env, "manage.py", "shell", "-v0", "-c", code)
    return email


async def _signed_in_desk(
    rig: Rig, circle: Circle, device: Chromium, email: str, size: dict[str, int]
) -> Page:
    """The desk's address, opened on a device that knows nobody: the sign-in page comes first."""
    desk = Light(rig.url, f"/desk/{circle.pk}/", browser(rig.url, {}))
    page = await device.open(desk, size)
    await page.locator("input[name=login]").fill(email)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.locator("body[data-line=live]").wait_for()
    return page


async def _press_next(desk: Page) -> None:
    await desk.locator("#turn-next button").click()


async def _shows(phone: Page, circle: Circle, seat: int) -> None:
    name = circle.seats[seat]["name"]
    await phone.locator("#phone_scene").get_by_text(f"What {name} asks.").first.wait_for()


async def _timers(
    rig: Rig, size: Size, finding: Finding, circle: Circle, desk: Page, device: Chromium
) -> None:
    """Desks and the asker's phone count by the server's clock, however wrong their own is."""
    held = {cookie["name"]: cookie["value"] for cookie in await desk.context.cookies()}
    another = Light(rig.url, f"/desk/{circle.pk}/", browser(rig.url, held))
    for name, shift in (("10 min ahead", WRONG), ("10 min behind", -WRONG)):
        pages = [
            await device.open(another, DESK, shift=shift),
            await device.open(circle.phone(rig.url, 4), PHONE, shift=shift),
        ]
        looks = [await page.evaluate(TIMER_OFF) for page in pages for _ in range(size.pick(3, 15))]
        finding.seconds(f"timers with a clock {name} off by", max(map(abs, looks)), TIMER)
