"""Numbers across rings: rates with n and interval, what is not asked, and that nobody is ranked."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rings import actions
from rings.models import Circle, Ring, Tally
from rings.past import across
from rings.past.figures import FIGURES, trends
from rings.phases import Phase
from tests.conftest import Cast


def over(cast: Cast, op: str, days: int = 40, **counts: int) -> Ring:
    """A ring that ended so many days ago, with these numbers."""
    ring = actions.open_ring(cast.fay, op, title=op, host="Fay")
    end = timezone.now() - timedelta(days=days)
    Ring.objects.filter(pk=ring.pk).update(phase=Phase.FOLLOW_UP, ended_at=end)
    ring.refresh_from_db()
    actions.settle(ring)
    Tally.objects.filter(ring=ring).update(**counts)
    return ring


def whole() -> across.Summary:
    return across.summaries(Ring.objects.all(), "month", timezone.now())[0]


def groups(by: str) -> list[across.Summary]:
    return across.summaries(Ring.objects.all(), by, timezone.now())[1]


# --- rates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(part: int, n: int, low: float, high: float) -> None:
    found = across.rate(part, n)
    assert found
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_no_answers_are_no_rate_and_not_zero() -> None:
    assert across.rate(0, 0) is None


def test_rates_are_summed_over_people_and_asks_and_not_averaged_over_rings(cast: Cast) -> None:
    over(cast, "small", people=4, asks=2, helped=2)
    over(cast, "large", people=20, asks=18, helped=9)
    found = whole()
    assert found.helped
    assert (found.helped.part, found.helped.n, found.helped.percent) == (11, 20, 55)


def test_the_median_is_that_of_all_first_offers(cast: Cast) -> None:
    over(cast, "one", first_offers=[10, 20, 30])
    over(cast, "other", first_offers=[100])
    assert (whole().first_offer, whole().firsts) == (25, 4)


# --- what is not asked ------------------------------------------------------------------------------


def test_promises_of_rings_that_nobody_followed_up_are_not_asked_yet(cast: Cast) -> None:
    over(cast, "silent", offers=9)
    found = whole()
    assert found.kept is None
    assert found.kept_14 is None
    assert found.kept_30 is None
    assert found.moved is None


def test_kept_within_days_counts_only_rings_that_ended_so_long_ago(cast: Cast) -> None:
    over(cast, "old", days=20, offers=8, answered=6, kept=5, kept_14=4, kept_30=5)
    over(cast, "new", days=3, offers=8, answered=1, kept=1, kept_14=1, kept_30=1)
    found = whole()
    assert found.kept_14
    assert (found.kept_14.part, found.kept_14.n) == (4, 8)
    assert found.kept_30 is None


def test_a_ring_that_was_called_off_is_in_no_number(cast: Cast) -> None:
    ring = over(cast, "off", people=7)
    Ring.objects.filter(pk=ring.pk).update(phase=Phase.CANCELLED)
    assert whole().rings == 0


# --- how it is shown --------------------------------------------------------------------------------


def test_groups_stand_in_the_order_of_the_alphabet_and_never_of_a_number(cast: Cast) -> None:
    for name, helped in (("Birch", 9), ("alder", 1), ("Cedar", 5)):
        circle = Circle.objects.create(owner=cast.fay, name=name)
        ring = over(cast, name, people=20, asks=10, helped=helped)
        Ring.objects.filter(pk=ring.pk).update(circle=circle)
    over(cast, "none", people=20, asks=10, helped=10)
    assert [group.name for group in groups("circle")] == ["alder", "Birch", "Cedar", ""]


def test_circles_called_alike_are_two_and_told_apart_by_their_owners(cast: Cast) -> None:
    gus = User.objects.create_user("gus", "gus@example.org", first_name="Gus")
    for owner, helped in ((cast.fay, 4), (gus, 6)):
        circle = Circle.objects.create(owner=owner, name="Birch")
        ring = over(cast, f"of {owner.pk}", people=20, asks=10, helped=helped)
        Ring.objects.filter(pk=ring.pk).update(circle=circle)
    assert [(g.name, g.helped and g.helped.part) for g in groups("circle")] == [
        ("Birch (fay)", 4),
        ("Birch (Gus)", 6),
    ]


def test_facilitators_called_alike_are_two(cast: Cast) -> None:
    User.objects.filter(pk=cast.fay.pk).update(first_name="Fay")
    other = User.objects.create_user("other", "other@example.org", first_name="Fay")
    for leader, helped in ((cast.fay, 4), (other, 6)):
        ring = over(cast, f"of {leader.pk}", people=20, asks=10, helped=helped)
        Ring.objects.filter(pk=ring.pk).update(facilitator=leader)
    found = groups("facilitator")
    assert [g.helped and g.helped.part for g in found] == [4, 6]
    assert len({g.name for g in found}) == 2


def test_months_stand_in_the_order_of_time(cast: Cast) -> None:
    for days in (10, 200, 100):
        over(cast, f"{days} days ago", days=days)
    months = [group.month for group in groups("month") if group.month]
    assert len(months) == 3
    assert months == sorted(months)


@pytest.mark.parametrize("by", ["month", "circle", "facilitator", "nothing"])
def test_each_number_stands_with_its_sentence_and_its_table(cast: Cast, by: str) -> None:
    over(cast, "one", people=20, asks=18, helped=9, offers=30)
    shown = cast.desk().get(f"/past/numbers/?by={by}").content.decode()
    assert "9 of 18 asks got at least one offer: 50 % (95 % interval 29 to 71 %)." in shown
    assert shown.count("Follow-up has not asked about this yet") == 3
    assert shown.count("As a table") == len(FIGURES)


def test_few_people_are_to_be_read_with_care(cast: Cast) -> None:
    over(cast, "small", people=5, asks=5, helped=5)
    shown = cast.desk().get("/past/numbers/").content.decode()
    assert 'class="few"' in shown
    assert "few people, read with care" in shown


def test_a_facilitator_sees_numbers_of_their_own_rings_and_staff_of_all(
    cast: Cast, sol: User
) -> None:
    over(cast, "mine", people=20)
    gus = User.objects.create_user("gus", "gus@example.org")
    client = Client()
    client.force_login(gus)
    assert "There is nothing to count yet" in client.get("/past/numbers/").content.decode()
    client.force_login(sol)
    assert "1 ring, 20 people" in client.get("/past/numbers/").content.decode()


def test_the_filters_of_the_archive_hold_here_too(cast: Cast) -> None:
    over(cast, "spring", people=20)
    over(cast, "autumn", people=7)
    shown = cast.desk().get("/past/numbers/?q=spring").content.decode()
    assert "1 ring, 20 people" in shown


def test_the_page_asks_as_often_for_thirty_rings_as_for_three(cast: Cast) -> None:
    client, counts = cast.desk(), []
    for some in ("first", "second"):
        for n in range(3 if some == "first" else 27):
            over(cast, f"{some} {n}", people=20)
        with CaptureQueriesContext(connection) as queries:
            client.get("/past/numbers/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_trend_says_that_nothing_was_asked_instead_of_nought(cast: Cast) -> None:
    over(cast, "one", people=20, asks=4, helped=2, offers=9)
    helped, kept, _first = trends(whole(), groups("month"))
    assert (helped.number, helped.of) == ("50", "2 of 4 asks")
    assert (kept.number, kept.of) == ("–", "not asked yet")


def test_the_head_of_the_archive_tells_of_the_last_twelve_months_there_were(cast: Cast) -> None:
    over(cast, "newest", days=400, people=20, asks=4, helped=2)
    over(cast, "within the year", days=400 + 300, people=20, asks=6, helped=6)
    over(cast, "long ago", days=400 + 400, people=20, asks=90, helped=1)
    desk = cast.desk()
    shown = desk.get("/past/").content.decode()
    assert "8 of 10 asks" in shown
    assert "long ago" in shown
    last = timezone.localdate() - timedelta(days=400)
    assert f"In the twelve months up to {last:%B %Y}" in shown
    assert "9 of 100 asks got at least one offer" in desk.get("/past/numbers/").content.decode()


# --- many rings -------------------------------------------------------------------------------------


def test_many_rings_are_made_whole_and_found(cast: Cast, sol: User) -> None:
    call_command("make_rings", 25, people=6, verbosity=0, stdout=StringIO())
    assert Tally.objects.filter(people=6).count() == 25
    client = Client()
    client.force_login(sol)
    title = Ring.objects.exclude(pk=cast.ring.pk).first()
    assert title
    shown = client.get("/past/", {"q": title.title}).content.decode()
    assert f'id="ring-{title.pk}"' in shown
    assert client.get(f"/past/{title.pk}/").status_code == 200


def test_made_up_people_have_no_place_on_a_production_site(settings: Any, db: None) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("make_rings", 1)
