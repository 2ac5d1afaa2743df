"""How people reach each other: by consent, between the two of an accepted offer, and for nobody else."""

import pytest

from rings import actions
from rings.actions import By
from rings.models import Offer, Participant
from rings.phases import Phase
from rings.templatetags.rings import opens, writes
from tests.conftest import Circle, page

CONTACT = "zsofia@example.org"


@pytest.fixture
def after(circle: Circle) -> Circle:
    """Bo has promised something to Ada, Cy too; the ring is over, and Ada has said how to reach her."""
    circle.cast.offer(circle.bo, circle.ada, note="Bees.")
    circle.cast.offer(circle.cy, circle.ada, note="Wasps.")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    phone = circle.cast.phone(circle.ada)
    phone.post(f"/r/{circle.ring.code}/reach/", {"contact": CONTACT})
    return circle


def accept(circle: Circle, helper: Participant) -> None:
    actions.accept(circle.ring, By(circle.ada), offer=helper.offers.get(), needed=True)


def everywhere(circle: Circle) -> dict[str, str]:
    """Every page on which something of this ring stands, by who reads it."""
    code, pk = circle.ring.code, circle.ring.pk
    phones = {who.name: circle.cast.phone(who) for who in (circle.ada, circle.bo, circle.cy)}
    desk = circle.cast.desk()
    shown = {name: page(phone, f"/r/{code}/") for name, phone in phones.items()}
    for path in (f"/desk/{pk}/", f"/desk/{pk}/see/{circle.ada.pk}/", f"/past/{pk}/"):
        shown[path] = page(desk, path)
    for path in (f"/past/{pk}/export.json", f"/past/{pk}/export.csv"):
        taken = desk.post(path)
        shown[path] = b"".join(taken.streaming_content).decode()
    shown["stage"] = page(desk, f"/stage/{circle.ring.stage_token}/")
    return shown


def test_only_who_has_an_accepted_offer_sees_it(after: Circle) -> None:
    assert [where for where, text in everywhere(after).items() if CONTACT in text] == ["Ada"]
    accept(after, after.bo)
    assert [where for where, text in everywhere(after).items() if CONTACT in text] == ["Ada", "Bo"]


def test_the_asker_sees_the_helpers_too_and_it_goes_when_it_is_taken_away(after: Circle) -> None:
    actions.share_contact(after.ring, By(after.bo), participant=after.bo, contact="0151 234567")
    accept(after, after.bo)
    ada = after.cast.phone(after.ada)
    assert 'href="tel:0151234567"' in page(ada, f"/r/{after.ring.code}/")
    actions.share_contact(after.ring, By(after.bo), participant=after.bo, contact="")
    assert "0151" not in page(ada, f"/r/{after.ring.code}/")


def test_what_is_not_needed_introduces_nobody(after: Circle) -> None:
    accept(after, after.bo)
    actions.accept(after.ring, By(after.ada), offer=after.bo.offers.get(), needed=False)
    assert CONTACT not in page(after.cast.phone(after.bo), f"/r/{after.ring.code}/")


def test_a_message_can_be_sent_as_it_stands(after: Circle) -> None:
    accept(after, after.bo)
    path = f"/r/{after.ring.code}/promise/{after.bo.offers.get().pk}/"
    shown = page(after.cast.phone(after.bo), path)
    assert "Hello Ada, in our ring I offered you this: “Bees.” When would suit you? Bo" in shown
    assert f'href="mailto:{CONTACT}?body=Hello%20Ada%2C' in shown
    path = f"/r/{after.ring.code}/help/{after.bo.offers.get().pk}/"
    assert "Hello Bo, thank you for" in page(after.cast.phone(after.ada), path)


def test_too_long_a_contact_comes_back_with_what_was_typed(after: Circle) -> None:
    phone, typed = after.cast.phone(after.ada), "x" * 201
    answer = phone.post(f"/r/{after.ring.code}/reach/", {"contact": typed})
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert Participant.objects.get(pk=after.ada.pk).contact == CONTACT


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("ada@example.org", "mailto:ada@example.org"),
        ("+44 (0)20 7946-0958", "tel:+4402079460958"),
        ("https://example.org/ada", "https://example.org/ada"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ask for Ada at the bakery", ""),
        ("a?bcc=evil@example.org", "mailto:a%3Fbcc%3Devil@example.org"),
    ],
)
def test_a_contact_opens_mail_a_call_or_a_page_and_nothing_else(contact: str, address: str) -> None:
    assert opens(contact) == address


def test_a_message_goes_into_mail_and_into_a_phones_messages() -> None:
    assert writes("ada@example.org", "Hi & bye") == "mailto:ada@example.org?body=Hi%20%26%20bye"
    assert writes("0151 234567", "Hi") == "sms:0151234567?body=Hi"
    assert writes("https://example.org", "Hi") == "https://example.org"


def test_an_erased_person_can_no_longer_be_reached(after: Circle) -> None:
    accept(after, after.bo)
    actions.erase_person(after.ring, By(after.ada), participant=after.ada)
    assert Participant.objects.get(pk=after.ada.pk).contact == ""
    assert CONTACT not in page(after.cast.phone(after.bo), f"/r/{after.ring.code}/")
    assert Offer.objects.filter(helper=after.bo).exists()


def test_a_helper_who_says_kept_sees_no_contact_that_was_not_given(after: Circle) -> None:
    actions.keep(after.ring, By(after.bo), offer=after.bo.offers.get())
    assert CONTACT not in page(after.cast.phone(after.bo), f"/r/{after.ring.code}/")
    actions.keep(after.ring, By(after.ada), offer=after.bo.offers.get())
    assert CONTACT in page(after.cast.phone(after.bo), f"/r/{after.ring.code}/")
