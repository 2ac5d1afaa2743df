"""The people of the authorisation table, what each holds, and how a cell of it is run for real."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone

from rings import access, actions, limits, team
from rings.actions import By
from rings.models import Access, Offer, Participant, Reminder, Request, Ring
from rings.past import taking
from rings.past.taking import Open
from rings.phases import Phase
from tests.conftest import Cast, key_of

PEOPLE = (
    "anonymous",
    "participant",
    "waiting",
    "foreign",
    "removed",
    "owner",
    "cofacilitator",
    "other",
    "staff",
    "stage",
)
# Routes about a ring that is over; all others are about one in its turns.
PAST = {
    *("erase_ring", "erase_them", "keep_for", "open_words", "replay", "replay_scene"),
    *("review", "ring_audit", "ring_csv", "ring_json"),
}
TOKEN = "c" * 32  # a CSRF secret of the test's own
ALIKE = re.compile(r'value="[^"]{32,}"|"now": \d+|data-now="\d+"|[0-9a-f]{32}')


def every_route() -> dict[str, Any]:
    """Every pattern of the whole URLconf by its name; by itself where it has none, or none of its own."""
    found: dict[str, Any] = {}
    stack = [(entry, "", "") for entry in get_resolver().url_patterns]
    while stack:
        entry, before, space = stack.pop()
        where = before + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            inside = entry.namespace or space
            stack += [(each, where, inside) for each in entry.url_patterns]
        else:
            name = f"{space}:{entry.name}" if space else str(entry.name)
            found[where if entry.name is None or name in found else name] = entry.callback
    return found


def is_ours(route: str) -> bool:
    """Whether a route is of rings.urls, and not of the accounts or Django's admin."""
    return not route.startswith(("admin:", "admin/", "account_", "mfa_"))


def _parameters(name: str) -> list[str]:
    return list(get_resolver().reverse_dict.getlist(name)[0][0][0][1])


def digest() -> str:
    """Every row of every table of the whole database."""
    rows = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608  (a table's own name)
            rows.update(repr((table, cursor.fetchall())).encode())
    return rows.hexdigest()


@dataclass
class Person:
    """Somebody with a browser, and what stands in the addresses they know."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    knows: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        browser: Client,
        method: str,
        path: str,
        body: dict[str, Any] | bytes | None,
        *,
        token: bool = True,
        kind: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        """Send a request as this person, with the form's token or without; `kind` is a raw body's type."""
        limits.forget()  # nobody is slowed down by what was asked before
        if path.startswith("/accounts/"):
            cache.clear()
        browser.cookies.clear()
        for name, value in self.cookies.items():
            browser.cookies[name] = value
        headers = dict(headers or {})
        if token:
            browser.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
            headers.setdefault("X-CSRFToken", TOKEN)
        if isinstance(body, bytes):
            return browser.generic(method, path, body, kind or "", headers=headers)
        if method == "POST":
            return browser.post(path, body, headers=headers)
        return browser.generic(method, path, headers=headers)


def answer(response: HttpResponse) -> str:
    """What was answered, in a word: the status, or where it leads, or which of our pages it is."""
    if response.status_code == 302 and urlsplit(response["Location"]).path in SIGN_IN:
        return "in"
    if response.status_code == 200 and not response.streaming:
        for word, mark in PAGES.items():
            if mark in response.text:
                return word
    return str(response.status_code)


SIGN_IN = ("/accounts/login/", "/admin/login/", "/accounts/reauthenticate/")
PAGES = {
    "ring": 'id="phone_mine"',
    "door": '<div class="place" id="door"',
    "join": 'id="join-form"',
}
DENIED = {"in", "401", "403", "404", "405"}


def told(response: HttpResponse, path: str) -> tuple[str, str, str]:
    """All that an answer gives away, apart from tokens and the very address that was asked for."""
    body = "" if response.streaming else ALIKE.sub("", response.text)
    where = unquote(response.get("Location", ""))
    return str(response.status_code), where.replace(path, "PATH"), body.replace(path, "PATH")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in here has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class World:
    """Fay's ring in its turns, Gus's ring beside it, everybody of the table, and ids of every sort."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.ring = cast, cast.ring
        # one browser for all: each new one would look through the static files again
        self.browser = Client(enforce_csrf_checks=True)
        ada, bo, cy = (cast.seat(name) for name in ("Ada", "Bo", "Cy"))
        for who in (ada, bo, cy):
            cast.write(who)
        cast.move(Phase.TURNS)
        cast.offer(bo, ada, due=date(2027, 5, 31))
        cast.offer(cy, ada, scribed=True)
        wim, dan = cast.seat("Wim"), cast.seat("Dan")
        actions.turn_away(self.ring, cast.by, participant=dan)
        self._moved(cy)
        self.away = dan
        self.ring.refresh_from_db()
        act = self.ring.last_act
        assert act
        self.last_act = act.version
        pin = access.pin_hash(self.ring, "PIN")
        actions.give_pin(self.ring, cast.by, participant=ada, pin_hash=pin)
        gil = User.objects.create_user("gil", "gil@example.org")
        actions.join_team(self.ring, By(gil), user=gil, believing=0)
        self.ring.refresh_from_db()
        gus = User.objects.create_user("gus", "gus@example.org")
        sol = User.objects.create_superuser("sol", "sol@example.org")
        self.other = Cast.__new__(Cast)
        self.other.fay = gus
        self.other.ring = actions.open_ring(gus, "second", title="Other ring", host="Gus")
        mal = self._mal(self.other)
        self.past, self.past_elsewhere = self._over(cast.fay, gil), self._over(gus)
        pieces = taking.as_json(taking.read([self.past.pk]), Open.NUMBERS)
        self.file = "".join(pieces).encode()
        self.ids = {
            "ring": self.ring.pk, "past": self.past.pk, "uma": self._uma(self.past),
            "seat": ada.pk, "ask": ada.asks.get().pk,
            "door": wim.pk,
            "mine": bo.offers.get().pk, "scribed": cy.offers.get().pk, "hand": gil.pk,
            "own": bo.asks.get().pk,
        }  # fmt: skip
        self.rows: dict[str, Model] = {
            "rings_ring": self.ring, "rings_participant": ada, "rings_request": ada.asks.get(),
            "rings_offer": bo.offers.get(), "rings_event": self.ring.events.first(),
            "rings_circle": actions.circle_of(cast.fay, "Lantern Street"),
            "rings_tally": self.past.tally,
            "rings_access": Access.objects.create(ring=self.past, user=cast.fay, reason="Asked."),
            "rings_reminder": Reminder.objects.create(participant=ada, occasion="day 2"),
            "auth_user": cast.fay, "auth_user_password": cast.fay,
        }  # fmt: skip
        # what was just done can be taken back, and a turn be started, however long the table takes
        later = timezone.now() + timedelta(hours=1)
        Offer.objects.update(created_at=later)
        self.ring.events.filter(version=self.last_act).update(at=later)
        Ring.objects.filter(pk=self.ring.pk).update(phase_began_at=later)
        Request.objects.filter(pk=self.ring.current_id).update(began_at=later)
        self.elsewhere = self._elsewhere(mal)
        self.deleted = self._deleted()
        self.people = {
            "anonymous": [Person("anonymous")],
            "participant": [self._seated(bo)],
            "waiting": [self._seated(wim)],
            "foreign": [self._seated(mal, {access.seat_cookie(self.ring.pk): key_of("Mal")})],
            "removed": [self._seated(cy), self._seated(dan)],
            "owner": [self._account(cast.fay, token=self.ring.stage_token)],
            "cofacilitator": [self._account(gil, token=self.ring.stage_token)],
            "other": [self._account(gus)],
            "staff": [self._account(sol)],
            "stage": [Person("stage", knows={"token": self.ring.stage_token})],
        }

    def _moved(self, who: Participant) -> None:
        """Give somebody's seat to another device of theirs."""
        hashed = access.key_hash("another device")
        event = actions.claim(self.ring, By(None), participant=who, key_hash=hashed)
        waiting = Participant.objects.get(pk=event.refs["participant"])
        actions.admit(self.ring, self.cast.by, participant=waiting)

    @staticmethod
    def _mal(other: Cast) -> Participant:
        """Gus's ring in its turns too: Mal asks, Nia has offered and another offer was written down."""
        mal, nia, eli = (other.seat(name) for name in ("Mal", "Nia", "Eli"))
        for who in (mal, nia, eli):
            other.write(who)
        other.move(Phase.TURNS)
        other.offer(nia, mal)
        other.offer(eli, mal, scribed=True)
        other.seat("Oda")  # waits at the door
        return mal

    @staticmethod
    def _over(host: User, *team: User) -> Ring:
        """A ring that is over, with an ask and an offer."""
        ring = actions.open_ring(host, "past", title="Past ring", host="Host")
        for each in team:
            actions.join_team(ring, By(each), user=each, believing=0)
        people = []
        for name in ("Uma", "Vic"):
            event = actions.join(ring, By(None), name=name, key_hash=access.key_hash(name))
            people.append(Participant.objects.get(pk=event.refs["participant"]))
            actions.write(ring, By(people[-1]), participant=people[-1], text="A lamp.")
        actions.move(ring, By(host), to=Phase.WALL, believing=Phase.LOBBY)
        uma, vic = people
        actions.offer(ring, By(vic), ask=uma.asks.get(), helper=vic)
        actions.move(ring, By(host), to=Phase.FOLLOW_UP, believing=Phase.WALL)
        return ring

    @staticmethod
    def _uma(past: Ring) -> int:
        """Somebody of a ring that is over."""
        return past.participants.get(name="Uma").pk

    def _elsewhere(self, mal: Participant) -> dict[str, int]:
        pledged, scribed = Offer.objects.filter(ring=self.other.ring).order_by("pk")
        door = self.other.ring.participants.at_the_door().get()
        return {"ring": self.other.ring.pk, "past": self.past_elsewhere.pk,
                "uma": self._uma(self.past_elsewhere),
                "seat": mal.pk, "ask": mal.asks.get().pk, "door": door.pk,
                "mine": pledged.pk, "scribed": scribed.pk, "hand": self.other.fay.pk,
                "own": mal.asks.get().pk}  # fmt: skip

    def _deleted(self) -> dict[str, int]:
        """Ids that once were right in this very ring."""
        gone = actions.open_ring(self.cast.fay, "third", title="Gone", host="Fay")
        self.gone_keys = {"code": gone.code, "invite": gone.invite, "token": gone.stage_token}
        someone = Participant.objects.create(ring=self.ring, name="Gone", name_key="gone")
        ask = Request.objects.create(ring=self.ring, participant=someone, place=99)
        offer = Offer.objects.create(
            ring=self.ring, ask=ask, asker=someone, helper_id=self.ids["seat"]
        )
        leaver = User.objects.create_user("leaver")
        ids = {"hand": leaver.pk, "ring": gone.pk, "past": gone.pk, "uma": someone.pk, "seat": someone.pk,
               "ask": ask.pk, "door": someone.pk,
               "mine": offer.pk, "scribed": offer.pk, "own": ask.pk}  # fmt: skip
        leaver.delete()
        gone.delete()
        someone.delete()
        return ids

    def _seated(self, who: Participant, more: dict[str, str] | None = None) -> Person:
        held = {access.seat_cookie(who.ring_id): key_of(who.name), **(more or {})}
        return Person(who.name, held, {"key": key_of(who.name)})

    @staticmethod
    def _account(user: User, **knows: str) -> Person:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        return Person(user.username, {name: client.cookies[name].value}, knows)

    # --- addresses and bodies ---

    def place(self, route: str) -> dict[str, str]:
        """What fills the address of a route, for the ring everybody of the table is about."""
        name, _, command = route.partition("/")
        ids = {key: str(pk) for key, pk in self.ids.items()}
        code = {"code": self.ring.code}
        parts: dict[str, dict[str, str]] = {
            "invited": {"invite": self.ring.invite},
            "claim": {**code, "pk": ids["seat"]},
            "offer": {**code, "pk": ids["ask"]},
            "reply": {**code, "pk": ids["ask"]},
            "unreply": {**code, "pk": ids["ask"]},
            "help": {**code, "pk": ids["mine"]},
            "answer": {**code, "pk": ids["mine"], "command": command},
            "ask_again": {**code, "pk": ids["own"]},
            "outcome": {**code, "pk": ids["own"]},
            "promise": {**code, "pk": ids["mine"]}, "promise_ics": {**code, "pk": ids["mine"]},
            "say": {**code, "pk": ids["mine"], "command": command},
            "withdraw": {**code, "pk": ids["mine"]},
            "come_back": {"pk": ids["ring"], "key": "a-key-of-nobody"},
            "mine_by_mail": {"token": "of-nobody"},
            **{page: {"pk": ids["seat"], "sign": "of-nobody"} for page in ("reminded", "no_reminders")},
            "stage": {"token": self.ring.code}, "stage_screen": {"token": self.ring.code},
            "demo_desk": {"token": "anything"},
            "scribe": {"pk": ids["ring"], "ask_pk": ids["ask"]},
            "write_for": {"pk": ids["ring"], "seat_pk": ids["seat"]},
            "withdraw_for": {"pk": ids["ring"], "offer_pk": ids["scribed"]},
            "admit": {"pk": ids["ring"], "seat_pk": ids["door"], "command": command},
            "turn": {"pk": ids["ring"], "command": command},
            "order": {"pk": ids["ring"], "command": command},
            "queue": {"pk": ids["ring"], "ask_pk": ids["ask"]},
            "time": {"pk": ids["ring"], "command": command},
            "own": {"pk": ids["ring"], "command": command},
            "tender": {"pk": ids["ring"], "ask_pk": ids["ask"]},
            "put_out": {"pk": ids["ring"], "seat_pk": ids["seat"], "command": command},
            **{act: {"pk": ids["ring"], "seat_pk": ids["seat"]} for act in ("rename", "merge", "pin")},
            "lead": {"invitation": team.link_token(self.ring)},
            "take_off": {"pk": ids["ring"], "user_pk": ids["hand"]},
            "see_phone": {"pk": ids["ring"], "seat_pk": ids["seat"]},
        }  # fmt: skip
        if name in PAST:
            seat = {"seat_pk": ids["uma"]} if name == "erase_them" else {}
            return {"pk": ids["past"], **seat}
        if name in parts:
            return parts[name]
        wanted = set(_parameters(name))
        return {"pk": ids["ring"]} if wanted == {"pk"} else code if wanted == {"code"} else {}

    def path(self, route: str, person: Person, **instead: str) -> str:
        """The address of a route as this person would call it."""
        if not is_ours(route):
            return self._somewhere(route)
        known = {**self.place(route), **instead}
        known.update({k: v for k, v in person.knows.items() if k in known and k not in instead})
        return reverse(route.partition("/")[0], kwargs=known)

    def _somewhere(self, route: str) -> str:
        """An address of an account's or the admin's route; one without a name is called by its pattern."""
        if "/" in route:
            return "/" + re.sub(r"<[^>]+>", "1", re.sub(r"\(\?P<.*", "nothing/", route))
        model = route.removeprefix("admin:").rpartition("_")[0]
        pk = str(self.rows[model].pk) if model in self.rows else "1"
        for args in ([], [pk], ["1", "1"], ["rings"]):
            with suppress(NoReverseMatch):
                return reverse(route, args=args)
        raise NoReverseMatch(route)

    def body(self, route: str) -> dict[str, Any]:
        """What a right form of this route holds."""
        in_an_hour = int((timezone.now() + timedelta(hours=1)).timestamp() * 1000)
        bodies: dict[str, dict[str, Any]] = {
            "time/more": {"to": "turns", "believing": self.ids["ask"]},
            "time/start": {"believing": self.ids["ask"]},
            "time/trim": {"to": 180, "believing": 240},
            "time/agree": {"to": in_an_hour},
            "time/break": {"to": 10},
            "home": {"code": self.ring.code},
            "join": {"name": "Somebody"},
            "ask": {"text": "A ladder."}, "ask_small": {"text": "A ladder."},
            "studio": {"text": "A ladder."},
            "offer": {"kind": "advice"},
            "reply": {"kind": "later"},
            "ask_again": {"text": "A shorter ladder."},
            "move": {"to": "wall", "believing": "turns"},
            "turn": {"believing": self.ids["ask"]},
            "pause": {"paused": "yes"},
            "undo": {"believing": self.last_act},
            "queue": {"act": "absent", "believing": self.ids["ask"]},
            "order": {"believing": self.ids["ask"]},
            "spoke": {"believing": self.ids["ask"]},
            "tender": {"to": "hide"},
            "card": {"to": "forward"},
            "my_script": {"moment": "lobby", "text": "Welcome, all of you."},
            "invite": {"address": "sol@example.org"},
            "hand_over": {"to": self.ids["hand"], "believing": self.cast.fay.pk},
            "take_over": {"believing": self.cast.fay.pk},
            "add_seat": {"name": "Daniel"},
            "scribe": {"kind": "advice", "helper": self.ring.participants.get(name="Bo").pk},
            "write_for": {"text": "A chair."},
            "keep_for": {"days": "30"},
            "open_words": {"reason": "Somebody asked what is kept of them."},
            "bring_in": {"file": SimpleUploadedFile("ring.json", self.file)},
            "pin_in": {"code": self.ring.code, "pin": "PIN"},
            "return_link": {"mail": "bo@example.org"}, "reminders": {"mail": "bo@example.org"},
            "mine": {"mail": "bo@example.org"},
            "rename": {"name": "Adele"},
            "merge": {"other": self.ring.participants.get(name="Bo").pk},
            "new_ring": {
                "title": "Ring", "host": "Ina", "scope": "both", "people_expected": "12", "turn_minutes": "4",
                **dict.fromkeys(("welcome_minutes", "writing_minutes", "rest_minutes"), "5"),
                **dict.fromkeys(("wall_minutes", "closing_minutes"), "5"),
            },
        }  # fmt: skip
        return bodies.get(route, bodies.get(route.partition("/")[0], {}))

    # --- ids of another ring, of nobody, of the past ---

    WHICH = {
        "claim": {"pk": "seat"}, "offer": {"pk": "ask"}, "withdraw": {"pk": "mine"},
        "reply": {"pk": "ask"}, "unreply": {"pk": "ask"}, "ask_again": {"pk": "own"},
        "outcome": {"pk": "own"}, "promise": {"pk": "mine"}, "say": {"pk": "mine"},
        "promise_ics": {"pk": "mine"},
        "help": {"pk": "mine"}, "answer": {"pk": "mine"},
        "scribe": {"ask_pk": "ask"}, "write_for": {"seat_pk": "seat"},
        "withdraw_for": {"offer_pk": "scribed"}, "queue": {"ask_pk": "ask"}, "admit": {"seat_pk": "door"},
        "tender": {"ask_pk": "ask"},
        "put_out": {"seat_pk": "seat"}, "rename": {"seat_pk": "seat"}, "merge": {"seat_pk": "seat"},
        "pin": {"seat_pk": "seat"},
        "take_off": {"user_pk": "hand"}, "see_phone": {"seat_pk": "seat"},
        "erase_them": {"seat_pk": "uma"},
    }  # fmt: skip

    def others(self, route: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Each part of an address, with the values that must lead nowhere; for ids and keys alike."""
        name = route.partition("/")[0]
        for part in self.place(route):
            if part == "command":
                continue
            which = self.WHICH.get(name, {}).get(part, "ring" if part == "pk" else "")
            which = "past" if name in PAST and part == "pk" else which
            if which:
                yield (
                    part,
                    {
                        "another": str(self.elsewhere[which]),
                        "random": str(2**31 + self.ids[which]),
                        "deleted": str(self.deleted[which]),
                    },
                )
            else:
                yield (
                    part,
                    {"random": "BBBBBBBB", "deleted": self.gone_keys.get(part, quote("gone"))},
                )
