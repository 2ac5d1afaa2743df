"""Who may do what: one table over every route and every socket, each cell run for real.

A cell says what is answered: a status, `in` for the way to the sign-in page, or which page it is (`ring`,
`door`, `join`). `+` says that it changes something; a cell without it leaves the whole database as it is.
A method that is not listed answers 405 to everybody.

The ring of the table is Fay's, in its turns. *participant* has a seat in it, *waiting* is at its door,
*foreign* has a seat in Gus's ring, *removed* is whose seat moved to another device or who was turned away,
*owner* is Fay, who has it in hand, *cofacilitator* is Gil, who leads with her, *other* is Gus, *staff* may do
all that staff can, *stage* has the stage's secret link alone.
"""

import asyncio
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from rings.routing import websocket_urlpatterns
from tests.authorisation import (
    DENIED,
    PAST,
    PEOPLE,
    Person,
    World,
    answer,
    digest,
    every_route,
    is_ours,
    told,
    undone,
)
from tests.conftest import Cast
from tests.server import ROOT, Server

TABLE = """
route            method   anonymous participant waiting foreign removed owner cofacilitator other staff stage

# the front door
home             GET      200   200   200   200   200   200   200           200   200   200
home             POST     302   302   302   302   302   302   302           302   302   302
invited          GET      join  302   302   join  join  join  join          join  join  join
keeping          GET      200   200   200   200   200   200   200           200   200   200
erased           GET      200   200   200   200   200   200   200           200   200   200
language         GET      200   200   200   200   200   200   200           200   200   200
language         POST     302   302   302   302   302   302   302           302   302   302
demo_desk        GET POST 404   404   404   404   404   404   404           404   404   404
demo_mails       GET POST 404   404   404   404   404   404   404           404   404   404

mine             GET      200   200   200   200   200   200   200           200   200   200
mine             POST     200+  200+  200+  200+  200+  200+  200+          200+  200+  200+
mine_by_mail     GET POST 404   404   404   404   404   404   404           404   404   404
manifest         GET      200   200   200   200   200   200   200           200   200   200
offline          GET      200   200   200   200   200   200   200           200   200   200
worker           GET      200   200   200   200   200   200   200           200   200   200

# the phone
ring             GET      join  ring  door  join  join  join  join          join  join  join
join             POST     302+  302   302   302+  302+  302+  302+          302+  302+  302+
claim            POST     302+  302   302   302+  302+  302+  302+          302+  302+  302+
ring_screen      GET      404   200   404   404   404   404   404           404   404   404
ask              GET      404   200   404   404   404   404   404           404   404   404
ask              POST     404   302+  404   404   404   404   404           404   404   404
studio           POST     404   200   404   404   404   404   404           404   404   404
offer            GET      404   200   404   404   404   404   404           404   404   404
offer            POST     404   302+  404   404   404   404   404           404   404   404
reply            GET      404   200   404   404   404   404   404           404   404   404
reply            POST     404   409   404   404   404   404   404           404   404   404
unreply          POST     404   409   404   404   404   404   404           404   404   404
ask_again        GET      404   200   404   404   404   404   404           404   404   404
ask_again        POST     404   409   404   404   404   404   404           404   404   404
# what is offered to Ada is for her to answer, and she is nobody of this table
help             GET      404   404   404   404   404   404   404           404   404   404
answer/accept    POST     404   404   404   404   404   404   404           404   404   404
answer/not-needed POST    404   404   404   404   404   404   404           404   404   404
answer/thank     POST     404   404   404   404   404   404   404           404   404   404
answer/most-useful POST   404   404   404   404   404   404   404           404   404   404
answer/kept      POST     404   404   404   404   404   404   404           404   404   404
answer/unsay     POST     404   404   404   404   404   404   404           404   404   404
promise          GET      404   200   404   404   404   404   404           404   404   404
# nothing is said of a promise before the closing
promise_ics      GET      404   200   404   404   404   404   404           404   404   404
say/first        POST     404   409   404   404   404   404   404           404   404   404
say/kept         POST     404   409   404   404   404   404   404           404   404   404
say/still        POST     404   409   404   404   404   404   404           404   404   404
say/let-go       POST     404   409   404   404   404   404   404           404   404   404
say/unsay        POST     404   409   404   404   404   404   404           404   404   404
ask_small        GET      404   200   404   404   404   404   404           404   404   404
ask_small        POST     404   409   404   404   404   404   404           404   404   404
reach            GET      404   200   404   404   404   404   404           404   404   404
reach            POST     404   302+  404   404   404   404   404           404   404   404
# of an ask that was not asked yet nothing has come
outcome          POST     404   404   404   404   404   404   404           404   404   404
withdraw         POST     404   302+  404   404   404   404   404           404   404   404
here             POST     404   409   404   404   404   404   404           404   404   404
return_link      GET      404   200   404   404   404   404   404           404   404   404
return_link      POST     404   200+  404   404   404   404   404           404   404   404
erase_me         GET      404   200   200   404   404   404   404           404   404   404
erase_me         POST     404   302+  302+  404   404   404   404           404   404   404
leave            POST     404   302+  404   404   404   404   404           404   404   404
come_again       POST     404   302   302   404   404   404   404           404   404   404
pin_in           GET      200   200   200   200   200   200   200           200   200   200
pin_in           POST     302+  422   302+  302+  302+  302+  302+          302+  302+  302+
come_back        GET      404   200   200   404   404   404   404           404   404   404
come_back        POST     404   302   302   404   404   404   404           404   404   404
reminders        GET      404   200   404   404   404   404   404           404   404   404
reminders        POST     404   302+  404   404   404   404   404           404   404   404
reminded         GET POST 404   404   404   404   404   404   404           404   404   404
no_reminders     GET POST 404   404   404   404   404   404   404           404   404   404

# the stage
stage            GET      404   404   404   404   404   200   200           404   404   200
stage_screen     GET      404   404   404   404   404   200   200           404   404   200

# the desk
my_rings         GET      in    in    in    in    in    200   200           200   200   in
new_ring         GET      in    in    in    in    in    200   200           200   200   in
new_ring         POST     in    in    in    in    in    302+  302+          302+  302+  in
plan             GET      in    in    in    in    in    200   200           200   200   in
desk             GET      in    in    in    in    in    200   200           404   404   in
desk_screen      GET      in    in    in    in    in    200   200           404   404   in
ics              GET      in    in    in    in    in    404   404           404   404   in
move             POST     in    in    in    in    in    302+  409           404   404   in
pause            POST     in    in    in    in    in    302+  409           404   404   in
turn/next        POST     in    in    in    in    in    302+  409           404   404   in
turn/defer       POST     in    in    in    in    in    302+  409           404   404   in
turn/skip        POST     in    in    in    in    in    302+  409           404   404   in
time/more        POST     in    in    in    in    in    302+  409           404   404   in
time/start       POST     in    in    in    in    in    302+  409           404   404   in
time/trim        POST     in    in    in    in    in    302+  409           404   404   in
time/agree       POST     in    in    in    in    in    302+  409           404   404   in
time/break       POST     in    in    in    in    in    302+  409           404   404   in
turn/back        POST     in    in    in    in    in    409   409           404   404   in
undo             POST     in    in    in    in    in    302+  409           404   404   in
queue            POST     in    in    in    in    in    302+  409           404   404   in
order/shuffle    POST     in    in    in    in    in    302+  409           404   404   in
# nobody here was in a ring before
order/rotate     POST     in    in    in    in    in    409   409           404   404   in
spoke            POST     in    in    in    in    in    302+  302+          404   404   in
tender           POST     in    in    in    in    in    302+  409           404   404   in
card             POST     in    in    in    in    in    409   409           404   404   in
own/seat         POST     in    in    in    in    in    409   409           404   404   in
own/done         POST     in    in    in    in    in    409   409           404   404   in
my_script        GET      in    in    in    in    in    200   200           200   200   in
my_script        POST     in    in    in    in    in    302+  302+          302+  302+  in
add_seat         POST     in    in    in    in    in    302+  302+          404   404   in
admit/admit      POST     in    in    in    in    in    302+  302+          404   404   in
admit/turn-away  POST     in    in    in    in    in    302+  302+          404   404   in
admit_all        POST     in    in    in    in    in    302+  302+          404   404   in
lock             POST     in    in    in    in    in    409   409           404   404   in
put_out/remove   POST     in    in    in    in    in    302+  302+          404   404   in
put_out/block    POST     in    in    in    in    in    302+  302+          404   404   in
put_out/let-in   POST     in    in    in    in    in    409   409           404   404   in
rename           POST     in    in    in    in    in    302+  302+          404   404   in
merge            GET      in    in    in    in    in    200   200           404   404   in
merge            POST     in    in    in    in    in    302+  302+          404   404   in
pin              GET      in    in    in    in    in    200   200           404   404   in
pin              POST     in    in    in    in    in    200+  200+          404   404   in
write_for        GET      in    in    in    in    in    200   200           404   404   in
write_for        POST     in    in    in    in    in    302+  302+          404   404   in
scribe           POST     in    in    in    in    in    302+  302+          404   404   in
withdraw_for     POST     in    in    in    in    in    302+  302+          404   404   in

# leading together: the link is for whoever opens it first; what only the owner may, the team may not
lead             GET      in    in    in    in    in    302   302           200   200   in
lead             POST     in    in    in    in    in    302   302           302+  302+  in
team             GET      in    in    in    in    in    200   404           404   404   in
invite           POST     in    in    in    in    in    302+  404           404   404   in
stop_invitations POST     in    in    in    in    in    302+  404           404   404   in
take_off         POST     in    in    in    in    in    302+  404           404   404   in
hand_over        POST     in    in    in    in    in    302+  409           404   404   in
take_over        POST     in    in    in    in    in    409   302+          404   404   in
see              GET      in    in    in    in    in    200   200           404   404   in
see_stage        GET      in    in    in    in    in    200   200           404   404   in
see_phone        GET      in    in    in    in    in    ring  ring          404   404   in

# a rehearsal: the ring of the table is real, so there is nothing to step, hurry or delete
rehearse         POST     in    in    in    in    in    302+  302+          302+  302+  in
rehearsal_step   POST     in    in    in    in    in    404   404           404   404   in
rehearsal_pace   POST     in    in    in    in    in    404   404           404   404   in
rehearsal_end    POST     in    in    in    in    in    404   404           404   404   in

# for machines: metrics asks for its token
healthz          GET HEAD 200   200   200   200   200   200   200           200   200   200
readyz           GET HEAD 200   200   200   200   200   200   200           200   200   200
metrics          GET HEAD 404   404   404   404   404   404   404           404   404   404

# past rings
past_rings       GET      in    in    in    in    in    200   200           200   200   in
across           GET      in    in    in    in    in    200   200           200   200   in
rings_csv        GET      in    in    in    in    in    200   200           200   200   in
rings_json       GET      in    in    in    in    in    200   200           200   200   in
bring_in         GET      in    in    in    in    in    404   404           404   200   in
bring_in         POST     in    in    in    in    in    404   404           404   302+  in
audit            GET      in    in    in    in    in    200   200           200   200   in
# these are about another ring of Fay's, which Gil led with her and which is over
review           GET      in    in    in    in    in    200   200           404   200   in
ring_audit       GET      in    in    in    in    in    200   200           404   200   in
replay           GET      in    in    in    in    in    200   200           404   200   in
replay_scene     GET      in    in    in    in    in    200   200           404   200   in
open_words       POST     in    in    in    in    in    302   302           404   302+  in
keep_for         POST     in    in    in    in    in    302+  404           404   404   in
erase_ring       GET      in    in    in    in    in    200   404           404   404   in
erase_ring       POST     in    in    in    in    in    302+  404           404   404   in
erase_them       GET      in    in    in    in    in    200   404           404   404   in
erase_them       POST     in    in    in    in    in    302+  404           404   404   in
# with names and words, which is recorded, only where they are open
ring_csv         GET      in    in    in    in    in    200   200           404   200   in
ring_csv         POST     in    in    in    in    in    200+  200+          404   404   in
ring_json        GET      in    in    in    in    in    200   200           404   200   in
ring_json        POST     in    in    in    in    in    200+  200+          404   404   in

# accounts: with nothing filled in; allauth keeps what was sent in a session while one signs in
account_login                   GET POST   200   200   200   200   200   302   302           302   302   200
account_signup                  GET POST   200   200   200   200   200   302   302           302   302   200
account_request_login_code      GET POST   200   200   200   200   200   302   302           302   302   200
account_reset_password_*done    GET        200   200   200   200   200   200   200           200   200   200
account_reset_password*         GET POST   200   200   200   200   200   200   200           200   200   200
account_inactive                GET        200   200   200   200   200   200   200           200   200   200
account_confirm_login_code      GET POST   302   302   302   302   302   302   302           302   302   302
account_logout                  GET        302   302   302   302   302   200   200           200   200   302
account_logout                  POST       302   302   302   302   302   302+  302+          302+  302+  302
account_email                   GET        in    in    in    in    in    200+  200+          200+  200+  in
account_email                   POST       in    in    in    in    in    302+  302+          302+  302+  in
account_email_verification_sent GET POST   in    in    in    in    in    302   302           302   302   in
account_change_password         GET POST   in    in    in    in    in    302   302           302   302   in
account_set_password            GET POST   in    in    in    in    in    200   200           200   200   in
account_reauthenticate          GET POST   in    in    in    in    in    403   403           403   403   in
mfa_reauthenticate*             GET POST   in    in    in    in    in    403   403           403   403   in
mfa_authenticate                GET POST   in    in    in    in    in    302   302           302   302   in
mfa_login_webauthn              GET POST   in    in    in    in    in    302   302           302   302   in
mfa_index                       GET        in    in    in    in    in    200   200           200   200   in
mfa_list_webauthn               GET        in    in    in    in    in    200   200           200   200   in
mfa_a*_*                        GET        in    in    in    in    in    200+  200+          200+  200+  in
mfa_a*_*                        POST       in+   in+   in+   in+   in+   200+  200+          200+  200+  in+
mfa_generate_recovery_codes     GET        in    in    in    in    in    200   200           200   200   in
mfa_generate_recovery_codes     POST       in+   in+   in+   in+   in+   200   200           200   200   in+
mfa_view_recovery_codes         GET        in    in    in    in    in    404   404           404   404   in
mfa_d*_*                        GET POST   in    in    in    in    in    404   404           404   404   in
mfa_*_webauthn                  GET        in    in    in    in    in    404   404           404   404   in
mfa_*_webauthn                  POST       in+   in+   in+   in+   in+   404   404           404   404   in+

# Django's admin: rings and what is in them only to look at
admin:login                     GET        in    in    in    in    in    403   403           403   302   in
admin:login                     POST       in    in    in    in    in    403   403           403   200   in
admin:logout                    GET        302   302   302   302   302   302   302           302   405   302
admin:logout                    POST       302   302   302   302   302   302   302           302   302+  302
admin:view_on_site              GET POST   in    in    in    in    in    in    in            in    404   in
admin:autocomplete              GET        in    in    in    in    in    in    in            in    403   in
admin:jsi18n                    GET        in    in    in    in    in    in    in            in    200   in
admin:password_change_done      GET        in    in    in    in    in    in    in            in    200   in
admin:password_change           GET POST   in    in    in    in    in    in    in            in    200   in
admin:index                     GET POST   in    in    in    in    in    in    in            in    200   in
admin:app_list                  GET POST   in    in    in    in    in    in    in            in    200   in
admin:rings_*_add               GET POST   in    in    in    in    in    in    in            in    403   in
admin:rings_*_delete            GET POST   in    in    in    in    in    in    in            in    403   in
admin:rings_*_change            GET        in    in    in    in    in    in    in            in    200   in
admin:rings_*_change            POST       in    in    in    in    in    in    in            in    403   in
admin:rings_*_history           GET POST   in    in    in    in    in    in    in            in    200   in
admin:rings_*_changelist        GET POST   in    in    in    in    in    in    in            in    200   in
admin:mfa_authenticator_add     GET POST   in    in    in    in    in    in    in            in    403   in
admin:auth_user_*               GET POST   in    in    in    in    in    in    in            in    200   in
admin:*_changelist              GET POST   in    in    in    in    in    in    in            in    200   in
admin:*_add                     GET POST   in    in    in    in    in    in    in            in    200   in
admin:*_*_*                     GET POST   in    in    in    in    in    in    in            in    302   in
admin/*<path:object_id>/        GET POST   in    in    in    in    in    in    in            in    302   in
admin/(?P<url>.*)$              GET POST   in    in    in    in    in    in    in            in    404   in
"""

SOCKETS = """
path                       anonymous participant waiting foreign removed owner cofacilitator other staff stage
r/<code>/live/             4404  open  4404  4404  4404  4404  4404          4404  4404  4404
stage/<token>/live/        4404  4404  4404  4404  4404  open  open          4404  4404  open
desk/<pk>/live/            4401  4401  4401  4401  4401  open  open          4404  4404  4401
anything-else              4404  4404  4404  4404  4404  4404  4404          4404  4404  4404
"""

METHODS = {"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
ADD = "has no row here. Add one to the table in tests/test_authorisation.py: who gets what answer?"


def rows(table: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Each row as its route, its methods, and what each person is answered."""
    found = []
    for line in table.strip().splitlines()[1:]:
        if line and not line.startswith("#"):
            route, *rest = line.split()
            methods, cells = rest[: -len(PEOPLE)], rest[-len(PEOPLE) :]
            found.append((route, methods, dict(zip(PEOPLE, cells, strict=True))))
    return found


ROWS = rows(TABLE)


def row_of(route: str) -> str:
    """The first row that is for a route: by its name, or by a pattern of names."""
    return next((row for row, _, _ in ROWS if fnmatchcase(route, row.replace("[", "[[]"))), "")


type Cell = tuple[str, str, str, Person, str]


def cells(world: World, *, ours: bool) -> list[Cell]:
    """Every cell: route, method, whose, who, and what the table says."""
    found = []
    commands = {row for row, _, _ in ROWS if "/" in row and is_ours(row)}
    named = {row.partition("/")[0] for row in commands}
    routes = [route for route in every_route() if route not in named]
    for route in [*routes, *sorted(commands)]:
        if is_ours(route) is not ours:
            continue
        for row, methods, says in ROWS:
            if row != row_of(route):
                continue
            found += [
                (route, method, whose, person, says[whose])
                for method in methods
                for whose in PEOPLE
                for person in world.people[whose]
            ]
    return found


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


# --- the walk -------------------------------------------------------------------------------------


def test_every_route_has_its_row() -> None:
    without = [route for route in every_route() if not _has_row(route)]
    assert without == [], f"{', '.join(without)}: {ADD}"


def _has_row(route: str) -> bool:
    """Its own row, one for its likes, or one for each of its commands."""
    return bool(row_of(route)) or any(row.startswith(f"{route}/") for row, _, _ in ROWS)


def test_every_row_is_for_a_route_that_exists() -> None:
    routes = list(every_route())
    used = {row_of(route) for route in routes}
    idle = {row for row, _, _ in ROWS if row not in used and row.partition("/")[0] not in routes}
    assert idle == set()


def test_every_socket_has_its_row() -> None:
    patterns = [str(entry.pattern) for entry in websocket_urlpatterns]
    routed = {re.sub(r"<\w+:", "<", pattern) or "anything-else" for pattern in patterns}
    without = routed - {row for row, _, _ in rows(SOCKETS)}
    assert without == set(), f"{', '.join(without)}: {ADD}"


# --- each cell ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ours", [True, False], ids=["the product", "accounts and admin"])
def test_each_cell_is_answered_as_the_table_says(world: World, ours: bool) -> None:
    """With the form's token; what is not marked + leaves every row of the database as it was."""
    before, wrong = digest(), []
    for route, method, whose, person, says in cells(world, ours=ours):
        with undone():
            given = person.ask(world.browser, method, world.path(route, person), world.body(route))
            found = answer(given) + ("+" if digest() != before else "")
        if found != says:
            wrong.append(f"{route} {method} as {whose}: {found}, and the table says {says}")
    assert "\n".join(wrong) == ""


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """But for one: mail programs unsubscribe by themselves, and the address they post to is the proof."""
    before, wrong = digest(), []
    theirs = [cell for cell in cells(world, ours=False) if cell[2] in {"anonymous", "staff"}]
    for route, method, whose, person, _ in cells(world, ours=True) + theirs:
        if method != "POST" or route == "no_reminders":
            continue
        with undone():
            path = world.path(route, person)
            given = person.ask(world.browser, "POST", path, world.body(route), token=False)
            if given.status_code not in {403, 405} or digest() != before:
                wrong.append(f"{route} as {whose}: {given.status_code}")
    assert "\n".join(wrong) == ""


def test_a_method_that_is_not_in_the_table_is_refused_to_everybody(world: World) -> None:
    before, wrong = digest(), []
    allowed: dict[str, set[str]] = {}
    for route, method, *_ in cells(world, ours=True):
        allowed.setdefault(route, set()).add(method)
    for route, methods in allowed.items():
        for method in METHODS - methods:
            for whose in ("anonymous", "participant", "owner"):
                person = world.people[whose][0]
                given = person.ask(world.browser, method, world.path(route, person), {})
                if given.status_code != 405 or digest() != before:
                    wrong.append(f"{route} {method} as {whose}: {given.status_code}")
    assert "\n".join(wrong) == ""


def test_an_id_of_another_ring_a_random_and_a_deleted_one_lead_nowhere_and_tell_nothing(
    world: World,
) -> None:
    """They all give one and the same answer, the one that somebody gets who may not."""
    before, wrong = digest(), []
    for route, method, whose, person, says in cells(world, ours=True):
        for part, values in world.others(route):
            if part in person.knows or (route == "claim" and says == "302"):
                continue  # a key opens its page whoever has it; who sits is led to their seat
            if _their_own(route, whose, part):
                del values["another"]
            answers = {}
            if says in DENIED and whose != "other":  # all the same to them: one is enough
                values = {"random": values["random"]}
            for kind, value in values.items():
                path = world.path(route, person, **{part: value})
                given = person.ask(world.browser, method, path, world.body(route))
                answers[kind] = told(given, path)
                if answer(given) not in DENIED or digest() != before:
                    wrong.append(f"{route} {method} as {whose}, {kind} {part}: {answer(given)}")
            if says in DENIED:  # forbidden looks as unknown does
                path = world.path(route, person)
                given = person.ask(world.browser, method, path, world.body(route))
                answers["the true one"] = told(given, path)
            if len(set(answers.values())) != 1:
                wrong.append(
                    f"{route} {method} as {whose}: {part} is told apart: {sorted(answers)}"
                )
    assert "\n".join(wrong) == ""


def _their_own(route: str, whose: str, part: str) -> bool:
    """Whether the other ring is this person's own, and nothing of Fay's is left in the address."""
    desks = {"desk", "desk_screen", "move", "pause", "undo", "add_seat", "spoke", "card"}
    desks |= {"admit_all", "lock", "team", "invite", "stop_invitations", "hand_over", "take_over"}
    desks |= {"see", "see_stage"}
    if route in PAST:  # Gus looks back on his own, and staff on any
        return whose in {"other", "staff"}
    if whose == "other":
        own = route in desks or route.startswith(("turn/", "time/", "own/", "order/"))
        return part == "pk" and own
    return (route, whose, part) == ("come_back", "foreign", "pk")


def test_a_ring_code_of_another_ring_opens_nothing_with_this_seat(world: World) -> None:
    (bo,) = world.people["participant"]
    code = world.other.ring.code
    for route in ("ring_screen", "ask", "offer", "withdraw", "return_link"):
        method = "POST" if route == "withdraw" else "GET"
        path = world.path(route, bo, code=code)
        assert bo.ask(world.browser, method, path, {}).status_code == 404
    assert answer(bo.ask(world.browser, "GET", f"/r/{code}/", {})) == "join"


# --- sockets --------------------------------------------------------------------------------------


async def _closed_with(server: Server, path: str, person: Person) -> str:
    """The code a socket is closed with, or `open` when a first screen comes."""
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    url = f"ws://127.0.0.1:{server.port}{path}"
    async with connect(url, additional_headers={"Cookie": cookies}, max_size=None) as socket:
        try:
            await asyncio.wait_for(socket.recv(), 20)
        except Exception as closed:
            return str(socket.close_code or repr(closed))
        return "open"


def _addresses(world: World, person: Person) -> dict[str, list[tuple[str, str, str]]]:
    """For each row: the true address as this person knows it, then those with other ids."""
    token, code, pk = person.knows.get("token", world.ring.code), world.ring.code, world.ring.pk
    gone = world.gone_keys
    codes = {
        "true": code,
        "another": world.other.ring.code,
        "random": "BBBBBBBB",
        "deleted": gone["code"],
    }
    tokens = {"true": token, "random": "no-such-token", "deleted": gone["token"]}
    pks = {
        "true": pk,
        "another": world.other.ring.pk,
        "random": 2**40,
        "deleted": world.deleted["ring"],
    }
    return {
        "r/<code>/live/": [("code", kind, f"/r/{each}/live/") for kind, each in codes.items()],
        "stage/<token>/live/": [("token", k, f"/stage/{each}/live/") for k, each in tokens.items()],
        "desk/<pk>/live/": [("pk", kind, f"/desk/{each}/live/") for kind, each in pks.items()],
        "anything-else": [
            ("", "true", path) for path in ("/", "/rings/live/", "/desk/x/live/", "/live/")
        ],
    }


def test_each_socket_is_opened_or_closed_as_the_table_says(server: Server, live_cast: Cast) -> None:
    """A true address does as the table says; any other is closed as if it were somebody else's."""
    world = World(live_cast)

    async def look(path: str, kind: str, whose: str, person: Person, says: str) -> str:
        wanted = "4404" if kind != "true" and says == "open" else says
        found = await _closed_with(server, path, person)
        return "" if found == wanted else f"{path} ({kind}) as {whose}: {found}, not {wanted}"

    async def all_of_them() -> list[str]:
        wrong = []
        for path, _, says in rows(SOCKETS):
            for whose in PEOPLE:
                for person in world.people[whose]:
                    looks = [
                        look(address, kind, whose, person, says[whose])
                        for _, kind, address in _addresses(world, person)[path]
                        if not _is_own(path, kind, whose)
                    ]
                    wrong += await asyncio.gather(*looks)
        return [line for line in wrong if line]

    assert "\n".join(asyncio.run(all_of_them())) == ""


def _is_own(path: str, kind: str, whose: str) -> bool:
    """Gus's ring is no other ring to Gus, nor to those who sit in it."""
    return kind == "another" and whose == ("foreign" if path.startswith("r/") else "other")


# --- default deny ---------------------------------------------------------------------------------

BARE = """
from django.http import HttpResponse
from django.urls import path

from ringsite.settings import *

def bare(request):
    return HttpResponse("Anybody may read this.")

bare.__module__ = "rings.views.bare"
ROOT_URLCONF = "bare_site"
urlpatterns = [path("bare/", bare)]
"""


@pytest.mark.parametrize("command", [["check"], ["serve", "--port", "0"]], ids=lambda c: c[0])
def test_a_view_without_an_audience_stops_the_start(command: list[str], tmp_path: Path) -> None:
    """A site like ours, but for one view that nobody declared: neither checked nor served."""
    (tmp_path / "bare_site.py").write_text(BARE)
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bare_site"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *command],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "rings.E001" in ran.stderr
    assert "rings.views.bare.bare declares no audience" in ran.stderr
