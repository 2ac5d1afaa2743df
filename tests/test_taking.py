"""Past rings as files: what stands in them, for whom, and that no spreadsheet takes a cell for code."""

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from rings import actions
from rings.actions import By
from rings.models import Event, Offer, Participant, Reply, Request, Ring, Tally
from rings.past import shape, taking
from rings.past.taking import BOM, OFFERS, RINGS, Open
from rings.phases import Phase
from tests import corpus
from tests.conftest import Cast
from tests.rich import KNOWN, SECRET, TENDER, rich


@pytest.fixture
def ring(cast: Cast) -> Ring:
    return rich(cast)


def got(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(answer.streaming_content).decode()


def sheet(text: str) -> list[dict[str, str]]:
    assert text.startswith(BOM)
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def told(ring: Ring, how: Open) -> dict[str, Any]:
    (rows,) = taking.read([ring.pk])
    return taking.entry(rows, how)


def staff(sol: User) -> Client:
    client = Client()
    client.force_login(sol)
    return client


# --- what stands in a file --------------------------------------------------------------------------


@pytest.mark.parametrize("model", shape.COLUMNS)
def test_every_column_is_in_the_file_or_named_as_left_out(model: type[Model]) -> None:
    lists = (*shape.COLUMNS[model], *shape.LINKS[model], *shape.NEVER[model])
    assert len(set(lists)) == len(lists)
    names = {each.name for each in model._meta.concrete_fields}
    assert {name for name in lists if name != "team"} == names


def test_every_ref_of_an_event_is_a_number_of_this_file_or_no_row(ring: Ring) -> None:
    rows = {"participant": "people", "request": "asks", "offer": "offers"}
    whole = told(ring, Open.WHOLE)
    for event in whole["events"]:
        for name, value in event["refs"].items():
            if shape.POINTS.get(name) in rows and value is not None:
                values = value if isinstance(value, list) else [value]
                assert set(values) <= set(range(1, len(whole[rows[shape.POINTS[name]]]) + 1)), name
    ids = {
        name for event in Event.objects.all() for name, v in event.refs.items() if type(v) is int
    }
    assert ids <= {*shape.POINTS, "round", "number", "undid", "days", "seconds", "minutes", "n"}


def test_without_words_people_are_numbers_and_nothing_they_wrote_is_there(
    ring: Ring, cast: Cast
) -> None:
    for kind in ("json", "csv"):
        text = got(cast.desk().get(f"/past/{ring.pk}/export.{kind}"))
        for word in (
            SECRET,
            KNOWN,
            "Ada",
            "Pia",
            "The roof",
            "2027-0",
            "fay@example.org",
            "In May",
        ):
            assert word not in text, f"{word} in {kind}"


def test_with_words_what_is_told_to_nobody_is_still_left_out(ring: Ring, cast: Cast) -> None:
    for kind in ("json", "csv"):
        text = got(cast.desk().post(f"/past/{ring.pk}/export.{kind}"))
        for word in (f"A long ladder, {KNOWN}.", "Ada", "Ours is long", "2027-06-01"):
            assert word in text, f"{word} not in {kind}"
        for word in (SECRET, TENDER, "In May", "Taken back"):
            assert word not in text, f"{word} in {kind}"


def test_nobody_learns_who_offered_privately_took_back_or_let_an_ask_go_by(ring: Ring) -> None:
    cy = list(ring.participants.order_by("pk")).index(Participant.objects.get(name="Cy")) + 1
    for how in (Open.NUMBERS, Open.WORDS):
        said = told(ring, how)
        private = [offer for offer in said["offers"] if offer["private"]]
        assert [(o["helper"], o["note"], o["due"]) for o in private] == [(None, None, None)]
        assert len(said["offers"]) == 3
        assert {event["kind"] for event in said["events"]}.isdisjoint({"reply", "unreply"})
        acts = {event["kind"] for event in said["events"] if event["by"] == cy}
        assert "offer" not in acts
        assert "withdraw" not in {event["kind"] for event in said["events"]}
        assert (said["replies"], said["replies_said"]) == (None, 1)


def test_the_whole_file_holds_all_of_it_but_no_key(ring: Ring) -> None:
    hashed = Participant.objects.exclude(key_hash="").values_list("key_hash", flat=True)
    secrets = [*hashed, ring.code, ring.invite, ring.stage_token]
    secrets += [
        *ring.events.values_list("op", flat=True),
        *ring.events.values_list("body", flat=True),
    ]
    text = json.dumps(told(ring, Open.WHOLE), ensure_ascii=False)
    for secret in filter(lambda secret: len(secret) > 7, secrets):
        assert secret not in text
    for word in (SECRET, "In May.", "Taken back.", "fay@example.org"):
        assert word in text
    assert '"helper": null' not in text


def test_one_row_for_each_offer_and_for_each_ask_without_one(ring: Ring, cast: Cast) -> None:
    rows = sheet(got(cast.desk().post(f"/past/{ring.pk}/export.csv")))
    assert tuple(rows[0]) == OFFERS
    said = [(row["round"], row["asker"], row["helper"], row["private"]) for row in rows]
    assert said[:5] == [
        ("1", "Ada", "Bo", "no"),
        ("1", "Ada", "", "yes"),
        ("1", "Bo", "", ""),
        ("1", "Cy", "Ada", "no"),
        ("1", "Pia", "", ""),
    ]
    assert rows[0]["seconds_to_offer"] == "0"
    assert rows[2]["ask"] == ""


def test_a_selection_has_a_row_a_ring_with_every_number_of_its_tally(
    ring: Ring, cast: Cast, sol: User
) -> None:
    (row,) = sheet(got(staff(sol).get("/past/export.csv?q=spring")))
    assert tuple(row) == RINGS
    tally = Tally.objects.get(ring=ring)
    assert (row["title"], row["circle"], row["people"]) == ("Spring ring", "Lantern Street", "4")
    assert (row["offers"], row["first_offers"]) == (
        str(tally.offers),
        " ".join(map(str, tally.first_offers)),
    )
    assert sheet(got(staff(sol).get("/past/export.csv?q=autumn"))) == []


def test_a_selection_holds_only_rings_one_may_look_back_on(ring: Ring, cast: Cast) -> None:
    gus = User.objects.create_user("gus", "gus@example.org")
    client = Client()
    client.force_login(gus)
    assert json.loads(got(client.get("/past/export.json")))["rings"] == []
    assert len(json.loads(got(cast.desk().get("/past/export.json")))["rings"]) == 1


# --- who takes words along --------------------------------------------------------------------------


def test_words_are_for_whom_they_are_open_and_taking_them_is_recorded(
    ring: Ring, cast: Cast, sol: User
) -> None:
    address = f"/past/{ring.pk}/export.json"
    assert staff(sol).post(address).status_code == 404
    assert not ring.events.filter(kind="take_along").exists()
    actions.open_words(ring, By(sol), user=sol, reason="Ada asks what is kept of her.")
    assert KNOWN in got(staff(sol).post(address))
    record = ring.events.get(kind="take_along")
    assert (record.by_user, record.refs) == (sol, {"words": True})


def test_taking_numbers_along_changes_nothing(ring: Ring, cast: Cast) -> None:
    version = Ring.objects.get(pk=ring.pk).version
    got(cast.desk().get(f"/past/{ring.pk}/export.json"))
    got(cast.desk().get("/past/export.csv"))
    assert Ring.objects.get(pk=ring.pk).version == version


def test_the_record_of_who_read_and_took_words_stays_where_it_was_made(
    ring: Ring, sol: User
) -> None:
    before = told(ring, Open.WHOLE)
    actions.open_words(ring, By(sol), user=sol, reason="Ada asks what is kept of her.")
    actions.take_along(ring, By(sol), words=True)
    assert told(ring, Open.WHOLE) == before


def test_a_file_is_for_one_pair_of_eyes_and_has_a_plain_name(ring: Ring, cast: Cast) -> None:
    answer = cast.desk().get(f"/past/{ring.pk}/export.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="ring-{ring.pk}.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"


# --- spreadsheets -----------------------------------------------------------------------------------

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def test_no_text_of_anybody_is_a_formula_in_a_spreadsheet(cast: Cast) -> None:
    """Written past the forms, which clean much of it away: even then each comes back as text."""
    texts = [*corpus.TEXTS.values(), *corpus.INVISIBLE.values(), " =1+1", "\u00a0@x", "\n-1"]
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.write(ada)
    cast.move(Phase.WALL)
    cast.offer(bo, ada, note="x")
    for phase in (Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
    for text in texts:
        Participant.objects.filter(pk=bo.pk).update(name=text[:60])
        Request.objects.filter(participant=ada).update(text=text or "x", why=text)
        Offer.objects.update(note=text)
        Ring.objects.update(title=text)
        for rows in (
            taking.offers_as_csv(taking.read([cast.ring.pk]), Open.WORDS),
            taking.rings_as_csv([cast.ring.pk]),
        ):
            lines = list(csv.reader(io.StringIO("".join(rows).removeprefix(BOM), newline="")))
            assert len({len(line) for line in lines}) == 1
            for cell in (cell for line in lines for cell in line):
                assert not cell.startswith(FORMULA), repr(text)
                assert not cell.lstrip().startswith(FORMULA), repr(text)
        (line,) = sheet("".join(taking.offers_as_csv(taking.read([cast.ring.pk]), Open.WORDS)))
        assert line["why"] in {text, f"'{text}"}


# --- streamed ---------------------------------------------------------------------------------------


def _many(cast: Cast, count: int) -> list[int]:
    """Rings that are over, as many as this."""
    pks = []
    for n in range(count):
        ring = actions.open_ring(cast.fay, f"many {n}", title=f"Many {n}", host="Fay")
        event = actions.join(ring, By(None), name="Uma", key_hash=f"{n}")
        uma = Participant.objects.get(pk=event.refs["participant"])
        actions.write(ring, By(uma), participant=uma, text="A lamp.")
        actions.move(ring, cast.by, to=Phase.CANCELLED, believing=Phase.LOBBY)
        pks.append(ring.pk)
    return pks


def test_fifty_rings_are_read_in_as_many_queries_a_batch_as_one(cast: Cast) -> None:
    pks = _many(cast, 50)
    counts = {}
    for count in (1, taking.A_BATCH, 50):
        with CaptureQueriesContext(connection) as queries:
            assert len(list(taking.read(pks[:count]))) == count
        counts[count] = len(queries)
    assert counts[1] == counts[taking.A_BATCH] == 7
    assert counts[50] == 3 * 7


def test_a_selection_is_given_out_while_it_is_read(cast: Cast) -> None:
    pieces = taking.as_json(taking.read(_many(cast, taking.A_BATCH + 1)), Open.NUMBERS)
    with CaptureQueriesContext(connection) as queries:
        next(pieces)
        next(pieces)
    assert len(queries) == 7  # the second batch is not read yet
    assert len(list(pieces)) == taking.A_BATCH + 1


def test_the_server_sends_it_piece_by_piece_from_the_threads_of_requests(cast: Cast) -> None:
    """Under ASGI Django would put a plain iterator's pieces into a list first, and warn."""
    _many(cast, 3)

    async def ask() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(cast.fay)
        answer = await client.get("/past/export.json")
        assert answer.is_async
        return [piece async for piece in answer.streaming_content]

    pieces = async_to_sync(ask)()
    assert len(pieces) == 5  # the head, a ring each, the end
    assert len(json.loads(b"".join(pieces))["rings"]) == 3


def test_replies_are_in_no_file_but_the_whole_one(ring: Ring) -> None:
    assert Reply.objects.count() == 1
    (said,) = told(ring, Open.WHOLE)["replies"]
    assert (said["kind"], said["words"]) == ("later", "In May.")
