"""The access log: who did what, when and on which ring, for whom, and what it never tells."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rings import actions
from rings.actions import By
from rings.models import Event, Ring
from rings.past import audit
from rings.past.deeds import BY_ITSELF, DEEDS
from rings.phases import Phase
from tests.conftest import Cast, page, signed_in
from tests.conftest import Circle as People

ACTIONS = Path(actions.__file__).parent
LOG = "/past/audit/"


def table(shown: str) -> str:
    """The rows alone: the filters name every deed there is."""
    return shown.partition("<tbody>")[2].partition("</tbody>")[0]


def end(people: People) -> None:
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        people.cast.move(phase)


# --- every deed has its words -----------------------------------------------------------------------


def commands() -> set[str]:
    """The names of all functions of rings.actions that are commands."""
    names = set()
    for path in ACTIONS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
                names |= {node.name} if "command" in marks else set()
    return names


def test_every_command_has_its_words_and_no_words_are_of_nothing() -> None:
    assert len(commands()) > 50
    # two make the ring that commands work on, and one follows on a command of another ring
    others = {"open_ring", "bring_in", "last_ring_erased"}
    assert set(DEEDS) == commands() | others
    assert commands() | others >= BY_ITSELF


def test_no_two_deeds_are_said_alike() -> None:
    assert len({str(deed) for deed in DEEDS.values()}) == len(DEEDS)


# --- who reads what ---------------------------------------------------------------------------------


def test_staff_read_of_all_rings_and_facilitators_of_those_they_lead(
    circle: People, sol: User
) -> None:
    gus = User.objects.create_user("gus", "gus@example.org")
    actions.open_ring(gus, "theirs", title="Winter ring", host="Gus")
    actions.rehearse(circle.cast.fay, "one", "Fay")
    everything = table(page(signed_in(sol), LOG))
    assert "Spring ring" in everything
    assert "Winter ring" in everything
    assert "Rehearsal" not in everything
    mine = table(page(circle.cast.desk(), LOG))
    assert "Spring ring" in mine
    assert "Winter ring" not in mine
    assert "Rehearsal" not in mine


def test_who_leads_with_the_owner_reads_too_and_a_stranger_nothing(circle: People) -> None:
    gil, mal = (User.objects.create_user(n, f"{n}@example.org") for n in ("gil", "mal"))
    actions.join_team(circle.ring, By(gil), user=gil, believing=0)
    assert "Spring ring" in table(page(signed_in(gil), LOG))
    assert "Spring ring" not in page(signed_in(mal), LOG)
    assert "Nothing here is like that" in page(signed_in(mal), LOG)


def test_newest_stands_first_with_who_and_what(circle: People) -> None:
    circle.cast.fay.first_name = "Fay"
    circle.cast.fay.save()
    rows = table(page(circle.cast.desk(), LOG)).split("</tr>")
    assert "moved the ring on to: turns" in rows[0].lower()
    assert "<td>Fay</td>" in rows[0]
    assert "opened the ring" in rows[-2]


def test_somebody_of_the_ring_is_a_participant_and_never_a_name(circle: People, sol: User) -> None:
    people = {circle.ada: "Adalberta", circle.bo: "Bonaventura", circle.cy: "Cyprienne"}
    for who, name in people.items():
        actions.rename(circle.ring, circle.cast.by, participant=who, name=name)
    circle.cast.offer(circle.bo, circle.ada, private=True)
    ask = circle.ada.asks.get()
    actions.reply(circle.ring, By(circle.cy), ask=ask, participant=circle.cy, kind="later")
    actions.erase_person(circle.ring, By(None), participant=circle.ada)
    for client in (circle.cast.desk(), signed_in(sol)):
        shown = table(page(client, LOG))
        for deed in ("offered help", "answered an ask without", "erased their name and words"):
            row = next(row for row in shown.split("</tr>") if deed in row)
            assert "<td>a participant</td>" in row
        assert [name for name in people.values() if name in shown] == []


def test_what_the_site_did_by_itself_is_not_said_of_a_participant(circle: People) -> None:
    end(circle)
    Ring.objects.update(ended_at=timezone.now() - timedelta(days=91))
    actions.expire(circle.ring, By(None))
    assert "<td>Ringsite</td>" in table(page(circle.cast.desk(), "/past/audit/?what=expire"))


def test_an_act_that_was_taken_back_is_marked(circle: People) -> None:
    circle.cast.next()
    actions.undo(circle.ring, circle.cast.by, believing=circle.cast.ring.version)
    rows = table(page(circle.cast.desk(), LOG)).split("</tr>")
    assert "took back: went on to the next turn" in rows[0]
    assert "taken back" in rows[1]
    assert ">taken back<" not in rows[0] + "".join(rows[2:])


def test_staff_who_read_words_stand_there_with_their_reason(circle: People, sol: User) -> None:
    end(circle)
    reason = "Ada asks what is kept of her."
    actions.open_words(circle.ring, By(sol), user=sol, reason=reason)
    row = table(page(circle.cast.desk(), LOG)).split("</tr>")[0]
    assert "opened names and words for an hour" in row
    assert reason in row
    assert "<td>sol</td>" in row


# --- what is looked for -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("ring=spring", True),
        ("ring=RING+spr", True),
        ("ring=autumn", False),
        ("who=fay@example.org", True),
        ("who=Fay", True),
        ("who=example.org", False),  # nobody's address is found out by trying
        ("who=fay@example", False),
        ("who=sol", False),
        ("what=move", True),
        ("what=erase_ring", False),
        ("since=2020-01-01&until=2099-01-01", True),
        ("since=2099-01-01", False),
        ("until=2020-01-01", False),
        ("until=9999-12-31", True),
        ("before=1", False),
    ],
)
def test_each_filter_lets_through_what_it_says(circle: People, asked: str, found: bool) -> None:
    shown = table(page(circle.cast.desk(), f"/past/audit/?{asked}"))
    assert ("moved the ring on to" in shown) == found


def test_a_ring_is_found_by_its_number(circle: People) -> None:
    actions.open_ring(circle.cast.fay, "another", title="Another", host="Fay")
    shown = table(page(circle.cast.desk(), f"/past/audit/?ring=%23{circle.ring.pk}"))
    assert "Spring ring" in shown
    assert "Another" not in shown


def test_a_filter_that_cannot_be_is_said_at_its_field_and_filters_nothing(circle: People) -> None:
    shown = page(circle.cast.desk(), "/past/audit/?since=yesterday&what=nonsense&who=%00")
    assert len(re.findall(r'id="id_\w+_error"', shown)) == 3
    assert "opened the ring" in table(shown)


def test_one_ring_has_its_own_log_which_the_review_leads_to(circle: People) -> None:
    end(circle)
    actions.open_ring(circle.cast.fay, "another", title="Another", host="Fay")
    desk, address = circle.cast.desk(), f"/past/{circle.ring.pk}/audit/"
    assert f'href="{address}"' in page(desk, f"/past/{circle.ring.pk}/")
    shown = page(desk, address)
    assert table(shown).count("<tr") == circle.ring.events.count()
    assert "Another" not in shown
    assert 'name="ring"' not in shown


# --- pages ------------------------------------------------------------------------------------------


def many(ring: Ring, more: int) -> None:
    begin = ring.events.count() + 1
    Event.objects.bulk_create(
        Event(ring=ring, version=n, op=f"more {n}", body="", kind="pause", by_user=ring.facilitator)
        for n in range(begin, begin + more)
    )


def test_pages_follow_one_another_without_a_gap(cast: Cast) -> None:
    many(cast.ring, 2 * audit.A_PAGE)
    desk, address, seen = cast.desk(), "/past/audit/?what=", []
    while address:
        shown = page(desk, address)
        seen += [int(pk) for pk in re.findall(r'id="event-(\d+)"', shown)]
        older = re.search(r'href="(\?[^"]*before=\d+)"', shown)
        address = f"/past/audit/{older[1].replace('&amp;', '&')}" if older else ""
    assert seen == list(Event.objects.order_by("-pk").values_list("pk", flat=True))


def test_the_log_asks_as_often_for_fifty_events_as_for_one(cast: Cast, sol: User) -> None:
    client, counts = signed_in(sol), []
    for more in (0, 49):
        many(cast.ring, more)
        actions.open_words(cast.another(), By(sol), user=sol, reason="Somebody asks.")
        with CaptureQueriesContext(connection) as queries:
            page(client, LOG)
        counts.append(len(queries))
    assert counts == [5, 5]  # session, account, ids, events, reasons
