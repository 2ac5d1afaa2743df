"""Time at the desk: a minute more, over time, a turn's clock, pauses, breaks; in plan and timeline."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from rings import actions, live
from rings.live import Audience
from rings.models import Participant, Request, Ring
from rings.phases import NotNow, Phase
from rings.picture import Picture
from rings.timeline import Over, Timeline, over_time, timeline
from tests.conftest import Cast

MINUTE = timedelta(minutes=1)


class Room(Cast):
    """A classic ring of six whose lobby ends at a moment of ours; the clock stands still till told."""

    def __init__(self) -> None:
        super().__init__()
        Ring.objects.update(people_expected=6)
        self.people: list[Participant] = []
        for name in ("Ada", "Bo", "Cy", "Dan", "Eve", "Flo"):
            self.people.append(self.seat(name))
            self.write(self.people[-1])

    @property
    def picture(self) -> Picture:
        return Picture.of(self.ring.pk)

    @property
    def current(self) -> Request:
        ask = self.picture.current
        assert ask
        return ask

    @property
    def strip(self) -> Timeline:
        strip = timeline(self.picture)
        assert strip
        return strip

    @property
    def over(self) -> Over | None:
        return over_time(self.picture, self.strip)

    @property
    def left(self) -> timedelta:
        """What is left of the turn or phase that runs."""
        picture = self.picture
        assert picture.deadline
        return picture.deadline - (picture.ring.paused_at or timezone.now())

    def more(self) -> None:
        self.ring.refresh_from_db()
        actions.more_time(self.ring, self.by, phase=self.ring.phase, believing=self.ring.current_id)

    def undo(self) -> None:
        act = Ring.objects.select_related("last_act").get(pk=self.ring.pk).last_act
        assert act
        actions.undo(self.ring, self.by, believing=act.version)
        self.ring.refresh_from_db()

    def trim(self, seconds: int) -> None:
        self.ring.refresh_from_db()
        actions.trim(self.ring, self.by, seconds=seconds, believing=self.ring.turn_seconds)
        self.ring.refresh_from_db()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.fromisoformat("2026-06-01T15:00:00Z"), tick=False) as clock:
        yield clock


@pytest.fixture
def room(db: None, clock: time_machine.Traveller) -> Room:
    """In its turns at 15:15, as planned: 6 × 4 minutes, then 15 around; the end is at 15:54."""
    room = Room()
    room.move(Phase.WELCOME)
    clock.shift(8 * MINUTE)
    room.move(Phase.WRITING)
    clock.shift(7 * MINUTE)
    room.move(Phase.TURNS)
    return room


def test_a_minute_more_is_for_the_turn_that_runs_and_moves_the_end(room: Room) -> None:
    ends = room.strip.ends
    room.more()
    assert room.left == 5 * MINUTE
    assert room.strip.ends == ends + MINUTE
    assert room.strip.lag == "1 min behind"
    room.next()
    assert room.left == 4 * MINUTE


def test_a_minute_more_is_taken_back(room: Room) -> None:
    room.more()
    room.more()
    room.undo()
    assert room.left == 5 * MINUTE


def test_a_minute_more_for_a_turn_that_has_passed_is_refused(room: Room) -> None:
    believing = room.current.pk
    room.next()
    with pytest.raises(NotNow, match="Bo already has the ring"):
        actions.more_time(room.ring, room.by, phase=Phase.TURNS, believing=believing)
    with pytest.raises(NotNow, match="already in its turns phase"):
        actions.more_time(room.ring, room.by, phase=Phase.WRITING, believing=None)


def test_a_phase_with_a_fixed_length_gets_a_minute_too(room: Room) -> None:
    room.move(Phase.WRITING)
    room.more()
    assert room.left == 8 * MINUTE
    assert 'data-total="480000"' in desk(room)
    room.undo()
    assert room.left == 7 * MINUTE


def test_half_an_hour_more_is_enough(room: Room) -> None:
    for _ in range(30):
        room.more()
    with pytest.raises(NotNow, match="half an hour"):
        room.more()


def test_paused_time_is_in_no_turn_and_a_minute_more_in_a_pause_counts(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(MINUTE)
    actions.pause(room.ring, room.by, paused=True)
    clock.shift(10 * MINUTE)
    room.more()
    assert room.left == 4 * MINUTE
    actions.pause(room.ring, room.by, paused=False)
    assert room.left == 4 * MINUTE
    assert room.strip.lag == "11 min behind"


# --- over time ------------------------------------------------------------------------------------


def test_under_three_minutes_late_nothing_is_said(room: Room) -> None:
    for _ in range(2):
        room.more()
    assert room.over is None
    room.more()
    assert room.over
    assert room.over.minutes == 3


def test_over_time_says_how_short_turns_or_how_late_the_end(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(9 * MINUTE)
    room.next()
    over = room.over
    assert over
    assert (over.minutes, over.turn, over.in_time) == (5, 165, True)  # 5 minutes off 4 turns
    assert f"{over.end:%H:%M}" == "15:59"
    page = desk(room)
    assert "You are 5 minutes over" in page
    assert "Trim turns to 2:45" in page
    assert "End at" in page


def test_trimmed_turns_meet_the_planned_end_and_the_one_that_runs_keeps_its_own(
    room: Room, clock: time_machine.Traveller
) -> None:
    planned = room.strip.planned
    clock.shift(9 * MINUTE)
    room.next()
    assert room.over
    room.trim(room.over.turn)
    assert room.left == 4 * MINUTE
    assert room.over is None
    assert (room.strip.planned, room.strip.ends) == (planned, planned)
    room.next()
    assert room.left == timedelta(seconds=165)
    assert room.strip.planned == planned


def test_a_turn_is_a_minute_at_least_and_the_desk_says_what_that_saves(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(30 * MINUTE)
    room.next()
    over = room.over
    assert over
    assert (over.turn, over.in_time) == (60, False)
    assert over.trimmed == room.strip.ends - 4 * 3 * MINUTE
    assert "Turns of 1:00 would end it at" in desk(room)
    with pytest.raises(NotNow, match="at least"):
        room.trim(59)


def test_in_the_last_turn_there_is_nothing_to_trim(room: Room) -> None:
    for _ in range(5):
        room.next()
    for _ in range(24):
        room.more()
    assert room.over
    assert room.over.turn == 0
    assert "time-trim" not in desk(room)


def test_trimming_is_taken_back_whole(room: Room) -> None:
    planned = room.strip.planned
    room.trim(120)
    room.undo()
    assert (room.ring.turn_seconds, room.ring.agreed_end) == (240, None)
    assert (room.left, room.strip.planned) == (4 * MINUTE, planned)


def test_a_second_press_on_trim_changes_nothing(room: Room) -> None:
    room.trim(120)
    with pytest.raises(NotNow, match="changed already"):
        actions.trim(room.ring, room.by, seconds=120, believing=240)


def test_an_agreed_end_is_the_plan_from_then_on(room: Room, clock: time_machine.Traveller) -> None:
    clock.shift(9 * MINUTE + timedelta(seconds=10))
    room.next()
    assert room.over
    end = room.over.end
    actions.agree_end(room.ring, room.by, end=end, believing=None)
    assert room.over is None
    assert room.strip.planned == end
    assert end - room.strip.ends < MINUTE
    assert float(room.strip.plan[-1].x) + float(room.strip.plan[-1].width) <= 452
    with pytest.raises(NotNow, match="already"):
        actions.agree_end(room.ring, room.by, end=end + MINUTE, believing=None)
    room.undo()
    assert room.strip.planned < end


@pytest.mark.parametrize("minutes", [-1, 25 * 60])
def test_an_end_is_agreed_for_later_today(room: Room, minutes: int) -> None:
    end = timezone.now() + minutes * MINUTE
    with pytest.raises(NotNow, match="later today"):
        actions.agree_end(room.ring, room.by, end=end, believing=None)


# --- the clock of a turn --------------------------------------------------------------------------


def test_a_turn_s_clock_can_be_started_once_in_its_first_minute(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(MINUTE)
    room.next()
    clock.shift(timedelta(seconds=40))
    assert "Start the clock now" in desk(room)
    actions.start_clock(room.ring, room.by, believing=room.current.pk)
    assert room.left == 4 * MINUTE
    assert "Start the clock now" not in desk(room)
    clock.shift(timedelta(seconds=5))
    with pytest.raises(NotNow, match="once already"):
        actions.start_clock(room.ring, room.by, believing=room.current.pk)
    room.undo()
    assert room.left == 4 * MINUTE - timedelta(seconds=45)


def test_the_first_turn_s_clock_can_be_started_too(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(seconds=20))
    actions.start_clock(room.ring, room.by, believing=room.current.pk)
    assert room.left == 4 * MINUTE


def test_a_turn_well_on_its_way_is_not_begun_anew(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(2 * MINUTE)
    with pytest.raises(NotNow, match="well on its way"):
        actions.start_clock(room.ring, room.by, believing=room.current.pk)


def test_a_turn_given_back_has_no_new_beginning(room: Room, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=10))
    room.next()
    clock.shift(timedelta(seconds=10))
    actions.back(room.ring, room.by, believing=room.current.pk)
    assert "Start the clock now" not in desk(room)


# --- a break --------------------------------------------------------------------------------------


def test_a_break_says_everywhere_when_it_ends_and_is_in_no_turn(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(MINUTE)
    actions.take_break(room.ring, room.by, minutes=10)
    until = timezone.now() + 10 * MINUTE
    for audience in Audience:
        html = "".join(live.draw(room.picture, audience).values())
        assert f'data-deadline="{int(until.timestamp() * 1000)}"' in html, audience
    clock.shift(12 * MINUTE)
    actions.pause(room.ring, room.by, paused=False)
    room.ring.refresh_from_db()
    assert (room.ring.break_until, room.left) == (None, 3 * MINUTE)


def test_a_pause_becomes_a_break_and_undone_a_pause_again(
    room: Room, clock: time_machine.Traveller
) -> None:
    actions.pause(room.ring, room.by, paused=True)
    clock.shift(MINUTE)
    actions.take_break(room.ring, room.by, minutes=5)
    clock.shift(timedelta(seconds=20))
    room.undo()
    assert (room.ring.break_until, room.ring.paused_at) == (
        None,
        timezone.now() - timedelta(seconds=80),
    )
    assert room.left == 4 * MINUTE


def test_a_break_taken_back_costs_the_turn_nothing(
    room: Room, clock: time_machine.Traveller
) -> None:
    clock.shift(MINUTE)
    actions.take_break(room.ring, room.by, minutes=5)
    clock.shift(timedelta(seconds=20))
    room.undo()
    assert (room.ring.break_until, room.ring.paused_at) == (None, None)
    assert room.left == 3 * MINUTE


def test_moving_on_ends_a_break(room: Room) -> None:
    actions.take_break(room.ring, room.by, minutes=5)
    room.next()
    assert (room.ring.break_until, room.ring.paused_at) == (None, None)


@pytest.mark.parametrize("minutes", [0, 61])
def test_a_break_has_a_length_people_can_wait(room: Room, minutes: int) -> None:
    with pytest.raises(NotNow, match="up to 60 minutes"):
        actions.take_break(room.ring, room.by, minutes=minutes)


def test_in_the_lobby_there_is_nothing_to_take_a_break_from(cast: Cast) -> None:
    with pytest.raises(NotNow, match="nothing running"):
        actions.take_break(cast.ring, cast.by, minutes=5)


# --- over HTTP ------------------------------------------------------------------------------------


def test_each_tap_works_as_a_plain_post(room: Room, clock: time_machine.Traveller) -> None:
    clock.shift(9 * MINUTE)
    room.next()
    over, desk_of, path = room.over, room.desk(), f"/desk/{room.ring.pk}/time"
    assert over
    now = room.current.pk
    taps = [
        ("start", {"believing": now}),
        ("more", {"to": "turns", "believing": now}),
        ("trim", {"to": over.turn, "believing": 240}),
        ("break", {"to": 10}),
    ]
    for command, fields in taps:
        assert desk_of.post(f"{path}/{command}/", fields).status_code == 302, command
    agreed = int(Ring.objects.get(pk=room.ring.pk).agreed_end.timestamp() * 1000)  # type: ignore[union-attr]
    fields = {"to": int(over.end.timestamp() * 1000), "believing": agreed}
    assert desk_of.post(f"{path}/agree/", fields).status_code == 302
    assert Ring.objects.get(pk=room.ring.pk).agreed_end == over.end


@pytest.mark.parametrize("to", ["", "soon", "9" * 18, "-5"])
def test_an_odd_number_is_a_bad_request_or_a_sentence(room: Room, to: str) -> None:
    for command in ("trim", "agree", "break"):
        fields = {"to": to, "believing": "240" if command == "trim" else ""}
        answer = room.desk().post(f"/desk/{room.ring.pk}/time/{command}/", fields)
        assert answer.status_code in {400, 409}


def desk(room: Room) -> str:
    return live.draw(room.picture, Audience.DESK)["desk_scene"]
