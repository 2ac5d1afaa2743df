"""The corpus in Chromium: on every screen, by load and by push, what people write stays text."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rings import actions, live
from rings.actions import By
from rings.models import Ring
from rings.phases import Phase
from tests import corpus
from tests.browser.conftest import DESK, Room
from tests.conftest import Cast
from tests.server import Server

# What ran says so in __pwned; what the policy stopped says so in __stopped. Both must stay empty.
WATCH = """
window.__stopped = [];
document.addEventListener('securitypolicyviolation', event =>
    window.__stopped.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Watched(Room):
    """A room in which no page may open a dialog, run a text, or try what the policy forbids."""

    def context(self, size: dict[str, int], **options: Any) -> BrowserContext:
        context = super().context(size, **options)
        context.add_init_script(WATCH)
        context.on("dialog", lambda dialog: self.trouble.append(f"a dialog: {dialog.message}"))
        context.on("request", lambda request: self._asked(request.url))
        return context

    def _asked(self, url: str) -> None:
        if not url.startswith((self.server.url, "data:", "blob:")):
            self.trouble.append(f"asked for {url}")

    def look(self, page: Page) -> None:
        found = page.evaluate(
            "() => [window.__pwned, document.querySelector('#pwned') && 'element', ...window.__stopped]"
        )
        assert [word for word in found if word] == [], page.url


@pytest.fixture
def watched(browser: Browser, server: Server, live_cast: Cast) -> Iterator[Watched]:
    room = Watched(browser, server, live_cast)
    yield room
    room.close()
    assert room.trouble == []


def test_no_text_becomes_code_on_any_screen(watched: Watched) -> None:
    """Written by commands, past the forms: even what a form would clean away must stay text."""
    cast, texts = watched.cast, [*corpus.CODE.values(), *list(corpus.SCRIPT.values())[:6]]
    Ring.objects.update(title=" ".join(texts[:3])[:120], host=texts[4][:60])
    ada, bo = cast.seat(texts[0][:60]), cast.seat(texts[1][:60])
    pages = [watched.desk(), watched.stage(), watched.phone(ada), watched.phone(bo)]
    expect(pages[1].locator("body[data-line=live]")).to_be_attached()
    for n, text in enumerate(texts[2:]):  # everybody comes in while the pages look on
        cast.seat(f"{n} {text}"[:60])
    cast.write(ada, texts[0])
    for phase in (Phase.WELCOME, Phase.WRITING, Phase.TURNS):
        cast.move(phase)
    ask = ada.asks.get()
    helpers = list(cast.ring.participants.joined().exclude(pk=ada.pk))
    for n, text in enumerate(texts):
        why = texts[(n + 7) % len(texts)]
        actions.write(cast.ring, By(ada), participant=ada, text=f"{n}: {text}", why=why)
        helper = helpers[n % len(helpers)]
        actions.offer(cast.ring, By(helper), ask=ask, helper=helper, note=text, private=n % 5 == 0)
    for page in pages:
        expect(page.locator("body")).to_contain_text(f"{len(texts) - 1}: ")
        watched.look(page)
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
        for page in pages:
            expect(page.locator("body")).to_have_attribute("data-version", str(cast.ring.version))
            watched.look(page)
    for page in pages:
        page.reload()
        watched.look(page)


def test_no_text_becomes_code_on_the_pages_around_a_ring(watched: Watched) -> None:
    cast, texts = watched.cast, list(corpus.CODE.values())
    for n, text in enumerate(texts):
        title = text[:120]
        actions.open_ring(cast.fay, f"op {n}", title=title, host=texts[-n][:60])
    ada = cast.seat(texts[0][:60])
    cast.write(ada, texts[3], why=texts[5])
    cast.seat(texts[2][:60])
    cast.move(Phase.TURNS)
    cast.seat(texts[4][:60])
    cast.offer(cast.ring.participants.joined().last(), ada, note=texts[6])
    cast.fay.is_staff = cast.fay.is_superuser = True
    cast.fay.save()
    live.window.forget()
    session = {"sessionid": cast.desk().cookies["sessionid"].value}
    page = watched.page(DESK, "/rings/", session)
    watched.look(page)
    pk, code = cast.ring.pk, cast.ring.code
    admin = [
        f"/admin/rings/{kind}/" for kind in ("ring", "participant", "request", "offer", "event")
    ]
    around = [
        "/past/",
        f"/r/{code}/",
        f"/desk/{pk}/seats/{ada.pk}/ask/",
        f"/admin/rings/ring/{pk}/change/",
    ]
    asked = [
        "/rings/new/?title=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "/admin/rings/ring/?q=%22%3E%3Cb%20id%3Dpwned%3E",
    ]
    for path in [*around, *admin, *asked]:
        page.goto(path)
        watched.look(page)
    page.goto(f"/r/{code}/")
    page.get_by_label("What should we call you?").fill(texts[0][:60])
    page.get_by_role("button", name="Ask to come in").click()
    expect(page.get_by_role("alert").first).to_contain_text("img src=x")
    watched.look(page)
    phone = watched.phone(ada, f"offer/{ada.asks.get().pk}/")
    watched.look(phone)
