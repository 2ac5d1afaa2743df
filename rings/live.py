"""The mechanism that keeps screens alike: fragments are registered, drawn once an audience and
language, and announced.

What an audience sees is a set of fragments. A page and a socket draw them with the same functions,
so what is pushed equals what a reload shows. All is drawn in the language that is active
(`django.utils.translation`). The hub of sockets is in `rings.hub`.
"""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.template import Context as TemplateContext
from django.template import Engine
from django.utils.translation import get_language

from rings.models import Participant
from rings.picture import Picture

Context = dict[str, Any]


class Audience(StrEnum):
    PHONE = "phone"
    STAGE = "stage"
    DESK = "desk"


def language(asked: str) -> str:
    """The language of that code if it is one of ours, else ""."""
    return asked if asked in dict(settings.LANGUAGES) else ""


_shared: defaultdict[Audience, dict[str, Callable[[Picture], Context]]] = defaultdict(dict)
_personal: dict[str, Callable[[Picture, Participant], Context]] = {}


def fragment[F: Callable[[Picture], Context]](audience: Audience) -> Callable[[F], F]:
    """Register a fragment of `audience`: the function's name is the template's and the element's id."""

    def register(context: F) -> F:
        _shared[audience][context.__name__] = context
        return context

    return register


def personal[F: Callable[[Picture, Participant], Context]](context: F) -> F:
    """Register a fragment that one seat alone may see (on the phone)."""
    _personal[context.__name__] = context
    return context


def _render(name: str, context: Context) -> str:
    # Drawn without the HTTP request: no user, no token, no secret can get into a shared fragment.
    # Numbers are plain in every language: most stand in drawings, and none of them is long.
    template = Engine.get_default().get_template(f"rings/live/{name}.html")
    return template.render(TemplateContext(context, use_l10n=False))


def draw(picture: Picture, audience: Audience) -> dict[str, str]:
    """All shared fragments of an audience, by name. Only the desk is drawn with a hidden ask's words."""
    picture = picture if audience == Audience.DESK else picture.veiled
    return {
        name: _render(name, {"picture": picture, "ring": picture.ring, **context(picture)})
        for name, context in _shared[audience].items()
    }


def draw_personal(picture: Picture, me: Participant) -> dict[str, str]:
    """What only this seat may see, by name."""
    return {
        name: _render(
            name, {"picture": picture, "ring": picture.ring, "me": me, **context(picture, me)}
        )
        for name, context in _personal.items()
    }


@dataclass
class Screen:
    """The last drawing for one ring, audience and language in this process.

    `stamp` counts redrawings; `changed` says at which stamp each fragment last became different.
    """

    version: int = -1
    stamp: int = 0
    lost: bool = False  # whether the leader's desk was missed
    read: datetime | None = None
    html: dict[str, str] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def update(self, picture: Picture, drawn: dict[str, str]) -> None:
        if picture.ring.version < self.version:
            return
        self.version, self.stamp = picture.ring.version, self.stamp + 1
        self.lost, self.read = picture.ring.desk_lost, picture.now
        for name, html in drawn.items():
            if self.html.get(name) != html:
                self.html[name], self.changed[name] = html, self.stamp

    def missed(self, picture: Picture) -> bool:
        """Whether the leader's desk went or came back since this drawing, without a new version."""
        newer = self.read is None or picture.now >= self.read
        return newer and picture.ring.desk_lost != self.lost

    def since(self, stamp: int) -> dict[str, str]:
        """The fragments that became different after `stamp` (all of them for -1)."""
        return {name: html for name, html in self.html.items() if self.changed[name] > stamp}


class _Window:
    """The drawings kept in this process, the least used forgotten first."""

    keep = 400

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, Audience, str | None], tuple[threading.Lock, Screen]] = (
            OrderedDict()
        )

    def slot(self, ring_pk: int, audience: Audience) -> tuple[threading.Lock, Screen]:
        with self._lock:
            key = (ring_pk, audience, get_language())
            kept = self._kept.setdefault(key, (threading.Lock(), Screen()))
            self._kept.move_to_end(key)
            while len(self._kept) > self.keep:
                self._kept.popitem(last=False)
            return kept

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


window = _Window()


def screen(
    ring_pk: int, audience: Audience, version: int, picture: Picture | None = None
) -> Screen:
    """The drawing of a ring for an audience, at `version` or newer; drawn afresh only if it is older.

    A `picture` at hand is used, and for desk and stage drawn in any case: who is here changes those
    without a new version. A phone's changes so only with the leader's desk.
    """
    lock, kept = window.slot(ring_pk, audience)
    if picture:  # it may be newer than the word that asked for it
        version = max(version, picture.ring.version)
    with lock:
        at_hand = picture and (audience != Audience.PHONE or kept.missed(picture))
        if kept.version < version or at_hand:
            picture = picture or Picture.of(ring_pk)
            kept.update(picture, draw(picture, audience))
        return replace(kept, html=dict(kept.html), changed=dict(kept.changed))


# --- announcing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """What passes between processes: this ring is now at this version, since `at` (epoch seconds).

    `seats` are those whose personal fragments changed (None: everybody's). Without a ring the word
    is that somebody's sign-in has changed.
    """

    ring: int | None
    version: int = 0
    seats: tuple[int, ...] | None = ()
    at: float = field(default_factory=time.time)


# The hub of this process listens here (set by rings.hub); without one, as in a management command,
# nobody is told, and the repair loops of the servers find out.
Listener = Callable[[Word], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    _listeners[:] = [listener]


def announce(word: Word) -> None:
    for listener in _listeners:
        listener(word)
