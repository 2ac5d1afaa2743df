"""What the models say of themselves: presence is a lease, a plan is a sum, names have one form."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rings.models import Participant, Ring, name_key
from rings.picture import Picture
from rings.plans import PRESETS
from tests.conftest import Cast


@pytest.mark.parametrize(("seconds", "here"), [(0, True), (14, True), (16, False)])
def test_presence_is_a_lease_of_fifteen_seconds(cast: Cast, seconds: int, here: bool) -> None:
    now = timezone.now()
    ada = cast.seat("Ada")
    ada.seen_at = now - timedelta(seconds=seconds)
    ada.save(update_fields=["seen_at"])
    assert ada.is_here(now) is here


def test_somebody_without_a_phone_is_here(cast: Cast) -> None:
    assert cast.proxy("Daniel").is_here(timezone.now())


def test_in_the_ring_and_here_are_two_numbers(cast: Cast) -> None:
    cast.seat("Ada")
    bo = cast.seat("Bo")
    Participant.objects.filter(pk=bo.pk).update(seen_at=None)
    picture = Picture.of(cast.ring.pk)
    assert (len(picture.participants), len(picture.here)) == (2, 1)


@pytest.mark.parametrize(
    ("preset", "minutes"), [("huddle", 30), ("team", 60), ("classic", 90), ("full", 150)]
)
def test_a_preset_takes_its_time(preset: str, minutes: float) -> None:
    assert PRESETS[preset].total == minutes


def test_a_plan_for_the_people_there_follows_the_sum() -> None:
    ring = Ring(turn_seconds=240)
    assert ring.planned_minutes(15) == 30 + 15 * 4


@pytest.mark.parametrize("other", ["THU HÀ", " thu  hà ", "Thu Ha\u0300"])
def test_one_name_has_one_form(other: str) -> None:
    assert name_key(other) == name_key("Thu Hà")


def test_two_equal_first_names_get_an_initial_on_the_ring(cast: Cast) -> None:
    kim, reed = cast.seat("Ana Kim"), cast.seat("Ana Reed")
    short = Picture.of(cast.ring.pk).short_names
    assert (short[kim.pk], short[reed.pk]) == ("Ana K.", "Ana R.")
