"""An easy no, a cheer, and asking again: what they change, and what nobody learns from them."""

import pytest

from rings import actions, curiosity
from rings.actions import By
from rings.models import Event, Participant, Reply, Request
from rings.phases import AskStatus, NotNow, Phase, ReplyKind
from rings.picture import Picture
from tests.conftest import Cast

LATER, TRY, LACK, CHEER = ReplyKind.LATER, ReplyKind.TRY, ReplyKind.LACK, ReplyKind.CHEER


@pytest.fixture
def people(cast: Cast) -> list[Participant]:
    """Ada has the ring; five others listen."""
    seats = [cast.seat(name) for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")]
    for seat in seats:
        cast.write(seat)
    cast.move(Phase.TURNS)
    return seats


def ask_of(who: Participant) -> Request:
    return who.asks.get()


def say(cast: Cast, who: Participant, ask: Request, kind: str, words: str = "") -> Event:
    fields = {"ask": ask, "participant": who, "kind": kind, "words": words}
    return actions.reply(cast.ring, By(who), **fields)


def card(ask: Request) -> curiosity.Curiosity | None:
    return curiosity.merged(Picture.of(ask.ring_id).replies_to(ask))


def test_the_asker_reads_nothing_of_two_answers(cast: Cast, people: list[Participant]) -> None:
    ada, bo, cy, *_ = people
    say(cast, bo, ask_of(ada), LATER, "May")
    say(cast, cy, ask_of(ada), LATER)
    assert card(ask_of(ada)) is None


def test_three_answers_are_one_merged_card(cast: Cast, people: list[Participant]) -> None:
    ada, bo, cy, di, ed, _ = people
    say(cast, bo, ask_of(ada), LATER, "the holidays")
    say(cast, cy, ask_of(ada), LATER)
    say(cast, di, ask_of(ada), TRY, "the allotment people")
    say(cast, ed, ask_of(ada), LATER)
    found = card(ask_of(ada))
    assert found
    assert found.said == ["Three said timing", "One had somebody else in mind"]
    assert found.words == ["After the holidays", "Try the allotment people"]
    assert found.question == "Would a week more make it easier?"


def test_a_cheer_is_no_answer_and_no_offer(cast: Cast, people: list[Participant]) -> None:
    ada, *others = people
    for who in others:
        say(cast, who, ask_of(ada), CHEER)
    picture = Picture.of(cast.ring.pk)
    assert card(ask_of(ada)) is None
    assert curiosity.cheers(picture.replies_to(ask_of(ada))) == 5
    assert picture.offers == []


def test_a_second_answer_takes_the_place_of_the_first(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, *_ = people
    say(cast, bo, ask_of(ada), LATER, "May")
    say(cast, bo, ask_of(ada), LACK)
    reply = Reply.objects.get()
    assert (reply.kind, reply.words) == (LACK, "")


def test_an_offer_takes_the_answer_away(cast: Cast, people: list[Participant]) -> None:
    ada, bo, *_ = people
    say(cast, bo, ask_of(ada), LATER)
    cast.offer(bo, ada)
    assert not Reply.objects.exists()


def test_who_has_offered_does_not_also_let_it_go_by(cast: Cast, people: list[Participant]) -> None:
    ada, bo, *_ = people
    cast.offer(bo, ada)
    with pytest.raises(NotNow, match="Take that back first"):
        say(cast, bo, ask_of(ada), LATER)


def test_an_answer_can_be_taken_back(cast: Cast, people: list[Participant]) -> None:
    ada, bo, *_ = people
    say(cast, bo, ask_of(ada), LATER)
    actions.unreply(cast.ring, By(bo), ask=ask_of(ada), participant=bo)
    assert not Reply.objects.exists()
    with pytest.raises(NotNow):
        actions.unreply(cast.ring, By(bo), ask=ask_of(ada), participant=bo)


def test_nobody_answers_their_own_ask_or_one_not_heard_yet(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, *_ = people
    with pytest.raises(NotNow, match="your own"):
        say(cast, ada, ask_of(ada), LATER)
    with pytest.raises(NotNow, match="Wait until Bo"):
        say(cast, ada, ask_of(bo), LATER)


def test_the_event_says_neither_which_nor_any_word(cast: Cast, people: list[Participant]) -> None:
    ada, bo, *_ = people
    event = say(cast, bo, ask_of(ada), TRY, "my-very-own-words")
    kept = f"{event.kind} {event.refs} {event.was} {event.body}"
    assert "my-very-own-words" not in kept
    assert str(TRY) not in kept


def test_asking_again_keeps_the_old_words_and_the_offers(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, *_ = people
    cast.offer(bo, ada)
    cast.next()
    ask = ask_of(ada)
    actions.reframe(cast.ring, By(ada), ask=ask, text="Only the first conversation.", why="Small.")
    ask.refresh_from_db()
    assert (ask.text, ask.why) == ("Only the first conversation.", "Small.")
    assert [old.text for old in ask.wordings.all()] == ["What Ada asks for."]
    assert ask.offers.count() == 1


def test_who_waits_for_words_is_told_until_they_answer(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, cy, di, ed, _ = people
    ask = ask_of(ada)
    for who, kind in ((bo, LATER), (cy, ReplyKind.SAY_MORE), (di, LACK), (ed, CHEER)):
        say(cast, who, ask, kind)
    cast.next()
    actions.reframe(cast.ring, By(ada), ask=ask, text="Other words.")
    picture = Picture.of(cast.ring.pk)
    told = [who.name for who in people if picture.asked_again(who)]
    assert told == ["Bo", "Cy"]
    assert card(ask) is None  # what was said was said to the old words
    say(cast, bo, ask, LACK)
    cast.offer(cy, ada)
    picture = Picture.of(cast.ring.pk)
    assert not [who for who in people if picture.asked_again(who)]


def test_an_ask_on_stage_is_changed_and_not_asked_again(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, *_ = people
    for who in (ada, bo):
        with pytest.raises(NotNow, match="once its turn is over"):
            actions.reframe(cast.ring, By(who), ask=ask_of(who), text="Other words.")


def test_the_same_words_are_no_asking_again(cast: Cast, people: list[Participant]) -> None:
    ada, *_ = people
    cast.next()
    ask = ask_of(ada)
    assert ask.status == AskStatus.OPEN
    with pytest.raises(NotNow, match="Change something"):
        actions.reframe(cast.ring, By(ada), ask=ask, text=ask.text, why=ask.why, by=ask.by)


def test_two_seats_of_one_person_have_one_answer(cast: Cast, people: list[Participant]) -> None:
    ada, bo, cy, *_ = people
    say(cast, bo, ask_of(ada), LATER)
    say(cast, cy, ask_of(ada), LACK)
    actions.merge(cast.ring, cast.by, participant=bo, other=cy)
    assert [(r.participant_id, r.kind) for r in Reply.objects.all()] == [(bo.pk, LATER)]


def test_a_merged_person_has_not_let_go_by_what_they_offered_on(
    cast: Cast, people: list[Participant]
) -> None:
    ada, bo, cy, *_ = people
    say(cast, bo, ask_of(ada), LATER)
    cast.offer(cy, ada)
    actions.merge(cast.ring, cast.by, participant=bo, other=cy)
    assert not Reply.objects.exists()
