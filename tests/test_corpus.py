"""The corpus against every field and address over HTTP: no 500, nothing typed lost, nothing becomes code."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse

from rings import actions, coach, forms, live
from rings.actions import By
from rings.forms import clean_text, has_visible
from rings.models import Offer, Participant, Request, Ring, name_key
from rings.phases import Phase
from tests import corpus
from tests.authorisation import World, undone
from tests.conftest import Cast

REFUSED = {400, 404, 409, 422}
FINE = {200, 204, 302, 304} | REFUSED
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


class Sender:
    """Sends to the world as whoever may; an exception in a view is raised here, and fails the test."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self, route: str, method: str = "POST", *, path: str = "", body: Any = None, **more: Any
    ) -> HttpResponse:
        person = self.world.people[WHO.get(route.partition("/")[0], "owner")][0]
        path = path or self.world.path(route, person)
        return person.ask(self.world.browser, method, path, body, **more)

    def field(self, route: str, name: str, value: str, **more: Any) -> HttpResponse:
        """A right form of this route, but for one field."""
        return self(route, body={**self.world.body(route), name: value}, **more)


WHO = {
    **dict.fromkeys(("ring_screen", "ask", "studio", "offer", "reply", "withdraw"), "participant"),
    **dict.fromkeys(("home", "join", "claim", "invited", "demo_desk", "come_back", "stage"), "anonymous"),
    **dict.fromkeys(("past_rings", "admin"), "staff"),
}  # fmt: skip


@pytest.fixture
def send(world: World) -> Sender:
    return Sender(world)


# --- what people write ----------------------------------------------------------------------------

KEPT: dict[str, Callable[[], str]] = {
    "name": lambda: Participant.objects.latest("pk").name,
    "title": lambda: Ring.objects.latest("pk").title,
    "host": lambda: Ring.objects.latest("pk").host,
    "note": lambda: Offer.objects.get(helper__name="Bo").note,
}
WRITTEN = (
    *(
        ("join", "name", 60),
        ("add_seat", "name", 60),
        ("new_ring", "title", 120),
        ("new_ring", "host", 60),
    ),
    *(
        ("ask", "text", 600),
        ("ask", "why", 400),
        ("write_for", "text", 600),
        ("scribe", "note", 400),
    ),
    ("offer", "note", 400),
)
WHOLE = {"join name", "ask text", "new_ring title"}  # the others get every fourth text


def kept(world: World, route: str, field: str) -> str:
    if field in KEPT:
        return KEPT[field]()
    asker = "Bo" if route == "ask" else "Ada"
    return str(getattr(Request.objects.get(ring=world.ring, participant__name=asker), field))


def given_back(response: HttpResponse, typed: str) -> bool:
    """Whether the page holds what was typed, cleaned, and a sentence that says what is wrong."""
    page = corpus.Parts(response.text)
    fields = [" ".join(value.split()) for value in page.values]
    held = clean_text(typed).replace("\0", "")
    return 'role="alert"' in response.text and (held in fields or held in page.said)


@pytest.mark.parametrize(
    ("route", "field", "limit"), WRITTEN, ids=[f"{r} {f}" for r, f, _ in WRITTEN]
)
def test_a_text_is_kept_clean_and_whole_or_given_back_with_a_sentence(
    world: World, send: Sender, route: str, field: str, limit: int
) -> None:
    texts = {**corpus.TEXTS, **corpus.INVISIBLE, **corpus.NUL, "too long": corpus.long(limit + 1)}
    if f"{route} {field}" not in WHOLE:
        texts = dict(list(texts.items())[::4]) | corpus.NUL
    for name, text in texts.items():
        wanted = clean_text(text)
        fits = len(wanted) <= limit and not ("\0" in text and has_visible(wanted))
        fits = fits and (field != "name" or len(name_key(wanted)) <= forms.NAME_KEY_LENGTH)
        needed = field in {"name", "title", "host", "text"}
        with undone():
            given = send.field(route, field, text)
            if fits and (has_visible(wanted) or not needed):
                assert given.status_code == 302, f"{name}: {given.status_code}"
                assert kept(world, route, field) == (wanted if has_visible(wanted) else ""), name
            else:
                assert given.status_code == 422, f"{name}: {given.status_code}"
                assert given_back(given, text), f"{name} is lost"


def test_what_is_kept_holds_no_control_no_override_and_no_half_sign() -> None:
    bad = {"Cc", "Cs", "Co", "Zl", "Zp"}
    for name, text in corpus.TEXTS.items():
        clean = clean_text(text)
        assert not [sign for sign in clean if unicodedata.category(sign) in bad], name
        assert not set(clean) & set(forms.BIDI_OVERRIDES), name
        assert unicodedata.is_normalized("NFC", clean), name
        assert clean_text(clean) == clean, name


@pytest.mark.parametrize("text", corpus.INVISIBLE.values(), ids=list(corpus.INVISIBLE))
def test_what_nobody_can_see_is_no_name(text: str) -> None:
    assert not has_visible(clean_text(text))


def test_a_sign_that_this_python_does_not_know_yet_is_kept() -> None:
    new = corpus.SCRIPT["new"]
    assert clean_text(new) == new
    assert has_visible(new[-1])


def test_bytes_that_are_no_text_are_read_without_a_fall(send: Sender, world: World) -> None:
    for route, field in (
        ("join", "name"),
        ("ask", "text"),
        ("offer", "note"),
        ("home", "code"),
        ("move", "to"),
    ):
        rest = {name: value for name, value in world.body(route).items() if name != field}
        for name, broken in corpus.BROKEN.items():
            body = f"{urlencode(rest)}&{field}=".encode() + broken
            with undone():
                given = send(route, body=body, kind="application/x-www-form-urlencoded")
                assert given.status_code in FINE, f"{route} {name}"


def test_a_refusal_for_the_moment_gives_back_what_was_typed(circle: Any) -> None:
    """Without scripts a 409 is a page of its own; the words are on it, to copy."""
    circle.cast.move(Phase.CLOSING)
    phone = circle.cast.phone(circle.bo)
    text = corpus.CODE["image"] + " My very own words"
    given = phone.post(f"/r/{circle.ring.code}/ask/", {"text": text, "why": "Because of bees."})
    assert given.status_code == 409
    said = corpus.Parts(given.text).said
    assert text in said
    assert "Because of bees." in said


# --- numbers, days, choices, ids ------------------------------------------------------------------

CHOICES = [*list(corpus.TEXTS.values())[::9], "\0", "None", "__class__"]
TYPED: dict[tuple[str, str], tuple[str, ...] | list[str]] = {
    ("ask", "by"): corpus.DAYS,
    ("offer", "due"): corpus.DAYS,
    ("new_ring", "starts_at"): corpus.MOMENTS + corpus.DAYS,
    ("new_ring", "people_expected"): corpus.NUMBERS,
    ("new_ring", "turn_minutes"): corpus.NUMBERS,
    ("new_ring", "wall_minutes"): corpus.NUMBERS,
    ("turn/next", "believing"): corpus.NUMBERS,
    ("scribe", "helper"): corpus.NUMBERS,
    ("ask", "op"): corpus.NUMBERS,
    ("studio", "day"): corpus.DAYS,
    ("studio", "examples"): corpus.NUMBERS,
    ("studio", "put"): [*corpus.TEXTS.values()],
    ("studio", "zone"): CHOICES,
    ("studio", "again"): corpus.NUMBERS,
    ("reply", "kind"): CHOICES,
    ("reply", "words"): [*corpus.TEXTS.values()],
    **dict.fromkeys((("ask", "kind"), ("offer", "kind"), ("offer", "strength"), ("move", "to")), CHOICES),
    **dict.fromkeys((("move", "believing"), ("pause", "paused"), ("new_ring", "scope")), CHOICES),
    **dict.fromkeys((("new_ring", "preset"), ("offer", "stay"), ("ask", "draft"), ("home", "code")), CHOICES),
}  # fmt: skip


def test_a_number_a_day_or_a_choice_that_is_none_is_answered_calmly(send: Sender) -> None:
    for (route, field), values in TYPED.items():
        for value in values:
            with undone():
                given = send.field(route, field, value)
                assert given.status_code in FINE, f"{route} {field} {value[:40]!r}"


def test_a_ring_begins_on_a_day_that_people_can_come_to(send: Sender) -> None:
    for value in corpus.MOMENTS[:4]:
        given = send.field("new_ring", "starts_at", value)
        assert given.status_code == 422
        assert given_back(given, value)


def quoted(value: str) -> str:
    """As it stands in an address: what is already quoted stays so."""
    return value if "%" in value and value in corpus.NUMBERS else quote(value, safe="")


ADDRESSES = (
    *("/r/{}/", "/r/{}/ask/", "/j/{}/", "/demo/{}/", "/stage/{}/", "/stage/{}/screen/", "/back/{}/x/"),
    *("/back/1/{}/", "/desk/{}/", "/desk/{}/screen/", "/desk/{ring}/seats/{}/ask/", "/r/{code}/offer/{}/"),
    *("/accounts/password/reset/key/1-{}/", "/accounts/2fa/webauthn/keys/{}/edit/"),
    *("/admin/rings/ring/{}/change/", "/admin/r/{}/1/", "/admin/{}/", "/{}"),
)  # fmt: skip
COMMANDS = (
    *("/desk/{}/turn/next/", "/desk/{}/move/", "/desk/{ring}/seats/{}/admit/", "/r/{}/join/"),
    *("/desk/{ring}/offers/{}/withdraw/", "/r/{code}/claim/{}/", "/r/{code}/withdraw/{}/"),
    "/desk/{ring}/asks/{}/offers/",
)  # fmt: skip


def test_no_address_falls_over_what_stands_where_an_id_does(world: World, send: Sender) -> None:
    values = (*corpus.NUMBERS, corpus.CODE["image"], corpus.CODE["header"])
    own = {str(pk) for pk in (*world.ids.values(), *world.elsewhere.values())} | {"3", "٣"}
    for method, addresses in (("GET", ADDRESSES), ("POST", COMMANDS)):
        for address in addresses:
            who = "admin" if "admin" in address else "ask" if "{code}" in address else "desk"
            before, _, after = (
                address.replace("{ring}", str(world.ring.pk))
                .replace("{code}", world.ring.code)
                .partition("{}")
            )
            for value in values:
                path = before + quoted(value) + after
                with undone():
                    given = send(who, method, path=path, body={})
                lost = {301, 302, 400, 404} | (
                    {200} if "reset/key" in path or who == "admin" or value in own else set()
                )
                lost |= {405} if method == "POST" or before == "/" else set()
                assert given.status_code in lost or value == "", (
                    f"{method} {path[:80]}: {given.status_code}"
                )


QUESTIONS = {
    "/rings/new/plan/?people_expected=9&turn_minutes=4&": ("people_expected", "turn_minutes", "starts_at"),
    "/rings/new/?": ("preset", "starts_at"),
    "/past/?": ("page",),
    "/past/export.csv?": ("q", "since", "circle", "sort"),
    "/past/export.json?": ("facilitator", "until"),
    "/past/audit/?": ("before", "ring", "who", "what", "since", "until"),
    "/past/{past}/replay/?": ("at",),
    "/admin/rings/ring/?": ("p", "facilitator", "created_at__year", "q"),
    "/admin/rings/offer/?": ("ring", "o"),
}  # fmt: skip


def test_no_question_in_an_address_makes_a_page_fall(world: World, send: Sender) -> None:
    values = (*corpus.NUMBERS, *corpus.DAYS[:4], *corpus.MOMENTS[:4], "<b>", "a\0")
    for path, names in QUESTIONS.items():
        who = "admin" if path.startswith(("/admin", "/past")) else "desk"
        path = path.replace("{past}", str(world.past.pk))
        for name in names:
            for value in values:
                with undone():
                    given = send(who, "GET", path=f"{path}{name}={quoted(value)}", body=None)
                assert given.status_code in FINE, (
                    f"{path}{name}={value[:40]!r}: {given.status_code}"
                )
    for value in values:
        path = f"/r/{world.ring.code}/screen/?since={quoted(value)}"
        assert send("ask", "GET", path=path, body=None).status_code in {200, 304}


# --- bodies and headers ---------------------------------------------------------------------------


def test_no_body_makes_a_page_fall(send: Sender) -> None:
    for route in ("home", "join", "ask", "new_ring", "pause"):
        for name, (kind, body) in corpus.BODIES.items():
            with undone():
                given = send(route, body=body, kind=kind)
            assert given.status_code in FINE | {413}, f"{route} {name}: {given.status_code}"


@pytest.mark.parametrize(
    "name", ["many fields", "many parts", "65 kB", "1 MB", "no boundary", "utf-16"]
)
def test_a_body_that_is_too_much_or_none_is_refused(send: Sender, name: str) -> None:
    kind, body = corpus.BODIES[name]
    assert send("join", body=body, kind=kind).status_code in {400, 413}


def test_no_header_makes_a_page_fall(world: World, send: Sender) -> None:
    for headers in corpus.HEADERS:
        if "Content-Length" in headers:
            continue  # a real server's matter
        for route in ("home", "stage", "desk", "ask"):
            for method in ("GET", "POST"):
                with undone():
                    given = send(route, method, body=world.body(route), headers=headers)
                assert given.status_code in FINE | {403, 405}, f"{route} {headers}"


def test_a_nul_in_a_cookie_is_nobody_s(send: Sender) -> None:
    nul = {"Cookie": 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000\\000"'}
    given = send("home", "GET", path="/rings/", body=None, headers=nul)
    assert given.status_code in {302, 400}


# --- nothing becomes code -------------------------------------------------------------------------

PHASES = (Phase.LOBBY, Phase.WRITING, Phase.TURNS, Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP)


def rooms(cast: Cast, change: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Every screen of a ring in which all that people write is of the corpus, changed by `change`.

    Written by commands, past the forms: even what a form would clean away must stay text.
    """
    cast.fay.is_staff = cast.fay.is_superuser = False
    cast.fay.save()
    code = list(corpus.CODE.values())
    texts = [change(text) for text in code]
    ring = actions.open_ring(cast.fay, change("op"), title=texts[0] + texts[2], host=texts[4][:60])
    cast.ring = ring
    people = [cast.seat(f"{n} {text}"[:60]) for n, text in enumerate(texts[:8])]
    for n, who in enumerate(people):
        cast.write(who, texts[(n + 8) % len(texts)] + texts[n], why=texts[(n + 16) % len(texts)])
    late = None
    for phase in PHASES:
        if phase != Phase.LOBBY:
            cast.move(phase)
        if phase == Phase.TURNS:
            late = cast.seat(texts[24][:60])
            for n, helper in enumerate(people[1:], start=1):
                fields = {
                    "note": texts[(n + 24) % len(texts)],
                    "private": n == 3,
                    "scribed": n == 4,
                }
                cast.offer(helper, people[0], **fields)
        live.window.forget()
        yield from screens(cast, people, late, phase)
    cast.fay.is_staff = cast.fay.is_superuser = True
    cast.fay.save()
    desk = cast.desk()
    for path in (
        "/past/",
        *(f"/admin/rings/{model}/" for model in ("ring", "participant", "request", "offer")),
    ):
        yield path, desk.get(path).text
    yield "/admin/ring", desk.get(f"/admin/rings/ring/{ring.pk}/change/").text


def screens(
    cast: Cast, people: list[Participant], late: Participant | None, phase: Phase
) -> Iterator[tuple[str, str]]:
    ring, desk = cast.ring, cast.desk()
    yield f"{phase} desk", desk.get(f"/desk/{ring.pk}/").text
    yield f"{phase} my rings", desk.get("/rings/").text
    yield f"{phase} stage", desk.get(f"/stage/{ring.stage_token}/").text
    for who in people[:2]:
        yield f"{phase} phone {who.pk}", cast.phone(who).get(f"/r/{ring.code}/").text
    if phase == Phase.LOBBY:
        yield "join", desk.get(f"/r/{ring.code}/").text
        taken = desk.post(f"/r/{ring.code}/join/", {"name": people[0].name}).text
        yield "join, a name taken", taken
    if phase == Phase.TURNS and late:
        phone, ask = cast.phone(people[1]), people[0].asks.get()
        yield "offer", phone.get(f"/r/{ring.code}/offer/{ask.pk}/").text
        yield "ask", phone.get(f"/r/{ring.code}/ask/").text
        yield "door", cast.phone(late).get(f"/r/{ring.code}/").text
        yield "write for", desk.get(f"/desk/{ring.pk}/seats/{people[0].pk}/ask/").text
        again = desk.post(
            f"/desk/{ring.pk}/asks/{ask.pk}/offers/", {"note": ask.text}, headers=HTMX
        )
        yield "scribe", again.text


def test_every_screen_is_made_of_the_same_parts_whatever_people_write(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ring twice: once with texts that want to be code, once with x for each of their signs."""
    seen = coach.review("x", date(2027, 5, 7))  # what the coach says of a text differs by rights
    monkeypatch.setattr(coach, "review", lambda *text: seen)
    with time_machine.travel("2027-05-07T15:00Z", tick=False):  # clocks are drawn too
        odd = dict(rooms(cast, str))
        cast.ring.delete()
        plain = dict(rooms(cast, corpus.plain_twin))
    assert [key.split(" phone")[0] for key in odd] == [key.split(" phone")[0] for key in plain]
    shown = ""
    for (where, html), twin in zip(odd.items(), plain.values(), strict=True):
        page = corpus.Parts(html)
        assert page.elements == corpus.Parts(twin).elements, where
        shown += page.said
    unseen = [
        name for name, text in corpus.CODE.items() if " ".join(text.split())[:40] not in shown
    ]
    assert unseen == []  # each of them was there, and was text


def test_a_fragment_is_json_that_holds_html_and_never_the_other_way_round(cast: Cast) -> None:
    ada = cast.seat(corpus.CODE["json"])
    frame = cast.phone(ada).get(f"/r/{cast.ring.code}/screen/")
    assert frame["Content-Type"] == "application/json"
    assert set(frame.json()) == {"version", "now", "fragments"}


def test_the_database_keeps_what_the_corpus_holds_as_it_is(cast: Cast) -> None:
    """Whatever the database: each text comes back as it went in."""
    ada = cast.seat("Ada")
    for name, text in {**corpus.CODE, **corpus.SCRIPT}.items():
        actions.write(cast.ring, By(ada), participant=ada, text=text)
        assert ada.asks.get().text == text, f"{name} on {connection.vendor}"
