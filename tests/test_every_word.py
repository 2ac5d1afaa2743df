"""No screen holds a word that is not translated: each is drawn in a made-up language, and read."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import override, trans_real

from rings import actions, live
from rings.actions import By
from rings.live import Audience
from rings.models import Ring
from rings.phases import COURSE, OVER, Phase, ReplyKind
from rings.picture import Picture
from tests import pseudo
from tests.authorisation import World
from tests.conftest import Cast, Circle
from tests.test_authorisation import cells

# People, their words, addresses, and what has the same name everywhere.
SAME = {"Ringsite", "ringsite", "Pseudo", *(name for _, name in settings.LANGUAGES)}

OTHERS = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
UNTRANSLATED = {"No %s matches the given query."}  # Django's own, and on no page


@pytest.fixture(autouse=True)
def made_up_language(settings: Any) -> Iterator[None]:
    settings.LANGUAGES, settings.LANGUAGES_BIDI = settings.LANGUAGES, settings.LANGUAGES_BIDI
    pseudo.speak()
    pseudo.asked.clear()
    yield
    del trans_real._translations[pseudo.XX]
    for language in OTHERS:
        catalogue = trans_real.translation(language)._catalog
        without = {m for m in pseudo.asked if m not in catalogue and (m, 0) not in catalogue}
        assert without - UNTRANSLATED == set(), f"{language}: `make words`, and translate"


def theirs() -> set[str]:
    """What people have written, and the codes and links of their rings."""
    said = {"Fay", "Gus", "gil", "sol", "fay", "gus", "@example.org"}
    for ring in Ring.objects.all():
        said |= {ring.title, ring.host, ring.code, *ring.code_shown.split("-")}
        for person in ring.participants.all():
            said |= {person.name, *person.name.split()}
        for ask in ring.asks.all():
            said |= {ask.text, ask.why}
        said |= set(ring.offers.values_list("note", flat=True))
        said |= set(ring.replies.values_list("words", flat=True))
    return (said | SAME) - {""}


@pytest.mark.parametrize("phase", [*COURSE, *OVER])
def test_every_screen_of_a_ring(circle: Circle, phase: Phase) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    circle.cast.offer(circle.cy, circle.ada, kind="introduction", strength="will_try")
    current = circle.ada.asks.get() if phase == Phase.TURNS else None
    Ring.objects.update(phase=phase, current=current, people_expected=7)
    with override(pseudo.XX):
        picture = Picture.of(circle.ring.pk)
        drawn = [html for audience in Audience for html in live.draw(picture, audience).values()]
        for me in picture.participants:
            drawn += live.draw_personal(picture, me).values()
    assert list(pseudo.unspoken("\n".join(drawn), theirs())) == []


def test_a_ring_that_is_still_a_draft(cast: Cast) -> None:
    cast.seat("Ada")
    Ring.objects.update(phase=Phase.DRAFT)
    with override(pseudo.XX):
        picture = Picture.of(cast.ring.pk)
        drawn = [html for audience in Audience for html in live.draw(picture, audience).values()]
    assert list(pseudo.unspoken("\n".join(drawn), theirs())) == []


def test_what_an_asker_reads_of_those_who_let_it_go_by(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    for name, kind in zip(("Dee", "Eva", "Flo", "Gil"), ReplyKind, strict=False):
        who = circle.cast.seat(name)
        actions.admit(circle.ring, circle.cast.by, participant=who)
        actions.reply(circle.ring, By(who), ask=ask, participant=who, kind=kind, words="words")
    with override(pseudo.XX):
        picture = Picture.of(circle.ring.pk)
        drawn = live.draw_personal(picture, picture.seat_of[circle.ada.pk])
    assert list(pseudo.unspoken("\n".join(drawn.values()), theirs())) == []


def test_every_page_for_everybody(cast: Cast) -> None:
    world, wrong = World(cast), []
    for route, method, whose, person, _ in cells(world, ours=True):
        if method != "GET":
            continue
        path = f"{world.path(route, person)}?lang={pseudo.XX}"
        page = person.ask(world.browser, "GET", path, None)
        wrong += [f"{route} as {whose}: {words}" for words in left(page)]
    assert "\n".join(wrong) == ""


def test_every_form_that_comes_back(cast: Cast) -> None:
    world, wrong = World(cast), []
    for route, method, whose, person, _ in cells(world, ours=True):
        if method != "POST" or whose not in {"anonymous", "participant", "owner"}:
            continue
        path = f"{world.path(route, person)}?lang={pseudo.XX}"
        for headers in ({}, {"HX-Request": "true"}):
            page = person.ask(world.browser, "POST", path, {}, headers=headers)
            wrong += [f"{route} as {whose}: {words}" for words in left(page)]
    assert "\n".join(wrong) == ""


def left(page: HttpResponse) -> list[str]:
    if not page.get("Content-Type", "").startswith("text/html"):
        return []
    return list(pseudo.unspoken(page.text, theirs()))


def test_a_page_in_a_language_that_runs_right_to_left_says_so(circle: Circle) -> None:
    page = circle.cast.phone(circle.bo).get(f"/r/{circle.ring.code}/?lang={pseudo.XX}")
    assert '<html lang="xx" dir="rtl"' in page.text
