"""A past ring played again: every moment drawn as it was, and nothing told that is told to nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rings import access, actions, live
from rings.actions import By, queue
from rings.live import Audience
from rings.models import Event, Participant, Ring
from rings.past import replay
from rings.phases import Keeping, Phase, Privacy
from rings.picture import Picture
from tests.conftest import SECRET, Cast, Circle, signed_in

SEEN = ("stage_scene", "stage_foot")


def stage(picture: Picture) -> dict[str, str]:
    drawn = live.draw(picture, Audience.STAGE)
    return {name: drawn[name] for name in SEEN}


def as_it_was(ring: Ring) -> dict[str, str]:
    """The stage as it is now, but for who is here, clocks and the way in, which a film leaves out."""
    return stage(replace(Picture.of(ring.pk), film=True))


def seen_again(ring: Ring, version: int, *, words: bool = True) -> dict[str, str]:
    picture = replay.at(ring.pk, version, words=words)
    assert picture
    return stage(picture)


@dataclass
class Evening:
    """A ring that is photographed after every command."""

    cast: Cast
    photos: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def ring(self) -> Ring:
        return Ring.objects.get(pk=self.cast.ring.pk)

    def __call__(self, command: Callable[..., Event], by: By | None = None, **fields: Any) -> Event:
        event = command(self.ring, by or self.cast.by, **fields)
        self.photos[event.version] = as_it_was(self.ring)
        return event

    def join(self, name: str) -> Participant:
        event = self(actions.join, By(None), name=name, key_hash=access.key_hash(name))
        return Participant.objects.get(pk=event.refs["participant"])

    def write(self, who: Participant, **fields: Any) -> None:
        text = f"What {who.name} asks for in round {self.ring.round}."
        self(actions.write, By(who), participant=who, text=text, **fields)

    def move(self, to: Phase, number: int = 0) -> None:
        self(actions.move, to=to, believing=self.ring.phase, number=number)

    def turn(self, command: Callable[..., Event]) -> None:
        self(command, believing=self.ring.current_id)

    def undo(self) -> None:
        act = self.ring.last_act
        assert act
        self(actions.undo, believing=act.version)

    def offer(self, helper: Participant, asker: Participant, **fields: Any) -> int:
        ask = asker.asks.order_by("round").last()
        event = self(actions.offer, By(helper), ask=ask, helper=helper, **fields)
        return int(event.refs["offer"])


@pytest.fixture
def evening(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Evening:
    monkeypatch.setattr(queue, "dice", Random(7))
    Ring.objects.update(rounds=2)
    return Evening(cast)


def play(evening: Evening) -> None:
    """Two rounds in which about everything happens that can happen on a stage."""
    ada, bo, cy, di = (evening.join(name) for name in ("Ada", "Bo", "Cy", "Di"))
    ola = Participant.objects.get(pk=evening(actions.add_seat, name="Ola Berg").refs["participant"])
    host = evening(actions.host_seat).refs["participant"]
    evening.write(Participant.objects.get(pk=host))
    evening(actions.lock, locked=True)
    evening.join("Cy Ng")
    evening(actions.admit_all)
    evening.undo()
    evening(actions.admit_all)
    evening.move(Phase.WELCOME)
    evening(actions.show_card, card="example")
    evening(actions.show_card, card="")
    evening(actions.show_card, card="example")
    evening(actions.count_done)
    evening.move(Phase.WRITING)
    for who in (ada, bo, cy):
        evening.write(who)
    evening(actions.observe, participant=ola, observer=True)
    evening(actions.shuffle, believing=None)
    evening.move(Phase.TURNS)
    asker = evening.ring.current.participant  # type: ignore[union-attr]
    helpers = [who for who in (ada, bo, cy, di) if who != asker]
    evening.offer(helpers[0], asker)
    gone = evening.offer(helpers[1], asker, strength="will_try", kind="introduction")
    offer = evening.ring.offers.get(pk=gone)
    evening(actions.withdraw, By(helpers[1]), offer=offer)
    evening.offer(helpers[1], asker)
    evening.offer(helpers[2], asker, private=True)
    evening(actions.tender, ask=evening.ring.current, hidden=True, paused=True)
    evening(actions.pause, paused=False)
    evening(actions.more_time, phase=Phase.TURNS, believing=evening.ring.current_id)
    evening.turn(actions.next_turn)
    evening.undo()
    evening.turn(actions.next_turn)
    evening.turn(actions.defer)
    evening.turn(actions.back)
    evening(actions.take_break, minutes=10)
    evening.turn(actions.next_turn)
    late = evening.join("Late")
    evening(actions.admit, participant=late)
    evening(actions.remove, participant=di)
    evening(actions.knock, By(None), participant=di)
    evening(actions.turn_away, participant=di)
    evening(actions.let_in, participant=di)
    evening(actions.leave, By(cy), participant=cy)
    evening(actions.rejoin, By(None), participant=cy)
    evening(actions.absent, ask=evening.ring.current, believing=evening.ring.current_id)
    waiting = evening.ring.asks.filter(turn="absent").first()
    assert waiting
    evening(actions.return_to_queue, participant=waiting.participant)
    evening.turn(actions.skip)
    evening.move(Phase.WRITING, 2)
    for who in (ada, bo):
        evening.write(who)
    evening.move(Phase.TURNS, 2)
    asker = evening.ring.current.participant  # type: ignore[union-attr]
    helper = ada if asker != ada else bo
    evening.offer(helper, asker)
    evening.move(Phase.WALL, 2)
    evening.offer(*((bo, ada) if helper == ada else (ada, bo)))
    evening(actions.remove, participant=asker)
    evening.move(Phase.CLOSING, 2)
    evening.move(Phase.FOLLOW_UP, 2)
    evening.undo()
    evening.move(Phase.FOLLOW_UP, 2)
    evening.move(Phase.CLOSING, 2)
    evening.move(Phase.FOLLOW_UP, 2)


def test_each_moment_is_drawn_again_as_it_was_drawn_then(evening: Evening) -> None:
    play(evening)
    kinds = dict(evening.ring.events.values_list("version", "kind"))
    for version, photo in evening.photos.items():
        again = seen_again(evening.ring, version)
        assert again == photo, f"after {kinds[version]} ({version})"


def test_what_came_after_the_end_changes_nothing_that_is_seen(evening: Evening) -> None:
    play(evening)
    offer = evening.ring.offers.filter(status="pledged", asker__seat="joined").first()
    assert offer
    actions.accept(evening.ring, By(offer.asker), offer=offer, needed=True)
    Ring.objects.update(keep_days=Keeping.A_DAY)
    actions.move(
        evening.ring, evening.cast.by, to=Phase.ARCHIVED, believing=Phase.FOLLOW_UP, number=2
    )
    for version, photo in evening.photos.items():
        assert seen_again(evening.ring, version) == photo


def test_an_erased_ring_is_seen_again_without_a_name_or_a_word(evening: Evening) -> None:
    play(evening)
    actions.erase_ring(evening.ring, evening.cast.by)
    for version in evening.photos:
        shown = str(seen_again(evening.ring, version))
        assert "What Ada asks" not in shown
        assert ">Ada<" not in shown


def test_an_older_ring_that_remembers_nothing_is_seen_as_far_as_it_goes(evening: Evening) -> None:
    play(evening)
    evening.ring.events.update(was=None)
    Event.objects.filter(ring=evening.ring).exclude(kind="move").update(refs={})
    for version in evening.photos:
        assert seen_again(evening.ring, version)


def test_two_seats_that_became_one_are_one_from_the_beginning(circle: Circle) -> None:
    cast = circle.cast
    dora = actions.add_seat(circle.ring, cast.by, name="Dora").refs["participant"]
    actions.merge(
        circle.ring, cast.by, participant=circle.bo, other=Participant.objects.get(pk=dora)
    )
    cast.move(Phase.WALL)
    cast.move(Phase.FOLLOW_UP)
    for version in circle.ring.events.values_list("version", flat=True):
        assert "Dora" not in str(seen_again(circle.ring, version))


def test_who_left_after_the_first_round_is_still_whom_was_offered_to(evening: Evening) -> None:
    """Their ask stands in no list of the second round, and the review and the film show the ring."""
    ada, bo = (evening.join(name) for name in ("Ada", "Bo"))
    for who in (ada, bo):
        evening.write(who)
    evening.move(Phase.TURNS)
    evening.offer(bo, ada)
    evening.move(Phase.WRITING, 2)
    evening(actions.leave, By(ada), participant=ada)
    evening.move(Phase.TURNS, 2)
    evening.move(Phase.FOLLOW_UP, 2)
    assert evening.cast.desk().get(f"/past/{evening.ring.pk}/").status_code == 200
    for version, photo in evening.photos.items():
        assert seen_again(evening.ring, version) == photo


# --- what is told to nobody -------------------------------------------------------------------------


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def player(ring: Ring, client: Client, question: str = "") -> str:
    return page(client, f"/past/{ring.pk}/replay/{question}")


def scene(ring: Ring, client: Client, version: int | str) -> str:
    return page(client, f"/past/{ring.pk}/replay/scene/?at={version}")


def versions(ring: Ring) -> list[int]:
    return list(ring.events.order_by("version").values_list("version", flat=True))


def test_staff_see_numbers_and_no_word_at_any_moment(over: Circle, sol: User) -> None:
    client = signed_in(sol)
    shown = [scene(over.ring, client, version) for version in versions(over.ring)]
    for each in (*shown, player(over.ring, client)):
        for word in (SECRET, "ladder", "Ada", ">Bo<", "Said aloud"):
            assert word not in each
    assert "#1</span> is asking" in "".join(shown)


def test_who_led_sees_the_words_and_staff_once_they_said_why(over: Circle, sol: User) -> None:
    turn = over.ring.events.filter(kind="offer").first()
    assert turn
    assert SECRET in scene(over.ring, over.cast.desk(), turn.version)
    actions.open_words(over.ring, By(sol), user=sol, reason="Ada asks what is kept of her.")
    assert SECRET in scene(over.ring, signed_in(sol), turn.version)


def test_a_private_offer_is_a_thread_at_no_moment(over: Circle) -> None:
    shown = [scene(over.ring, over.cast.desk(), version) for version in versions(over.ring)]
    assert any(f'data-by="{over.bo.pk}"' in each for each in shown)
    for each in shown:
        assert f'data-by="{over.cy.pk}"' not in each
        assert "I know one" not in each


@pytest.mark.parametrize("kept", [{"hidden": True}, {"privacy": Privacy.RING_ONLY}])
def test_words_that_stay_in_the_room_are_shown_at_no_moment(
    over: Circle, kept: dict[str, Any]
) -> None:
    over.ring.asks.filter(participant=over.ada).update(**kept)
    for version in versions(over.ring):
        assert SECRET not in scene(over.ring, over.cast.desk(), version)


def test_a_way_in_is_shown_at_no_moment(over: Circle) -> None:
    for version in versions(over.ring):
        shown = scene(over.ring, over.cast.desk(), version)
        for way in (over.ring.code, over.ring.code_shown, over.ring.code[:4], 'class="qr'):
            assert way not in shown


def test_somebody_who_erased_themselves_in_the_middle_is_seen_as_a_number(circle: Circle) -> None:
    before = circle.ring.events.count() + 1
    actions.erase_person(circle.ring, By(circle.ada), participant=circle.ada)
    circle.ring.refresh_from_db()
    circle.cast.move(Phase.WALL)
    circle.cast.move(Phase.FOLLOW_UP)
    shown = scene(circle.ring, circle.cast.desk(), before - 1)
    assert '<span class="asker">#1</span> is asking' in shown
    assert "Ada" not in shown


# --- the player -------------------------------------------------------------------------------------


def test_a_moment_is_shown_without_scripts_with_ways_to_the_turns_beside_it(over: Circle) -> None:
    turns = list(over.ring.events.filter(kind__in=("move", "next_turn")).order_by("version"))
    first, second, wall = (event.version for event in turns[:3])
    shown = player(over.ring, over.cast.desk(), f"?at={second}")
    assert f'scene/?at={second}"' in shown
    assert f'href="?at={first}" data-turn="-1"' in shown
    assert f'href="?at={wall}" data-turn="1"' in shown
    assert f'<option value="{second}" selected>' in shown
    assert "turns: Bo has the ring" in shown


@pytest.mark.parametrize("asked", ["", "?at=", "?at=none", "?at=-1", "?at=0", "?at=99999999999999"])
def test_any_question_is_answered_with_a_moment(over: Circle, asked: str) -> None:
    desk = over.cast.desk()
    assert "data-film" in player(over.ring, desk, asked)
    assert 'id="stage_scene"' in page(desk, f"/past/{over.ring.pk}/replay/scene/{asked}")


def test_a_ring_that_was_called_off_says_kindly_that_there_is_nothing_to_see(cast: Cast) -> None:
    cast.seat("Ada")
    cast.move(Phase.CANCELLED)
    desk = cast.desk()
    assert "There is nothing to play again" in player(cast.ring, desk)
    assert desk.get(f"/past/{cast.ring.pk}/replay/scene/").status_code == 404


def test_the_line_of_time_has_a_bead_a_turn_and_a_dash_an_offer(over: Circle) -> None:
    film = replay.Film(over.ring.pk, words=True)
    marks = replay.marks(replay.moments(film))
    assert [(mark.turn, len(mark.offers)) for mark in marks] == [
        *((False, 0), (True, 2), (True, 0)),
        *((False, 0), (False, 0), (False, 0)),
    ]


def test_hours_in_which_nothing_came_pass_in_a_minute(over: Circle) -> None:
    opened = timezone.now() - timedelta(days=7)
    over.ring.events.filter(kind="open_ring").update(at=opened)
    moments = replay.moments(replay.Film(over.ring.pk, words=True))
    assert moments[1].seconds == 60
    assert moments[-1].seconds < 120


def test_a_reply_is_no_moment_of_the_film(circle: Circle) -> None:
    ask = circle.ada.asks.get()
    event = actions.reply(circle.ring, By(circle.bo), ask=ask, participant=circle.bo, kind="later")
    circle.cast.move(Phase.WALL)
    circle.cast.move(Phase.FOLLOW_UP)
    moments = replay.moments(replay.Film(circle.ring.pk, words=True))
    assert event.version not in {moment.version for moment in moments}


def test_the_player_and_its_stage_ask_as_often_for_a_long_ring_as_for_a_short_one(
    circle: Circle,
) -> None:
    cast, counts = circle.cast, []
    desk = cast.desk()
    for people in (0, 12):
        cast.ring.refresh_from_db()
        if cast.ring.is_over:
            cast.move(Phase.CLOSING)
            cast.move(Phase.WALL)
        for number in range(people):
            who = Participant.objects.get(
                pk=actions.add_seat(cast.ring, cast.by, name=f"N {number}").refs["participant"]
            )
            cast.write(who)
            cast.offer(who, circle.ada)
        if not people:
            cast.move(Phase.WALL)
        cast.move(Phase.FOLLOW_UP)
        for part in ("", "scene/?at=9999"):
            with CaptureQueriesContext(connection) as queries:
                page(desk, f"/past/{cast.ring.pk}/replay/{part}")
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert counts[1] == 9


def test_the_stage_can_be_framed_by_this_site_alone(over: Circle) -> None:
    desk = over.cast.desk()
    held = desk.get(f"/past/{over.ring.pk}/replay/scene/")
    assert held["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in held["Content-Security-Policy"]
    holds = desk.get(f"/past/{over.ring.pk}/replay/")
    assert holds["X-Frame-Options"] == "DENY"
    assert "frame-src 'self'" in holds["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in holds["Content-Security-Policy"]
