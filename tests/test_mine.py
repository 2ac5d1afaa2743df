"""One page over all rings somebody is in: of this device, and by mail of one address."""

import re
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings
from django_tasks_db.models import DBTaskResult

from rings import access, actions, limits, mails
from rings.actions import By
from rings.models import Participant, Ring
from rings.phases import Phase
from rings.tasks import MOST_TRIES, send_way_back
from tests.conftest import Cast, Circle, page

ADDRESS = "zsofia@example.org"
IMMEDIATELY = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


def come_in(ring: Ring, name: str, device: Client | None = None) -> tuple[Client, Participant]:
    phone = device or Client()
    phone.post(f"/r/{ring.code}/join/", {"name": name, "op": f"of {name} in {ring.pk}"})
    return phone, ring.participants.get(name=name)


def verified(person: Participant, address: str = ADDRESS) -> None:
    actions.leave_mail(person.ring, By(person), participant=person, mail=address)
    actions.verify_mail(person.ring, By(person), participant=person)


def ask(address: str = ADDRESS) -> str:
    with override_settings(TASKS=IMMEDIATELY):
        return Client().post("/mine/", {"mail": address}).content.decode()


def link() -> str:
    found = re.search(r"https?://[^/\s]+(/mine/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def twice(cast: Cast) -> tuple[Participant, Participant]:
    """Zsófia is in two rings, on two phones, with one address."""
    first = come_in(cast.ring, "Zsófia")[1]
    second = come_in(cast.another(), "Zsófi")[1]
    for person in (first, second):
        verified(person)
    return first, second


def test_a_device_shows_every_ring_it_holds_a_seat_in(cast: Cast) -> None:
    phone = come_in(cast.ring, "Ada")[0]
    come_in(cast.another(), "Ada", phone)
    come_in(actions.open_ring(cast.fay, "third", title="Third ring", host="Fay"), "Bo")
    shown = page(phone, "/mine/")
    assert "Spring ring" in shown
    assert "Another ring" in shown
    assert "Third ring" not in shown


def test_it_says_what_is_open_there(circle: Circle) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    assert "1 promise of mine is open" in page(circle.cast.phone(circle.bo), "/mine/")
    assert "1 offer is coming to me" in page(circle.cast.phone(circle.ada), "/mine/")


def test_the_page_asks_the_database_the_same_for_one_ring_and_for_ten(
    cast: Cast, django_assert_max_num_queries: pytest.fixture
) -> None:
    phone = come_in(cast.ring, "Ada")[0]
    for number in range(9):
        ring = actions.open_ring(cast.fay, f"more {number}", title=f"Ring {number}", host="Fay")
        come_in(ring, "Ada", phone)
    with django_assert_max_num_queries(1):
        assert page(phone, "/mine/").count("<h2>") == 11


def test_the_link_brings_every_ring_of_the_address_to_another_device(
    twice: tuple[Participant, Participant],
) -> None:
    ask(ADDRESS.upper())
    other = Client()
    assert "Bring my rings" in page(other, link())
    assert "no ring just now" in page(other, "/mine/")  # to open it is not enough
    assert other.post(link()).status_code == 302
    shown = page(other, "/mine/")
    assert "Spring ring" in shown
    assert "Another ring" in shown
    for person in twice:
        assert page(other, f"/r/{person.ring.code}/")


def test_an_address_that_was_not_shown_to_be_theirs_brings_nothing(cast: Cast) -> None:
    ada = come_in(cast.ring, "Ada")[1]
    actions.leave_mail(cast.ring, By(ada), participant=ada, mail=ADDRESS)
    ask()
    assert mail.outbox == []


def test_whether_an_address_is_known_is_told_to_nobody(
    twice: tuple[Participant, Participant],
) -> None:
    plain = re.compile(r'<input type="hidden"[^>]*>|nonce="[^"]*"|value="[^"]*"')
    known, unknown = (plain.sub("", ask(address)) for address in (ADDRESS, "nobody@example.org"))
    assert known == unknown
    assert [sent.to for sent in mail.outbox] == [[ADDRESS]]


def test_the_mail_says_in_no_subject_and_no_link_whose_it_is(
    twice: tuple[Participant, Participant],
) -> None:
    ask()
    assert "Spring" not in mail.outbox[-1].subject
    assert ADDRESS not in link()


def test_the_link_is_good_for_an_hour(twice: tuple[Participant, Participant]) -> None:
    with time_machine.travel("2026-11-02 10:00", tick=False):
        ask()
    with time_machine.travel("2026-11-02 10:59", tick=False):
        assert Client().get(link()).status_code == 200
    with time_machine.travel("2026-11-02 11:01", tick=False):
        assert Client().get(link()).status_code == 404


def test_a_seat_that_has_another_address_by_now_does_not_come_along(
    twice: tuple[Participant, Participant],
) -> None:
    ask()
    verified(twice[1], "other@example.org")
    other = Client()
    other.post(link())
    shown = page(other, "/mine/")
    assert "Spring ring" in shown
    assert "Another ring" not in shown


def test_two_addresses_that_the_database_takes_for_alike_are_two_peoples(
    twice: tuple[Participant, Participant],
) -> None:
    """Each gets what is theirs alone, though the one is asked for."""
    Participant.objects.filter(pk=twice[0].pk).update(mail="mike@c\u0131ty.example")
    Participant.objects.filter(pk=twice[1].pk).update(mail="mike@city.example")
    with override_settings(TASKS=IMMEDIATELY):
        send_way_back.enqueue([person.pk for person in twice], "en")
    assert sorted(sent.to[0] for sent in mail.outbox) == [
        "mike@city.example",
        "mike@c\u0131ty.example",
    ]
    other = Client()
    other.post(link())
    assert page(other, "/mine/").count("Open<") == 1


def test_a_mail_that_was_not_taken_is_tried_again_and_names_nobody(
    twice: tuple[Participant, Participant],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refused(people: list[Participant]) -> None:
        raise SMTPRecipientsRefused({ADDRESS: (550, b"nobody here")})

    monkeypatch.setattr(mails, "way_back", refused)
    send_way_back.call([person.pk for person in twice], "en")
    waiting = DBTaskResult.objects.get()
    assert waiting.args_kwargs["args"][2] == 2
    assert waiting.run_after
    assert ADDRESS not in caplog.text + str(waiting.args_kwargs)
    send_way_back.call([person.pk for person in twice], "en", MOST_TRIES)
    assert DBTaskResult.objects.count() == 1


def test_a_stranger_who_types_an_address_does_not_keep_its_owner_from_their_own_mail(
    twice: tuple[Participant, Participant],
) -> None:
    for _ in range(limits.MAILS + 1):
        ask()
    phone = Client()
    phone.cookies[access.seat_cookie(twice[0].ring_id)] = access.key_again(twice[0])
    told = phone.post(f"/r/{twice[0].ring.code}/return/", {"mail": ADDRESS}).content.decode()
    assert "on its way" in told


def test_who_erased_themselves_is_in_no_mail(twice: tuple[Participant, Participant]) -> None:
    for person in twice:
        actions.erase_person(person.ring, By(person), participant=person)
    ask()
    assert mail.outbox == []


def test_one_address_is_not_flooded(twice: tuple[Participant, Participant]) -> None:
    for _ in range(limits.MAILS + 1):
        told = ask()
    assert len(mail.outbox) == limits.MAILS
    assert "Several mails are on their way already." in told
