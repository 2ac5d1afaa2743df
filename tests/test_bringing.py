"""A ring's file brought in: whole, in part, and refused with a sentence when it is not ours."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.http import HttpResponse
from django.test import Client

from rings import actions
from rings.actions import By, NotOurs
from rings.forms import clean_text, has_visible
from rings.models import Circle, Event, Offer, Participant, Request, Ring, Tally
from rings.past import search, shape, taking
from rings.past.taking import Open
from rings.phases import Phase, Seat
from tests import corpus
from tests.conftest import Cast
from tests.rich import KNOWN, SECRET, rich


@pytest.fixture
def ring(cast: Cast) -> Ring:
    return rich(cast)


def file_of(ring: Ring, how: Open) -> bytes:
    return "".join(taking.as_json(taking.read([ring.pk]), how)).encode()


def numbers(ring: Ring) -> dict[str, Any]:
    return {name: getattr(ring.tally, name) for name in shape.COLUMNS[Tally]}


def gone(ring: Ring) -> None:
    """As another installation: none of its rows is there."""
    search.forget(ring)
    Ring.objects.all().delete()
    Circle.objects.all().delete()


# --- there and back ---------------------------------------------------------------------------------


def test_a_whole_ring_comes_back_whole(ring: Ring, cast: Cast) -> None:
    before = file_of(ring, Open.WHOLE)
    gone(ring)
    cast.another()  # other ids than before
    (back,) = actions.bring_in(cast.fay, before)
    assert json.loads(file_of(back, Open.WHOLE)) == json.loads(before)


def test_a_whole_ring_comes_back_by_the_two_commands(
    ring: Ring, cast: Cast, tmp_path: Path, sol: User
) -> None:
    User.objects.filter(pk=sol.pk).update(is_superuser=True)
    file = tmp_path / "ring.json"
    with file.open("w", encoding="utf-8") as out:
        call_command("export_ring", ring.pk, "--whole", stdout=out)
    assert ring.events.get(kind="take_along").by_user is None
    gone(ring)
    call_command("import_ring", str(file))
    back = Ring.objects.get()
    assert back.facilitator == cast.fay
    assert file_of(back, Open.WHOLE) == file.read_bytes()
    assert back.events.get(kind="bring_in").refs == {"whole": True}


def test_what_came_back_has_new_keys_and_is_found(ring: Ring, cast: Cast) -> None:
    old = (ring.code, ring.invite, ring.stage_token)
    data = file_of(ring, Open.WHOLE)
    gone(ring)
    (back,) = actions.bring_in(cast.fay, data)
    assert not set(old) & {back.code, back.invite, back.stage_token}
    assert not back.participants.exclude(key_hash="", pin_hash="").exists()
    assert not back.practice
    assert list(Ring.objects.filter(search.found(cast.fay, KNOWN))) == [back]
    assert not Ring.objects.filter(search.found(cast.fay, SECRET)).exists()


def test_refs_of_what_came_back_lead_to_its_own_rows(ring: Ring, cast: Cast) -> None:
    data = file_of(ring, Open.WHOLE)
    (back,) = actions.bring_in(cast.fay, data)  # beside the first
    own = {
        "participant": set(back.participants.values_list("pk", flat=True)),
        "request": set(back.asks.values_list("pk", flat=True)),
        "offer": set(back.offers.values_list("pk", flat=True)),
        "ring": {back.pk},
    }
    rows = 0
    for event in back.events.exclude(kind="bring_in"):
        for name, value in event.refs.items():
            if type(value) is int and name in shape.POINTS:
                assert value in own[shape.POINTS[name]]
        for row in event.was or {}:
            sort, pk = row.split()
            assert int(pk) in own[sort]
            rows += 1
    assert rows


def test_numbers_stay_when_a_ring_comes_in_with_words_but_without_who_offered_privately(
    ring: Ring, cast: Cast
) -> None:
    before, data = numbers(ring), file_of(ring, Open.WORDS)
    gone(ring)
    (back,) = actions.bring_in(cast.fay, data)
    assert numbers(back) == before
    assert back.asks.filter(text=f"A long ladder, {KNOWN}.").exists()
    private = back.offers.get(private=True)
    assert (private.helper.name[0], private.helper.seat, private.note) == ("#", Seat.LEFT, "")
    assert back.phase == Phase.ARCHIVED
    actions.keep_for(back, By(cast.fay), days=30)  # whatever is done with it later
    assert numbers(Ring.objects.get(pk=back.pk)) == before


def test_a_ring_without_words_comes_in_as_one_whose_words_are_gone(ring: Ring, sol: User) -> None:
    before, data = numbers(ring), file_of(ring, Open.NUMBERS)
    gone(ring)
    (back,) = actions.bring_in(sol, data)
    assert numbers(back) == before
    assert back.erased_at
    assert back.facilitator == sol
    assert set(back.asks.values_list("text", "why", "erased")) == {("", "", True)}
    assert all(name.startswith("#") for name in back.participants.values_list("name", flat=True))
    client = Client()
    client.force_login(sol)
    assert "Numbers only" in client.get(f"/past/{back.pk}/").text


def test_who_was_erased_stays_a_number(ring: Ring, cast: Cast) -> None:
    actions.erase_person(ring, cast.by, participant=Participant.objects.get(name="Ada"))
    before = file_of(ring, Open.WHOLE)
    gone(ring)
    (back,) = actions.bring_in(cast.fay, before)
    assert json.loads(file_of(back, Open.WHOLE)) == json.loads(before)
    assert back.participants.filter(erased=True).count() == 1
    assert back.asks.filter(erased=True).count() == 2


def test_a_selection_comes_in_all_of_it_or_nothing(ring: Ring, cast: Cast, sol: User) -> None:
    said = json.loads(file_of(ring, Open.WHOLE))
    said["rings"] = [said["rings"][0], copy.deepcopy(said["rings"][0])]
    assert len(actions.bring_in(sol, json.dumps(said).encode())) == 2
    count = Ring.objects.count()
    said["rings"][1]["asks"][0]["participant"] = 99
    with pytest.raises(NotOurs):
        actions.bring_in(sol, json.dumps(said).encode())
    assert Ring.objects.count() == count


# --- by the page ------------------------------------------------------------------------------------


def bring(user: User, data: bytes, name: str = "ring.json") -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post("/past/import/", {"file": SimpleUploadedFile(name, data)})


def test_staff_bring_a_ring_in_by_its_page(ring: Ring, sol: User) -> None:
    data = file_of(ring, Open.NUMBERS)
    answer = bring(sol, data)
    assert (answer.status_code, answer["Location"]) == (302, "/past/")
    back = Ring.objects.latest("pk")
    assert back.events.get(kind="bring_in").by_user == sol


def test_who_is_not_staff_brings_nothing_in(ring: Ring, cast: Cast) -> None:
    assert bring(cast.fay, file_of(ring, Open.WHOLE)).status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "There is nothing in this file."),
        (b"title,host", "choose one that ends in .json"),
        (b"\xff\xfe\x00", "choose one that ends in .json"),
        (b"[" * 100_000, "choose one that ends in .json"),
        (b'{"ringsite": NaN}', "choose one that ends in .json"),
        (b'{"ringsite": ' + b"9" * 5000 + b"}", "choose one that ends in .json"),
        (b'{"rings": []}', "choose one that ends in .json"),
        (b'{"ringsite": 2, "rings": []}', "of another version"),
        (b'{"ringsite": true, "rings": []}', "of another version"),
        (b'{"ringsite": 1, "holds": "all", "rings": []}', "cannot be: holds"),
        (b'{"ringsite": 1, "holds": "words", "rings": []}', "There is no ring in this file."),
        (b'{"ringsite": 1, "holds": "words", "rings": [1]}', "cannot be: rings"),
        (b'{"ringsite": 1, "holds": "words", "rings": [{}]}', "cannot be: ring."),
        (b" " * (shape.AT_MOST + 1), "This file is too large."),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_what_is_no_file_of_ours_is_refused_at_its_field(sol: User, data: bytes, says: str) -> None:
    answer = bring(sol, data)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'id="id_file_error"' in answer.text
    assert not Ring.objects.exists()


def changed(said: dict[str, Any], path: str, value: Any) -> bytes:
    """A file of one ring, in which one thing is otherwise."""
    said = copy.deepcopy(said)
    *way, last = path.split()
    at = said["rings"][0]
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    return json.dumps(said).encode()


ODD: list[tuple[str, Any]] = [
    ("ring phase", "turns"),
    ("ring phase", "nowhere"),
    ("ring ended_at", "9999-12-31T23:59:00+00:00"),
    ("ring ended_at", "2026-01-01T10:00:00"),
    ("ring began_at", "0001-01-01T00:00:00+14:00"),
    ("ring turn_seconds", "240"),
    ("ring turn_seconds", -1),
    ("ring turn_seconds", True),
    ("ring turn_seconds", 10**30),
    ("ring keep_days", 31),
    ("ring language", "<b>"),
    ("ring title", ""),
    ("ring title", "x" * 121),
    ("ring title", "a\0b"),
    ("ring title", None),
    ("ring facilitator", ["x"]),
    ("ring circle", "x" * 81),
    ("people", None),
    ("people 0", "Ada"),
    ("people 0 id", 2),
    ("people 0 id", "1"),
    ("people 0 name", "x" * 61),
    ("people 0 name", "\u200b"),
    ("people 0 name", {}),
    ("people 0 name", "Bo"),  # twice the same
    ("people 0 claims", 99),
    ("people 0 claims", 2),  # and yet let in
    ("people 0 seat", "throne"),
    ("people 0 proxy", 1),
    ("asks 0 participant", 99),
    ("asks 0 participant", True),
    ("asks 0 participant", None),
    ("asks 0 text", ""),
    ("asks 0 status", "won"),
    ("asks 0 by", "tomorrow"),
    ("asks 0 round", 2),  # twice in a round
    ("asks 0 round", 40_000),
    ("offers 0 ask", 99),
    ("offers 0 helper", 99),
    ("offers 0 helper", None),
    ("offers 0 helper", 1),  # to themselves
    ("offers 0 kind", ""),
    ("wordings 0 ask", 0),
    ("replies 0 participant", -1),
    ("replies", {}),
    ("events 0 by", 99),
    ("events 0 by", "nobody"),
    ("events 0 kind", "x" * 25),
    ("events 0 kind", "open_words"),
    ("events 0 refs", {"note": "What somebody wrote, at length!"}),
    ("events 0 refs", {"a": {"b": 1}}),
    ("events 0 refs", {"a": [["b"]]}),
    ("events 0 refs", None),
    ("events 0 version", 2),  # twice the same
    ("events 0 was", {"ring 1": {"title": "x" * 200}}),
    ("events 0 was", {"ring 1": {"phase": "nowhere"}}),
    ("events 0 was", {"ring 1": {"code": "22222222"}}),
    ("events 0 was", {"user 1": {"is_staff": True}}),
    ("events 0 was", {"request 1": {"place": -3}}),
    ("events 0 was", {"request 1": 3}),
    ("tally people", None),
    ("tally people", 1.5),
    ("tally first_offers", [1, "2"]),
    ("tally sketch", '"><script>'),
    ("tally actual_minutes", 1e300),
]


def test_a_value_that_cannot_be_is_refused_and_nothing_is_kept(ring: Ring, sol: User) -> None:
    said = json.loads(file_of(ring, Open.WHOLE))
    wrong = []
    for path, value in ODD:
        answer = bring(sol, changed(said, path, value))
        if answer.status_code != 422 or Ring.objects.count() != 1:
            wrong.append(f"{path} {value!r}: {answer.status_code}")
            Ring.objects.exclude(pk=ring.pk).delete()
    assert wrong == []


def test_the_sentence_says_where_it_is(ring: Ring, sol: User) -> None:
    said = json.loads(file_of(ring, Open.WHOLE))
    assert "points at what is not there: offers 1, helper." in bring(
        sol, changed(said, "offers 0 helper", 99)
    ).text  # fmt: skip
    assert "cannot be: asks 1, status." in bring(sol, changed(said, "asks 0 status", "won")).text


def _places(said: Any, way: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a ring's file and its path; of lists of rows the first three."""
    pairs = said.items() if isinstance(said, dict) else enumerate(said[:3])
    for name, value in pairs:
        path = f"{way} {name}".strip()
        yield path, value
        if isinstance(value, dict | list):
            yield from _places(value, path)


JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**40, 10**30, 0.5, 1e308, "", [], {}, [[]], [None], {"a": None}),
    *("x" * 1000, "2026-02-30", "\ud800", "\0", "=1+1", {"request 1": None}, [{}]),
)


def test_no_value_in_any_place_makes_the_import_or_the_review_fall(ring: Ring, sol: User) -> None:
    said = json.loads(file_of(ring, Open.WHOLE))
    places = [path for path, _ in _places(said["rings"][0])]
    assert len(places) > 200
    client = Client()
    client.force_login(sol)
    for n, path in enumerate(places):
        for junk in JUNK[n % 7 :: 7]:
            try:
                (back,) = actions.bring_in(sol, changed(said, path, junk))
            except NotOurs:
                continue
            assert client.get(f"/past/{back.pk}/").status_code == 200, f"{path} {junk!r}"
            back.delete()


TEXTS: dict[str, tuple[int, Callable[[], str]]] = {
    "people 0 name": (60, lambda: Participant.objects.order_by("pk")[0].name),
    "ring title": (120, lambda: Ring.objects.get().title),
    "asks 0 text": (600, lambda: Request.objects.order_by("pk")[0].text),
    "offers 0 note": (400, lambda: Offer.objects.order_by("pk")[0].note),
}


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_is_cleaned_as_if_it_were_typed(ring: Ring, sol: User, path: str) -> None:
    said = json.loads(file_of(ring, Open.WHOLE))
    gone(ring)
    limit, kept = TEXTS[path]
    for name, text in (corpus.TEXTS | corpus.INVISIBLE | corpus.NUL).items():
        wanted = clean_text(text)
        answer = bring(sol, changed(said, path, text))
        if answer.status_code == 302:
            assert kept() == (wanted if has_visible(wanted) else ""), name
            Ring.objects.all().delete()
        else:
            refused = "\0" in wanted or not has_visible(wanted) or len(wanted) > limit
            assert refused or path == "people 0 name", f"{name}: {answer.status_code}"
            assert answer.status_code == 422


# --- by the command ---------------------------------------------------------------------------------


def test_the_commands_say_what_is_wrong(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no past ring"):
        call_command("export_ring", cast.ring.pk)
    file = tmp_path / "ring.json"
    file.write_bytes(b"[]")
    with pytest.raises(CommandError, match="Make an account first"):
        call_command("import_ring", str(file))
    User.objects.update(is_superuser=True)
    with pytest.raises(CommandError, match="choose one that ends"):
        call_command("import_ring", str(file))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_ring", str(tmp_path / "none.json"))
    assert not Event.objects.filter(kind="bring_in").exists()
