"""A rehearsal: made-up people act by the doors everybody uses, once each, and leave nothing behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from rings import actions, limits, rehearsal
from rings.actions import By
from rings.models import Event, Participant, Ring
from rings.phases import AskStatus, NotNow, OfferStatus, Phase, Seat
from rings.picture import Picture
from rings.screens.desk.rehearsal import GOODBYE, hint
from rings.troupe import AWAY, LATE, PROMISES, QUIET, TROUPE
from tests.authorisation import digest
from tests.conftest import Cast

EARLY = [one.name for one in TROUPE if one.name != LATE]


class Practice:
    """A rehearsal of Fay's at a stopped clock: `pass_time` steps once a second, as an open desk does."""

    def __init__(self, fay: User, clock: time_machine.Traveller) -> None:
        self.fay, self.clock = fay, clock
        self.ring = actions.rehearse(fay, "rehearse", "Fay")

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.clock.shift(1)
            rehearsal.step(self.ring.pk)
        self.ring.refresh_from_db()

    def move(self, to: Phase) -> None:
        self.ring.refresh_from_db()
        actions.move(self.ring, By(self.fay), to=to, believing=self.ring.phase)
        self.ring.refresh_from_db()

    def next(self) -> None:
        self.ring.refresh_from_db()
        actions.next_turn(self.ring, By(self.fay), believing=self.ring.current_id)
        self.ring.refresh_from_db()

    def until(self, name: str) -> None:
        while self.ring.current is None or self.ring.current.participant.name != name:
            self.next()

    def to_the_turns(self) -> None:
        Ring.objects.filter(pk=self.ring.pk).update(pace=4)
        self.pass_time(8)
        self.move(Phase.WRITING)
        self.pass_time(11)
        self.move(Phase.TURNS)
        Ring.objects.filter(pk=self.ring.pk).update(pace=1)
        self.ring.refresh_from_db()

    @property
    def picture(self) -> Picture:
        return Picture.of(self.ring.pk)

    def names(self, seat: Seat = Seat.JOINED) -> list[str]:
        return list(self.ring.participants.filter(seat=seat).values_list("name", flat=True))

    def who(self, name: str) -> Participant:
        return self.ring.participants.get(name=name)

    def here(self) -> set[str]:
        picture = self.picture
        return {picture.seat_of[pk].name for pk in picture.here}


@pytest.fixture
def practice(db: None) -> Iterator[Practice]:
    with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False) as clock:
        yield Practice(User.objects.create_user("fay", "fay@example.org"), clock)


# --- what they do, phase by phase -------------------------------------------------------------------


def test_they_come_into_the_lobby_one_after_the_other(practice: Practice) -> None:
    practice.pass_time(3)
    assert practice.names() == EARLY[:1]
    practice.pass_time(27)
    assert practice.names() == EARLY
    assert practice.here() == set(EARLY)


def test_who_is_slow_comes_in_during_the_welcome(practice: Practice) -> None:
    practice.move(Phase.WELCOME)
    practice.pass_time(len(EARLY))
    assert practice.names() == EARLY


def test_they_write_in_the_writing_each_at_their_own_time(practice: Practice) -> None:
    practice.pass_time(30)
    practice.move(Phase.WRITING)
    practice.pass_time(10)
    assert practice.picture.ready == 1
    practice.pass_time(35)
    assert practice.picture.ready == len(EARLY)
    ask = practice.who("Ines Duarte").asks.get()
    assert (ask.status, "dentist" in ask.text) == (AskStatus.READY, True)


def test_offers_come_in_the_turn_after_a_while(practice: Practice) -> None:
    practice.to_the_turns()
    practice.pass_time(5)
    assert practice.ring.offers.count() == 0
    practice.pass_time(30)
    helpers = list(practice.ring.offers.values_list("helper__name", flat=True))
    assert helpers == [promise.helper for promise in PROMISES["Ines Duarte"]]


def test_one_ask_is_met_by_silence_and_helped_at_the_wall(practice: Practice) -> None:
    practice.to_the_turns()
    practice.until(QUIET)
    practice.pass_time(45)
    ask = practice.who(QUIET).asks.get()
    assert ask.offers.count() == 0
    practice.move(Phase.WALL)
    practice.pass_time(60)
    assert ask.offers.count() == 1


def test_one_is_away_when_called_and_comes_back(practice: Practice) -> None:
    practice.to_the_turns()
    practice.pass_time(20)
    assert AWAY not in practice.here()
    practice.until(AWAY)
    practice.pass_time(30)
    assert AWAY in practice.here()


def test_who_is_away_offers_nothing(practice: Practice) -> None:
    practice.to_the_turns()
    practice.pass_time(20)
    practice.move(Phase.WALL)
    practice.pass_time(1)
    assert not practice.ring.offers.filter(helper__name=AWAY).exists()


def test_one_is_late_stands_at_the_door_and_writes_once_let_in(practice: Practice) -> None:
    practice.to_the_turns()
    practice.next()
    practice.pass_time(10)
    assert practice.names(Seat.WAITING) == [LATE]
    jun = practice.who(LATE)
    actions.admit(practice.ring, By(practice.fay), participant=jun)
    practice.pass_time(3)
    assert "caretakers" in jun.asks.get().text


def test_somebody_real_and_who_has_no_phone_are_offered_help_too(practice: Practice) -> None:
    practice.pass_time(30)
    otto = actions.add_seat(practice.ring, By(practice.fay), name="Otto").refs["participant"]
    practice.move(Phase.TURNS)
    practice.until("Otto")
    practice.pass_time(35)
    assert practice.ring.offers.filter(asker=otto).count() == 3


def test_who_was_put_out_or_turned_away_does_not_come_again(practice: Practice) -> None:
    practice.to_the_turns()
    practice.next()
    practice.pass_time(10)
    actions.turn_away(practice.ring, By(practice.fay), participant=practice.who(LATE))
    Participant.objects.filter(name="Kofi Mensah").update(seat=Seat.REMOVED)
    practice.pass_time(40)
    assert not practice.ring.participants.filter(name=LATE).exists()
    assert not practice.ring.offers.filter(helper__name="Kofi Mensah").exists()


def test_a_name_that_somebody_real_has_taken_is_theirs(practice: Practice) -> None:
    actions.join(practice.ring, By(None), name="Ines Duarte", key_hash="k" * 64)
    practice.pass_time(30)
    assert sorted(practice.names()) == sorted(EARLY)


# --- pace, pause, and steps that meet ----------------------------------------------------------------


def test_at_four_times_the_pace_the_lobby_is_full_in_a_quarter_of_the_time(
    practice: Practice,
) -> None:
    actions.set_pace(practice.ring, By(practice.fay), pace=4)
    practice.pass_time(8)
    assert practice.names() == EARLY


@pytest.mark.parametrize("still", ["paused", "pace"])
def test_while_the_ring_is_paused_or_they_hold_still_they_are_here_and_do_nothing(
    practice: Practice, still: str
) -> None:
    practice.to_the_turns()
    if still == "paused":
        actions.pause(practice.ring, By(practice.fay), paused=True)
    else:
        actions.set_pace(practice.ring, By(practice.fay), pace=0)
    practice.pass_time(40)
    assert practice.ring.offers.count() == 0
    assert practice.here() == set(EARLY) - {AWAY}


def test_paused_time_makes_nobody_offer_sooner(practice: Practice) -> None:
    practice.to_the_turns()
    actions.pause(practice.ring, By(practice.fay), paused=True)
    practice.pass_time(40)
    actions.pause(practice.ring, By(practice.fay), paused=False)
    practice.pass_time(5)
    assert practice.ring.offers.count() == 0


def test_two_steps_at_once_do_a_thing_once(practice: Practice) -> None:
    """Two desks, or two processes, that have both read the ring before either acts."""
    practice.clock.shift(3)
    acts = [next(rehearsal.due(practice.picture, timezone.now())) for _ in range(2)]
    events = [act.command(practice.ring, By(act.who, act.op), **act.fields) for act in acts]
    assert events[0] == events[1]
    assert practice.names() == EARLY[:1]


def test_a_step_makes_at_most_one_of_them_act(practice: Practice) -> None:
    practice.clock.shift(600)
    before = Event.objects.count()
    rehearsal.step(practice.ring.pk)
    assert Event.objects.count() == before + 1


def test_an_offer_that_was_taken_back_is_not_made_again(practice: Practice) -> None:
    practice.to_the_turns()
    practice.pass_time(10)
    offer = practice.ring.offers.get()
    actions.withdraw(practice.ring, By(offer.helper), offer=offer)
    practice.pass_time(5)
    assert not practice.ring.offers.exclude(status=OfferStatus.WITHDRAWN).exists()


def test_a_ring_of_real_people_is_never_stepped_nor_hurried_nor_forgotten(cast: Cast) -> None:
    before = digest()
    assert rehearsal.step(cast.ring.pk) is None
    with pytest.raises(NotNow, match="Only the people of a rehearsal"):
        actions.set_pace(cast.ring, cast.by, pace=4)
    actions.forget(cast.ring)
    assert digest() == before


def test_the_desk_says_what_to_try_in_every_phase_and_goodbye(practice: Practice) -> None:
    said = [hint(practice.picture)]
    practice.to_the_turns()
    said.append(hint(practice.picture))
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        practice.move(phase)
        said.append(hint(practice.picture))
    assert len(set(said)) == 5
    assert said[-1] == GOODBYE


# --- over HTTP ------------------------------------------------------------------------------------------


def begin(cast: Cast) -> tuple[Client, Ring]:
    desk = cast.desk()
    answer = desk.post("/rings/rehearse/")
    ring = Ring.objects.get(practice=True)
    assert answer["Location"] == f"/desk/{ring.pk}/"
    return desk, ring


def test_one_tap_from_my_rings_and_from_a_new_ring_begins_a_rehearsal(cast: Cast) -> None:
    desk = cast.desk()
    for path in ("/rings/", "/rings/new/"):
        assert 'action="/rings/rehearse/"' in desk.get(path).text


def test_another_tap_leads_back_into_the_one_that_is_going_on(cast: Cast) -> None:
    desk, ring = begin(cast)
    begin(cast)
    assert 'aria-label="Rehearsal" hidden' not in desk.get(f"/desk/{ring.pk}/").text


def test_every_page_of_a_rehearsal_says_that_its_people_are_made_up(cast: Cast) -> None:
    desk, ring = begin(cast)
    ada = cast.seat("Ada", ring)
    pages = [
        desk.get(f"/desk/{ring.pk}/"),
        Client().get(f"/stage/{ring.stage_token}/"),
        cast.phone(ada).get(f"/r/{ring.code}/"),
        Client().get(f"/j/{ring.invite}/"),
    ]
    for page in pages:
        assert "Rehearsal: these people are made up" in page.text
    real = [desk.get(f"/desk/{cast.ring.pk}/"), Client().get(f"/stage/{cast.ring.stage_token}/")]
    for page in real:
        assert "made up" not in page.text


def test_a_rehearsal_is_joined_by_its_link_and_never_by_a_code(cast: Cast) -> None:
    desk, ring = begin(cast)
    stranger = Client()
    assert stranger.post("/", {"code": ring.code}).status_code == 422
    assert stranger.get(f"/r/{ring.code}/").status_code == 404
    assert stranger.post(f"/r/{ring.code}/join/", {"name": "Mal"}).status_code == 404
    for page in (desk.get(f"/desk/{ring.pk}/"), stranger.get(f"/stage/{ring.stage_token}/")):
        assert ring.code_shown not in page.text
        assert "qr" in page.text
    mine = {"name": "Fay", "invite": ring.invite}
    assert stranger.post(f"/r/{ring.code}/join/", mine)["Location"] == f"/r/{ring.code}/"


def test_an_open_desk_lets_them_act_and_nobody_else_does(cast: Cast) -> None:
    desk, ring = begin(cast)
    Ring.objects.filter(pk=ring.pk).update(phase_began_at=timezone.now() - timedelta(minutes=1))
    gus = User.objects.create_user("gus", "gus@example.org")
    other = Client()
    other.force_login(gus)
    for client, status in ((other, 404), (Client(), 302)):
        for act in ("step", "pace", "end"):
            assert client.post(f"/desk/{ring.pk}/rehearsal/{act}/").status_code == status
    assert not ring.participants.exists()
    assert desk.post(f"/desk/{ring.pk}/rehearsal/step/").status_code == 204
    assert ring.participants.count() == 1


def test_the_pace_is_set_from_the_desk(cast: Cast) -> None:
    desk, ring = begin(cast)
    desk.post(f"/desk/{ring.pk}/rehearsal/pace/", {"to": "4"})
    assert Ring.objects.get(pk=ring.pk).pace == 4
    assert desk.post(f"/desk/{ring.pk}/rehearsal/pace/", {"to": "9"}).status_code == 409
    assert desk.post(f"/desk/{ring.pk}/rehearsal/pace/", {"to": "x"}).status_code == 409


# --- no trace --------------------------------------------------------------------------------------------


def test_a_rehearsal_is_in_no_list_and_in_no_number(cast: Cast, sol: User) -> None:
    desk, ring = begin(cast)
    cast.seat("Ada", ring)
    for phase in (Phase.LOBBY, Phase.FOLLOW_UP):
        Ring.objects.filter(pk=ring.pk).update(phase=phase)
        page = desk.get("/rings/").text
        assert f'id="ring-{ring.pk}"' not in page
        assert ring.code_shown not in page
    staff = Client()
    staff.force_login(sol)
    assert "Rehearsal" not in staff.get("/past/").text
    assert Ring.objects.real().get() == cast.ring


def test_the_count_of_live_rings_is_of_real_ones(cast: Cast, settings: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = "secret"  # type: ignore[attr-defined]  # the fixture of pytest-django
    begin(cast)
    answer = Client().get("/metrics", headers={"Authorization": "Bearer secret"})
    assert "ringsite_rings_live 1.0" in answer.text


def test_after_it_is_deleted_every_table_is_as_it_was(cast: Cast) -> None:
    """Sessions apart: the desk is signed in before the first look."""
    desk, before = cast.desk(), digest()
    desk.post("/rings/rehearse/")
    ring = Ring.objects.get(practice=True)
    Ring.objects.filter(pk=ring.pk).update(pace=4)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for phase in (Phase.WRITING, Phase.TURNS, Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
            limits.forget()  # whose clock stands still
            for _ in range(20):
                clock.shift(1)
                desk.post(f"/desk/{ring.pk}/rehearsal/step/")
            ring.refresh_from_db()
            path, fields = f"/desk/{ring.pk}/move/", {"to": phase, "believing": ring.phase}
            assert desk.post(path, fields).status_code == 302
    assert ring.offers.count() > 3
    assert digest() != before
    assert desk.post(f"/desk/{ring.pk}/rehearsal/end/")["Location"] == "/rings/"
    assert digest() == before
    assert "Nothing of it is kept" in desk.get("/rings/").text


def test_what_was_left_lying_about_for_a_day_goes_when_another_begins(cast: Cast) -> None:
    gus = User.objects.create_user("gus", "gus@example.org")
    old = actions.rehearse(gus, "old", "Gus")
    Ring.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    fresh = actions.rehearse(cast.fay, "new", "Fay")
    assert list(Ring.objects.filter(practice=True)) == [fresh]
    assert Ring.objects.real().get() == cast.ring


def test_one_that_is_over_goes_when_its_own_facilitator_begins_again(cast: Cast) -> None:
    first = actions.rehearse(cast.fay, "one", "Fay")
    Ring.objects.filter(pk=first.pk).update(phase=Phase.FOLLOW_UP)
    second = actions.rehearse(cast.fay, "two", "Fay")
    assert Ring.objects.filter(practice=True).get() == second != first
