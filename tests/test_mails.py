"""The return link by mail: sent when asked for, opened on POST, its address shown to be theirs, sent anew."""

import re
from smtplib import SMTPException
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from rings import access, actions, limits
from rings.actions import By
from rings.models import Event, Participant
from tests.conftest import Cast, page

ADDRESS = "zsofia@example.org"


def come_in(cast: Cast, name: str) -> tuple[Client, Participant]:
    """A phone that came in by its page, so that its key is made as on a real site."""
    phone = Client()
    phone.post(f"/r/{cast.ring.code}/join/", {"name": name, "op": f"of {name}"})
    return phone, Participant.objects.get(name=name)


@pytest.fixture
def asked(cast: Cast) -> tuple[Client, Participant]:
    """Ada has asked for her link by mail."""
    phone, ada = come_in(cast, "Ada")
    answer = phone.post(f"/r/{cast.ring.code}/return/", {"mail": ADDRESS})
    assert f"on its way to {ADDRESS}" in answer.content.decode()
    return phone, Participant.objects.get(pk=ada.pk)


def link() -> str:
    found = re.search(r"https?://[^/\s]+(/back/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def resend(cast: Cast, person: Participant) -> str:
    root = Client()
    root.force_login(User.objects.create_superuser("root", "root@example.org"))
    acted = {"action": "resend_link", "_selected_action": [person.pk]}
    answer = root.post(reverse("admin:rings_participant_changelist"), acted, follow=True)
    return answer.content.decode()


def test_the_mail_says_whose_seat_it_opens_and_its_subject_nothing(
    asked: tuple[Client, Participant],
) -> None:
    sent = mail.outbox[-1]
    assert sent.to == [ADDRESS]
    assert "Spring ring" not in sent.subject
    assert "Ada" not in sent.subject
    assert "Hello Ada," in sent.body
    assert ADDRESS not in link()


def test_its_link_acts_on_post_only_and_then_the_address_is_theirs(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    ada, other = asked[1], Client()
    assert "Take my seat" in page(other, link())
    assert Participant.objects.get(pk=ada.pk).mail_verified_at is None
    assert other.post(link()).status_code == 302
    assert Participant.objects.get(pk=ada.pk).mail_verified_at
    assert "Ada" in page(other, f"/r/{cast.ring.code}/")


def test_the_link_on_the_screen_shows_nothing_of_the_address(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    ada = asked[1]
    bare = link().partition("?")[0]
    for address in (bare, f"{bare}?mail=", f"{bare}?mail={'0' * 32}"):
        Client().post(address)
    assert Participant.objects.get(pk=ada.pk).mail_verified_at is None


def test_another_address_has_to_be_shown_anew(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    phone, ada = asked
    first = link()
    phone.post(first)
    phone.post(f"/r/{cast.ring.code}/return/", {"mail": "other@example.org"})
    assert Participant.objects.get(pk=ada.pk).mail_verified_at is None
    phone.post(first)  # the older mail says nothing of this address
    assert Participant.objects.get(pk=ada.pk).mail_verified_at is None


def test_what_is_no_address_comes_back_with_what_was_typed(cast: Cast) -> None:
    phone, _ = come_in(cast, "Ada")
    answer = phone.post(f"/r/{cast.ring.code}/return/", {"mail": "ada at home"})
    assert answer.status_code == 422
    assert 'value="ada at home"' in answer.content.decode()
    assert mail.outbox == []


def test_a_mail_that_could_not_be_sent_says_so(cast: Cast, monkeypatch: Any) -> None:
    phone, _ = come_in(cast, "Ada")

    def fail(*args: Any) -> None:
        raise SMTPException

    monkeypatch.setattr("rings.mails.send_mail", fail)
    answer = phone.post(f"/r/{cast.ring.code}/return/", {"mail": ADDRESS})
    assert answer.status_code == 422
    assert "could not be sent" in answer.content.decode()


def test_nobody_is_flooded(cast: Cast) -> None:
    phone, _ = come_in(cast, "Ada")
    path = f"/r/{cast.ring.code}/return/"
    for _ in range(limits.MAILS):
        assert phone.post(path, {"mail": ADDRESS}).status_code == 200
    assert phone.post(path, {"mail": "other@example.org"}).status_code == 429
    other, _ = come_in(cast, "Bo")
    assert other.post(path, {"mail": ADDRESS}).status_code == 429
    assert len(mail.outbox) == limits.MAILS


def test_staff_have_the_same_link_sent_again_and_it_is_recorded(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    _, ada = asked
    Client().post(link())
    first, _ = link(), mail.outbox.clear()
    assert "Sent to 1 person." in resend(cast, ada)
    assert link() == first
    event = Event.objects.get(kind="send_link")
    assert event.by_user
    assert ADDRESS not in str(event.refs)


def test_nothing_is_sent_to_an_address_that_nobody_has_shown_to_be_theirs(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    mail.outbox.clear()
    assert "no address that is known to be theirs" in resend(cast, asked[1])
    assert mail.outbox == []


def test_a_seat_that_went_to_another_device_is_found_again(cast: Cast) -> None:
    _, ada = come_in(cast, "Ada")
    assert access.key_hash(access.key_again(ada)) == ada.key_hash
    Participant.objects.filter(pk=ada.pk).update(key_hash=access.key_hash("of another site"))
    assert access.key_again(Participant.objects.get(pk=ada.pk)) == ""


def test_an_erased_persons_address_is_gone(asked: tuple[Client, Participant], cast: Cast) -> None:
    ada = asked[1]
    actions.erase_person(cast.ring, By(ada), participant=ada)
    assert Participant.objects.get(pk=ada.pk).mail == ""


def test_who_has_left_still_finds_their_seat_by_the_mail(
    asked: tuple[Client, Participant], cast: Cast
) -> None:
    ada = asked[1]
    actions.leave(cast.ring, By(ada), participant=ada)
    assert Client().post(link()).status_code == 302
    assert Participant.objects.get(pk=ada.pk).mail_verified_at


def test_nothing_is_sent_to_who_was_put_out(asked: tuple[Client, Participant], cast: Cast) -> None:
    ada = asked[1]
    Client().post(link())
    mail.outbox.clear()
    actions.remove(cast.ring, cast.by, participant=ada)
    assert "known to its holder alone" in resend(cast, ada)
    assert mail.outbox == []
