"""The desk's offers: what has come for the ask that is on, and the scribe's forms."""

from functools import lru_cache
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.translation import get_language, override

from rings.forms import OfferForm
from rings.live import Audience, Context, fragment
from rings.phases import (
    OFFERABLE,
    AskStatus,
)
from rings.picture import Picture
from rings.screens.desk.names import short


class Named(NamedTuple):
    """Somebody, as far as a form needs to know them."""

    pk: int
    name: str


class OpenAsk(NamedTuple):
    pk: int
    participant: Named
    round: int  # 0 where there is but one


@fragment(Audience.DESK)
def desk_offers(picture: Picture) -> Context:
    """The offers on the ask that is on, newest first; between turns and later, every open ask."""
    ask = picture.current
    offers = picture.offers_on(ask) if ask else []
    shown = picture.ring.phase in OFFERABLE and not picture.ring.is_over
    return {
        "shown": shown,
        "ask": ask,
        "asker": short(picture, ask) if ask else "",
        "offers": [offer for offer in reversed(offers) if not offer.private],
        "private": sum(offer.private for offer in offers),
        "scribes": _scribes(picture) if shown and not ask else "",
        "people": picture.participants,
        "form": OfferForm(),
    }


def _scribes(picture: Picture) -> str:
    people = {p.pk: Named(p.pk, p.name) for p in picture.participants}
    asks = [ask for ask in (*picture.heard, *picture.asks) if ask.status == AskStatus.OPEN]
    two = picture.ring.rounds > 1
    opened = tuple(
        OpenAsk(ask.pk, people[ask.participant_id], ask.round if two else 0) for ask in asks
    )
    return _scribe_forms(get_language(), picture.ring.pk, opened, tuple(people.values()))


@lru_cache(maxsize=64)
def _scribe_forms(
    language: str | None, ring_pk: int, asks: tuple[OpenAsk, ...], people: tuple[Named, ...]
) -> str:
    """A form for each open ask. Kept, since 24 forms of 24 names take longer than all else here."""
    context = {"ring": {"pk": ring_pk}, "asks": asks, "people": people, "form": OfferForm()}
    with override(language):
        return get_template("rings/parts/scribe_forms.html").render(context)
