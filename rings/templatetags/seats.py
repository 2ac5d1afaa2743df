"""The desk's acts on one person: a queue of 24 holds 24 of them, so each is kept."""

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.translation import get_language, override

register = template.Library()


@register.simple_tag
def seat_acts(ring_pk: int, pk: int, name: str, *, proxy: bool, written: bool, writes: bool) -> str:
    """`written` says the ask's words are the desk's own, `writes` that asks may be written now."""
    return _acts(get_language(), ring_pk, pk, name, proxy, written, writes)


@lru_cache(maxsize=2000)
def _acts(
    language: str | None, ring_pk: int, pk: int, name: str, proxy: bool, written: bool, writes: bool
) -> str:
    """Drawn once for each way they may stand, in each language."""
    person = {"pk": pk, "name": name, "proxy": proxy}
    context = {
        "ring": {"pk": ring_pk},
        "person": person,
        "written": written,
        "writes": writes,
    }
    with override(language):
        return get_template("rings/parts/seat_acts_of.html").render(context)
