"""The window: every phase has a scene for every audience, drawn from one picture without queries."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from rings import live
from rings.live import Audience
from rings.models import Ring
from rings.phases import Phase
from rings.picture import Picture
from tests.conftest import Cast, Circle


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("people", [0, 1, 3])
def test_every_phase_has_a_scene_for_every_audience(cast: Cast, phase: Phase, people: int) -> None:
    seats = [cast.seat(name) for name in ("Ada", "Bo", "Cy")[:people]]
    Ring.objects.update(phase=phase)
    picture = Picture.of(cast.ring.pk)
    for audience in Audience:
        for name, html in live.draw(picture, audience).items():
            assert f'id="{name}"' in html
    for me in seats:
        for name, html in live.draw_personal(picture, me).items():
            assert f'id="{name}"' in html


@pytest.mark.parametrize("people", [1, 3])
def test_a_ring_is_read_in_six_queries_whatever_the_number_of_people(
    cast: Cast, people: int, django_assert_num_queries: object
) -> None:
    for name in ("Ada", "Bo", "Cy")[:people]:
        cast.write(cast.seat(name))
    cast.move(Phase.TURNS)
    with django_assert_num_queries(6):
        picture = Picture.of(cast.ring.pk)
    with django_assert_num_queries(0):
        for audience in Audience:
            live.draw(picture, audience)
        for me in picture.participants:
            live.draw_personal(picture, me)


@pytest.mark.usefixtures("transactional_db")
def test_a_picture_is_of_one_moment_whoever_writes_meanwhile() -> None:
    cast = Cast()
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.write(ada)
    cast.move(Phase.TURNS)
    asked: list[str] = []

    def meanwhile() -> None:
        cast.offer(bo, ada)
        connections.close_all()

    def after_the_first(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if sql.startswith("SELECT"):
            if not asked:
                with ThreadPoolExecutor() as somebody:
                    somebody.submit(meanwhile).result()
            asked.append(sql)
        return answer

    with connection.execute_wrapper(after_the_first):
        picture = Picture.of(cast.ring.pk)
    assert (picture.ring.version, picture.offers) == (cast.ring.version, [])
    later = Picture.of(cast.ring.pk)
    assert (later.ring.version, len(later.offers)) == (cast.ring.version + 1, 1)


def test_a_drawing_is_made_once_a_version(
    circle: Circle, django_assert_num_queries: object
) -> None:
    version = Ring.objects.get(pk=circle.ring.pk).version
    first = live.screen(circle.ring.pk, Audience.PHONE, version)
    with django_assert_num_queries(0):
        assert live.screen(circle.ring.pk, Audience.PHONE, version).html == first.html


def test_only_what_became_different_is_new_since_a_stamp(circle: Circle) -> None:
    before = live.screen(circle.ring.pk, Audience.STAGE, 0)
    circle.cast.offer(circle.bo, circle.ada)
    version = Ring.objects.get(pk=circle.ring.pk).version
    after = live.screen(circle.ring.pk, Audience.STAGE, version)
    changed = {name for name in after.html if after.html[name] != before.html[name]}
    assert changed == set(after.since(before.stamp))
    assert changed < set(after.html)


def test_two_rings_never_share_a_drawing(circle: Circle) -> None:
    other = circle.cast.another()
    texts = [
        live.screen(pk, Audience.STAGE, 1).html["stage_scene"] for pk in (circle.ring.pk, other.pk)
    ]
    assert texts[0] != texts[1]
    assert "What Ada asks for" not in texts[1]
