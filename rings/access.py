"""Who is this, and may they? Seats, tokens, and the decorators every view wears.

Unknown and forbidden look the same: 404. "May this happen now?" is not asked here but by the commands.
A view declares its audience with one of the decorators; `rings.checks` finds one that does not.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Concatenate
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, parse_cookie
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_htmx.middleware import HtmxDetails

from rings import limits, live
from rings.models import CODE_ALPHABET, CODE_LENGTH, Participant, Ring
from rings.past import reading
from rings.phases import GONE, Seat


class RingRequest(HttpRequest):
    """The HTTP request as our views see it."""

    htmx: HtmxDetails
    ring: Ring
    me: Participant
    user: User
    words: bool


type View[**P] = Callable[Concatenate[RingRequest, P], HttpResponse]


def _declare[D: Callable[..., HttpResponse]](door: D, audience: str) -> D:
    door.__dict__["audience"] = audience  # what rings.checks looks for
    return door


# --- codes and seats ------------------------------------------------------------------------------


def plain_code(typed: str) -> str:
    """A code as typed by anyone, in any case, with or without dash or spaces; "" if it cannot be one."""
    code = "".join(typed.split()).replace("-", "").upper()
    ok = len(code) == CODE_LENGTH and all(symbol in CODE_ALPHABET for symbol in code)
    return code if ok else ""


def seat_key(ring: Ring, op: str) -> str:
    """The secret of a new seat. Made from the page's op, so that a repeated join gives the same seat."""
    text = f"seat/{ring.pk}/{op}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()[:32]


def key_again(person: Participant) -> str:
    """The secret of a seat once more, made from the op that brought it; "" where that is not known."""
    brought = person.ring.events.filter(kind__in=("join", "knock", "claim", "take_seat"))
    keys = (seat_key(person.ring, op) for op in brought.values_list("op", flat=True))
    return next((key for key in keys if key_hash(key) == person.key_hash), "")


def key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_pin(ring: Ring, op: str) -> str:
    """The PIN of a card: six signs that cannot be mistaken. Made from the op, as the keys of seats are."""
    text = f"pin/{ring.pk}/{op}".encode()
    number = int.from_bytes(hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest())
    signs = [
        CODE_ALPHABET[number // len(CODE_ALPHABET) ** n % len(CODE_ALPHABET)] for n in range(6)
    ]
    return "".join(signs)


def pin_hash(ring: Ring, typed: str) -> str:
    """What is kept of a PIN, however it was typed: keyed, since six signs alone could be tried out."""
    plain = "".join(typed.split()).replace("-", "").upper()
    text = f"pin/{ring.pk}/{plain}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, "sha256").hexdigest() if plain else ""


def seat_cookie(ring_pk: int) -> str:
    return str(settings.SEAT_COOKIE).format(ring_pk)


def give_seat(response: HttpResponse, ring: Ring, key: str) -> None:
    """Put the seat's key on this device for a year."""
    response.set_cookie(
        seat_cookie(ring.pk),
        key,
        max_age=365 * 24 * 3600,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def holds_a_seat(cookies: dict[str, str]) -> bool:
    """Whether this device has ever come into any ring."""
    prefix = str(settings.SEAT_COOKIE).format("")
    return any(name.startswith(prefix) for name in cookies)


def seat_in(cookies: dict[str, str], ring: Ring) -> Participant | None:
    """The participant whose seat this device holds: in the ring or at the door; else None."""
    key = cookies.get(seat_cookie(ring.pk), "")
    if not key:
        return None
    return ring.participants.filter(key_hash=key_hash(key)).first()


def seats_held(cookies: dict[str, str]) -> QuerySet[Participant]:
    """Every seat this device holds, in rings its people may still open."""
    prefix = str(settings.SEAT_COOKIE).format("")
    keys = [key for name, key in cookies.items() if name.startswith(prefix)]
    held = Participant.objects.joined().filter(key_hash__in=[key_hash(key) for key in keys if key])
    return held.exclude(ring__phase__in=GONE)


def rings_known(cookies: dict[str, str]) -> set[int]:
    """The rings of which this device holds a key, good or not any more."""
    prefix = str(settings.SEAT_COOKIE).format("")
    numbers = [name.removeprefix(prefix) for name in cookies if name.startswith(prefix)]
    return {int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) <= 18}


# --- decorators -----------------------------------------------------------------------------------


def public[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Anybody may."""
    return _declare(view, "public")


def _seated[**P](
    view: View[P], audience: str, seats: Collection[str]
) -> Callable[..., HttpResponse]:
    """A door for who holds a seat of the ring of this code, standing as one of `seats`; else 404."""

    @wraps(view)
    def door(request: RingRequest, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.ring = get_object_or_404(Ring, code=plain_code(code) or "-")
        me = seat_in(request.COOKIES, request.ring)
        if me is None or me.seat not in seats:
            raise Http404
        request.me = me
        if request.method == "POST":
            limits.count_change(f"seat {me.pk}")
        return view(request, *args, **kwargs)

    return _declare(door, audience)


def participant[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Who is in the ring of this code: `request.ring` and `request.me`, or 404."""
    return _seated(view, "participant", {Seat.JOINED})


def seated[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Who holds a seat of it, in the ring or not: `request.ring` and `request.me`, or 404."""
    return _seated(view, "seated", set(Seat))


def signed_in[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Anybody with an account."""
    return _declare(login_required(view), "signed_in")


def facilitator[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Who leads this ring, its owner or somebody of the team: `request.ring`, or 404."""

    @wraps(view)
    @login_required
    def door(request: RingRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.ring = get_object_or_404(Ring.objects.led_by(request.user.pk), pk=pk)
        if request.method == "POST":
            limits.count_change(f"user {request.user.pk}")
        return view(request, *args, **kwargs)

    return _declare(door, "facilitator")


def owner[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Whose ring this is, for what is not for the team: `request.ring`, or 404."""

    @wraps(view)
    @login_required
    def door(request: RingRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.ring = get_object_or_404(Ring.objects.owned_by(request.user), pk=pk)
        if request.method == "POST":
            limits.count_change(f"user {request.user.pk}")
        return view(request, *args, **kwargs)

    return _declare(door, "owner")


def reviewer[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Who may look back on this past ring, who led it and staff: `request.ring`, or 404.

    `request.words` is whether names and words are open to them just now.
    """

    @wraps(view)
    @login_required
    def door(request: RingRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.ring = get_object_or_404(Ring.objects.reviewed_by(request.user), pk=pk)
        request.words = reading.may_read(request.user, request.ring)
        if request.method == "POST":
            limits.count_change(f"user {request.user.pk}")
        return view(request, *args, **kwargs)

    return _declare(door, "reviewer")


def stage[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Who has the stage's secret link: `request.ring`, or 404."""

    @wraps(view)
    def door(request: RingRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.ring = get_object_or_404(Ring, stage_token=token)
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return _declare(door, "stage")


def staff[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """A staff account; to everybody else there is nothing here."""

    @wraps(view)
    @login_required
    def door(request: RingRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return _declare(door, "staff")


# --- sockets (called in a thread that may read the database) ---------------------------------------


def phone_seats(asked: Sequence[tuple[str, dict[str, str]]]) -> list[Participant | None]:
    """The joined participants of phones' sockets, by code and cookies, with their rings, in two queries.

    None for anybody else: no such ring, no seat, somebody else's, or still at the door.
    """
    codes = [plain_code(code) for code, _ in asked]
    pks = dict(Ring.objects.filter(code__in=codes).values_list("code", "pk"))
    wanted = [  # each page shows the one key that it holds for its ring
        (pks.get(code, 0), key_hash(cookies.get(seat_cookie(pks.get(code, 0)), "")))
        for code, (_, cookies) in zip(codes, asked, strict=True)
    ]
    rows = Participant.objects.joined().filter(key_hash__in={key for _, key in wanted})
    found = {(me.ring_id, me.key_hash): me for me in rows.select_related("ring")}
    return [found.get(key) for key in wanted]


def phone_seat(code: str, cookies: dict[str, str]) -> Participant | None:
    return phone_seats([(code, cookies)])[0]


def stage_ring(token: str) -> Ring | None:
    return Ring.objects.filter(stage_token=token).first()


def desk_ring(pk: int, user_pk: int | None) -> Ring | None:
    """The ring of a desk's socket, if this user leads it."""
    return Ring.objects.led_by(user_pk).filter(pk=pk).first()


def valid_sessions(session_keys: Collection[str]) -> dict[str, int]:
    """Those of these sessions whose sign-in holds now, each with its user: two queries for any number.

    As `django.contrib.auth.get_user`: the session lives, the account is active, the password is the same.
    """
    keys = [key for key in session_keys if key.isalnum()]  # a NUL would be an error, not a stranger
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {row.session_key: row.get_decoded() for row in rows}
    users = User.objects.filter(is_active=True).in_bulk(
        {int(data[SESSION_KEY]) for data in sessions.values() if SESSION_KEY in data}
    )
    holds: dict[str, int] = {}
    for key, data in sessions.items():
        user = users.get(int(data.get(SESSION_KEY, 0)))
        kept = data.get(HASH_SESSION_KEY, "")
        if user and constant_time_compare(kept, user.get_session_auth_hash()):
            holds[key] = user.pk
    return holds


@receiver(post_delete, sender=Session)
@receiver(post_save, sender=User)
def sign_ins_changed(**signal: object) -> None:
    """Somebody signed out, or an account or its password changed: open desks are looked at again."""
    transaction.on_commit(lambda: live.announce(live.Word(None)), robust=True)


def cookies_of(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies among a socket's handshake headers."""
    raw = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    return parse_cookie(raw)


def same_origin(headers: list[tuple[bytes, bytes]], *, secure: bool) -> bool:
    """Whether a socket's whole Origin (scheme, host, port) is this site's.

    Behind a proxy SITE_URL says what people see; without it the Host header and the socket's own
    scheme do. A client without an Origin is no browser, and holds its cookies by itself.
    """
    found = {
        name: value.decode("latin-1") for name, value in headers if name in (b"origin", b"host")
    }
    origin = found.get(b"origin")
    if origin is None:
        return True
    ours = settings.SITE_URL or f"{'https' if secure else 'http'}://{found.get(b'host', '')}"
    try:
        theirs = urlsplit(origin)
    except ValueError:  # no address at all, such as "http://["
        return False
    return f"{theirs.scheme}://{theirs.netloc}".casefold() == ours.casefold()
