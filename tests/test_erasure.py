"""Erased means erased: a canary in every personal column, and afterwards in no table of the database."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rings import access, actions
from rings.actions import By
from rings.management.commands import tidy
from rings.models import Access, Event, Offer, Participant, Request, Ring, Tally
from rings.phases import Keeping, NotNow, Phase, Privacy, Seat
from rings.privacy import TAGS, Tag
from tests.conftest import Cast, Circle
from tests.rich import KNOWN, SECRET
from tests.server import ROOT
from tests.traces import PERSONAL, Place, columns, dump, left, of_person, plant, rows_of


@pytest.fixture
def busy(circle: Circle) -> Circle:
    """A ring in its turns with a row in every table: Cy has it, and Ada's second phone waits at the door."""
    cast, ada, bo, cy = circle.cast, circle.ada, circle.bo, circle.cy
    cast.offer(bo, ada, note="Ours is long.")
    cast.offer(cy, ada, note="Between us.", private=True)
    dee = cast.seat("Dee")
    actions.admit(circle.ring, cast.by, participant=dee)
    actions.reply(
        circle.ring, By(dee), ask=ada.asks.get(), participant=dee, kind="later", words="?"
    )
    cast.next()
    cast.offer(ada, bo, note="Mine is short.")
    cast.next()
    actions.reply(circle.ring, By(ada), ask=cy.asks.get(), participant=ada, kind="later", words="?")
    cast.offer(cy, bo, note="Take both.")
    for who in (ada, bo, cy):
        who.asks.get().wordings.create(text="As it was", why="Because")
        actions.give_pin(
            circle.ring, cast.by, participant=who, pin_hash=access.pin_hash(circle.ring, who.name)
        )
    hashed = access.key_hash("another device")
    actions.claim(circle.ring, By(None), participant=ada, key_hash=hashed)
    return circle


def end(circle: Circle) -> None:
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)


@pytest.fixture
def over(busy: Circle) -> Circle:
    """The same ring, over."""
    end(busy)
    return busy


def planted_in(ring: Ring) -> dict[Place, str]:
    """Canaries in every column, in the index too if the ring is over."""
    planted = plant(ring)
    ring.refresh_from_db()
    actions.settle(ring)
    return planted


def numbers(ring: Ring) -> dict[str, Any]:
    found: dict[str, Any] = Tally.objects.filter(ring=ring).values().get()
    return found


# --- the measure itself -----------------------------------------------------------------------------


def test_every_personal_column_has_a_canary_that_is_found(over: Circle) -> None:
    planted = planted_in(over.ring)
    texts = {
        (model, field.name)
        for model in TAGS
        for field in columns(model, *PERSONAL)
        if field.max_length
    }
    assert {(model, name) for model, _, name in planted} == texts
    assert set(left(planted.values())) == set(planted.values())


def test_words_in_the_index_are_found_in_its_own_tables(over: Circle) -> None:
    planted = planted_in(over.ring)
    name = planted[Participant, over.bo.pk, "name"]
    assert len(left([name])[name]) > 1
    assert any(table.startswith("rings_found") for table in left([name])[name])


# --- a whole ring -----------------------------------------------------------------------------------


def test_nothing_of_an_erased_ring_is_left_in_any_table(over: Circle) -> None:
    planted = planted_in(over.ring)
    before = numbers(over.ring)
    actions.erase_ring(over.ring, over.cast.by)
    assert left(planted.values()) == {}
    assert str(2031) not in dump()["rings_request"].decode()
    assert numbers(over.ring) == before


PLAY_AND_ERASE = """
from django.db import connection
from rings import actions
from tests.conftest import Cast
from tests.rich import rich
cast = Cast()
ring = rich(cast)
if ERASE:
    actions.erase_ring(ring, cast.by)
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""


@pytest.mark.parametrize("erased", [False, True])
def test_not_even_the_file_of_sqlite_holds_what_was_erased(tmp_path: Path, erased: bool) -> None:
    file = tmp_path / "own.sqlite3"
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "PYTHONPATH": str(ROOT)}
    script = PLAY_AND_ERASE.replace("ERASE", str(erased))
    for words in (["migrate"], ["shell", "--command", script]):
        command = [sys.executable, "-W", "ignore", "manage.py", *words, "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
    found = [word for word in (SECRET, KNOWN) if word.encode() in file.read_bytes()]
    assert found == ([] if erased else [SECRET, KNOWN])


def test_no_column_of_an_erased_ring_says_what_it_said(over: Circle) -> None:
    planted = planted_in(over.ring)
    actions.erase_ring(over.ring, over.cast.by)
    for model in TAGS:
        for row in rows_of(over.ring, model):
            for field in columns(model, *PERSONAL):
                said = getattr(row, field.name)
                assert said != planted.get((model, row.pk, field.name), "-")
                if TAGS[model][field.name] == Tag.WORDS:
                    assert not said


def test_a_ring_that_was_searched_and_changed_often_leaves_nothing_in_the_index(
    over: Circle,
) -> None:
    kept = [planted_in(over.ring) for _ in range(12)]
    actions.erase_ring(over.ring, over.cast.by)
    assert left([word for planted in kept for word in planted.values()]) == {}


def test_another_ring_keeps_what_it_has(over: Circle, mal: Participant) -> None:
    theirs = plant(mal.ring)
    planted_in(over.ring)
    actions.erase_ring(over.ring, over.cast.by)
    assert set(left(theirs.values())) == set(theirs.values())


def test_when_its_time_is_up_words_names_and_seats_go_and_its_title_stays(over: Circle) -> None:
    planted, before = planted_in(over.ring), numbers(over.ring)
    Ring.objects.update(ended_at=timezone.now() - timedelta(days=90))
    actions.expire(over.ring, By(None))
    stays = {word for (model, *_), word in planted.items() if model is Ring}
    assert set(left(planted.values())) == stays
    assert numbers(over.ring)["offers"] == before["offers"]
    assert Ring.objects.get().phase == Phase.ARCHIVED


# --- one person -------------------------------------------------------------------------------------


def rows_between_others(circle: Circle) -> list[Any]:
    """All that is of Bo and Cy alone."""
    others = {"participant__in": (circle.bo, circle.cy)}
    return [
        *Participant.objects.filter(pk__in=(circle.bo.pk, circle.cy.pk)).order_by("pk").values(),
        *Request.objects.filter(**others)
        .order_by("pk")
        .values("pk", "text", "why", "by", "status"),
        *Offer.objects.exclude(helper=circle.ada).exclude(asker=circle.ada).values(),
    ]


def test_somebody_who_has_the_ring_erases_themselves_while_it_goes_on(busy: Circle) -> None:
    for who in (busy.cy, busy.bo):
        actions.back(busy.ring, busy.cast.by, believing=who.asks.get().pk)
    assert Ring.objects.get().current == busy.ada.asks.get()
    planted = planted_in(busy.ring)
    mine = of_person(planted, busy.ada)
    before, offers = rows_between_others(busy), busy.ring.offers.count()
    actions.erase_person(busy.ring, By(None), participant=busy.ada)
    assert left(mine.values()) == {}
    others = set(planted.values()) - set(mine.values())
    assert set(left(others)) == others
    assert rows_between_others(busy) == before
    assert busy.ring.offers.count() == offers
    ada = Participant.objects.get(pk=busy.ada.pk)
    assert (ada.name, ada.seat, ada.erased) == ("#1", Seat.LEFT, True)
    ring = Ring.objects.get()
    assert ring.phase == Phase.TURNS
    assert ring.current_id != busy.ada.asks.get().pk


@pytest.mark.parametrize("name", ["ada", "bo", "cy"])
def test_somebody_erases_themselves_in_a_past_ring_and_its_numbers_stay(
    over: Circle, name: str
) -> None:
    planted, before = planted_in(over.ring), numbers(over.ring)
    who = getattr(over, name)
    mine = of_person(planted, who)
    actions.erase_person(over.ring, By(None), participant=who)
    assert left(mine.values()) == {}
    others = set(planted.values()) - set(mine.values())
    assert set(left(others)) == others
    assert numbers(over.ring) == before


def test_a_phone_that_erases_leaves_no_word_in_page_log_or_drawing(
    busy: Circle, caplog: pytest.LogCaptureFixture
) -> None:
    planted = plant(busy.ring, Tag.WORDS, Tag.NAME, Tag.ABOUT)  # keys must open
    mine = of_person(planted, busy.ada)
    desk, bo = busy.cast.desk(), busy.cast.phone(busy.bo)
    addresses = (
        (desk, f"/desk/{busy.ring.pk}/"),
        (desk, f"/stage/{busy.ring.stage_token}/"),
        (bo, f"/r/{busy.ring.code}/"),
    )
    shown = "".join(client.get(address).text for client, address in addresses)
    assert mine[Participant, busy.ada.pk, "name"] in shown  # it was drawn, and kept for the next
    with caplog.at_level(logging.DEBUG):
        answer = busy.cast.phone(busy.ada).post(f"/r/{busy.ring.code}/erase/")
        assert answer.status_code == 302
        pages = [client.get(address) for client, address in addresses]
        pages.append(desk.get("/past/audit/"))
    assert [page.status_code for page in pages] == [200] * 4
    said = "".join(page.text for page in pages) + "\n".join(
        line.getMessage() for line in caplog.records if line.name != "django.db.backends"
    )
    assert [word for word in mine.values() if word in said] == []


def test_who_has_erased_themselves_finds_nothing_left(over: Circle) -> None:
    actions.erase_person(over.ring, By(None), participant=over.ada)
    with pytest.raises(NotNow):
        actions.erase_person(over.ring, By(None), participant=over.ada)


# --- the daily task ---------------------------------------------------------------------------------

ENDED = "2027-05-07T18:00:00Z"


@pytest.fixture
def ended(circle: Circle) -> Circle:
    """A ring that ended at ENDED; Bo's ask stays in the room."""
    cast = circle.cast
    cast.write(circle.bo, "For this room only", privacy=Privacy.RING_ONLY)
    cast.offer(circle.bo, circle.ada)
    with time_machine.travel(ENDED, tick=False):
        end(circle)
    return circle


def run(days: float, more: timedelta = timedelta()) -> str:
    """The daily task so long after the ring's end; what it printed."""
    said = StringIO()
    moment = timezone.datetime.fromisoformat(ENDED) + timedelta(days=days) + more
    with time_machine.travel(moment, tick=False):
        call_command("tidy", stdout=said)
    return said.getvalue()


A_MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("days", Keeping.values)
def test_names_and_words_go_when_their_time_is_up_and_not_before(ended: Circle, days: int) -> None:
    Ring.objects.update(keep_days=days)
    Request.objects.update(privacy=Privacy.NORMAL)
    planted = planted_in(ended.ring)
    goes = {word for (model, *_), word in planted.items() if model is not Ring}
    until = max(days, 1)  # for a day a ring can be opened again
    assert (
        run(until, -A_MINUTE) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 0.\n"
    )
    assert set(left(goes)) == goes
    assert run(until) == "Past rings erased: 1. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert left(goes) == {}


def test_what_stays_in_the_room_goes_a_day_after_the_end_and_the_rest_stays(ended: Circle) -> None:
    planted = planted_in(ended.ring)
    ask = ended.bo.asks.get()
    Request.objects.exclude(pk=ask.pk).update(privacy=Privacy.NORMAL)
    room = [word for (model, pk, _), word in planted.items() if (model, pk) == (Request, ask.pk)]
    run(1, -A_MINUTE)
    assert set(left(room)) == set(room)
    assert run(1) == "Past rings erased: 1. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert left(room) == {}
    assert left(set(planted.values()) - set(room)).keys() == set(planted.values()) - set(room)
    assert run(1, A_MINUTE) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 0.\n"


def test_a_ring_that_was_opened_again_is_left_alone(ended: Circle) -> None:
    with time_machine.travel("2027-05-08T12:00:00Z", tick=False):
        ended.cast.move(Phase.CLOSING)
    planted = planted_in(ended.ring)
    assert run(400) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert set(left(planted.values())) == set(planted.values())


def test_a_ring_called_off_before_it_began_is_tidied_too(cast: Cast) -> None:
    cast.seat("Ada")
    with time_machine.travel(ENDED, tick=False):
        cast.move(Phase.CANCELLED)
    assert run(90) == "Past rings erased: 1. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert Participant.objects.get().name == "#1"
    assert Ring.objects.get().phase == Phase.CANCELLED


def test_an_old_rehearsal_is_deleted_and_a_new_one_is_not(cast: Cast) -> None:
    with time_machine.travel(ENDED, tick=False):
        actions.rehearse(cast.fay, "old", "Fay")
    assert run(1, -A_MINUTE) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert run(1, A_MINUTE) == "Past rings erased: 0. Rehearsals deleted: 1. Rings counted: 0.\n"
    assert list(Ring.objects.all()) == [cast.ring]


def test_a_ring_that_was_over_before_numbers_were_kept_is_counted(ended: Circle) -> None:
    Tally.objects.all().delete()
    assert run(0.5) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 1.\n"
    assert Tally.objects.get(ring=ended.ring).people == 3


def test_what_was_erased_has_left_one_event_however_often_the_task_runs(ended: Circle) -> None:
    for _ in range(3):
        run(90)
    events = Event.objects.filter(kind="expire")
    assert [(event.by_user, event.by_participant, event.refs) for event in events] == [
        (None, None, {"all": True})
    ]


def test_a_ring_that_another_machine_has_tidied_meanwhile_is_passed_over(
    ended: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire = actions.expire

    def twice(ring: Ring, by: By) -> Event:
        expire(ring, By(None))
        return expire(ring, by)

    monkeypatch.setattr(actions, "expire", twice)
    assert run(90) == "Past rings erased: 0. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert Event.objects.filter(kind="expire").count() == 1


def test_one_ring_that_fails_is_logged_and_stops_no_other(
    ended: Circle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = ended.cast.another()
    with time_machine.travel(ENDED, tick=False):
        actions.move(other, ended.cast.by, to=Phase.CANCELLED, believing=Phase.LOBBY)
    expire: Callable[[Ring, By], Event] = actions.expire

    def fails(ring: Ring, by: By) -> Event:
        if ring.pk == ended.ring.pk:
            raise RuntimeError("This disk is full")
        return expire(ring, by)

    monkeypatch.setattr(actions, "expire", fails)
    assert run(90) == "Past rings erased: 1. Rehearsals deleted: 0. Rings counted: 0.\n"
    assert Ring.objects.get(pk=other.pk).erased_at
    [line] = [record for record in caplog.records if record.name == tidy.__name__]
    assert line.ring == ended.ring.pk  # type: ignore[attr-defined]  # as it was given


def test_it_asks_no_oftener_for_rings_that_are_not_due(cast: Cast) -> None:
    counts = []
    for more in (1, 9):
        for n in range(more):
            ring = actions.open_ring(cast.fay, f"{more} {n}", title=f"Ring {n}", host="Fay")
            actions.move(ring, cast.by, to=Phase.CANCELLED, believing=Phase.LOBBY)
        with CaptureQueriesContext(connection) as queries:
            call_command("tidy", stdout=StringIO())
        counts.append(len(queries))
    assert counts == [3, 3]


def test_why_staff_read_words_stays_as_the_record_of_it(over: Circle, sol: User) -> None:
    actions.open_words(over.ring, By(sol), user=sol, reason="Ada asks us.")
    actions.erase_ring(over.ring, over.cast.by)
    assert Access.objects.get().reason == "Ada asks us."
