"""The desk's acts on one person, drawn once for each way they may stand: a queue of 24 holds 24 of them."""

from functools import lru_cache

from django import template
from django.template.loader import get_template

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=2000)
def seat_acts(ring_pk: int, pk: int, name: str, *, proxy: bool, written: bool, writes: bool) -> str:
    """`written` says the ask's words are the desk's own, `writes` that asks may be written now."""
    person = {"pk": pk, "name": name, "proxy": proxy}
    context = {
        "ring": {"pk": ring_pk},
        "person": person,
        "written": written,
        "writes": writes,
    }
    return get_template("rings/parts/seat_acts_of.html").render(context)
