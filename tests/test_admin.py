"""Django's admin: a place to look, where nothing changes and nobody's words or secrets can be read."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rings import actions
from rings.actions import By
from rings.models import Event, Offer, Participant, Request, Ring
from rings.phases import Phase
from tests.conftest import Cast, Circle

MODELS = (Ring, Participant, Request, Offer, Event)
# Session, user, the count of rows, the rows; the first and last day for the dates, and each of those days.
QUERIES = {Ring: 6, Participant: 6, Request: 6, Offer: 6, Event: 7}
SECRET = "A word that must not be read by staff"


def address(model: type, page: str = "changelist", *args: int) -> str:
    return reverse(f"admin:rings_{model.__name__.lower()}_{page}", args=args)


@pytest.fixture
def root(client: Client, db: None) -> Client:
    """A browser of the one who may see everything here."""
    client.force_login(User.objects.create_superuser("root", "root@example.org"))
    return client


@pytest.fixture
def told(circle: Circle) -> Circle:
    """A ring in which everything people wrote says the secret, and Bo made a private offer."""
    for who in (circle.ada, circle.bo, circle.cy):
        circle.cast.write(who, SECRET, why=SECRET)
    circle.cast.offer(circle.bo, circle.ada, note=SECRET, private=True)
    circle.cast.offer(circle.cy, circle.ada, note=SECRET)
    # long names, which a page does not contain by chance
    Participant.objects.filter(pk=circle.bo.pk).update(name="Bonaventura")
    Participant.objects.filter(pk=circle.cy.pk).update(name="Cyprienne")
    return circle


# --- who comes in ---------------------------------------------------------------------------------


def test_the_admin_has_no_door_of_its_own(client: Client, db: None) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_facilitator_is_not_let_in(cast: Cast) -> None:
    assert cast.desk().get(reverse("admin:index"), follow=True).status_code == 403


def test_staff_without_permissions_see_no_rings(client: Client, cast: Cast, sol: User) -> None:
    client.force_login(sol)
    assert client.get(address(Ring)).status_code == 403


# --- nothing changes ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_changed_or_removed(model: type, root: Client, told: Circle) -> None:
    row = model.objects.first()
    assert root.get(address(model, "add")).status_code == 403
    assert root.get(address(model, "delete", row.pk)).status_code == 403
    assert root.post(address(model, "change", row.pk), {"title": "Mine"}).status_code == 403
    assert (
        admin.site.get_model_admin(model).get_actions(root.get(address(model)).wsgi_request) == {}
    )


# --- nothing is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_no_page_shows_what_people_wrote_or_any_key(
    model: type, root: Client, told: Circle
) -> None:
    pages = [address(model)] + [
        address(model, "change", pk) for pk in model.objects.values_list("pk", flat=True)
    ]
    ring = Ring.objects.get()
    secrets = {SECRET, ring.code, ring.invite, ring.stage_token, told.ada.key_hash}
    for page in pages:
        shown = root.get(page)
        assert shown.status_code == 200
        assert [secret for secret in secrets if secret in shown.content.decode()] == []


def test_who_made_a_private_offer_is_not_told(root: Client, told: Circle) -> None:
    private, shared = Offer.objects.order_by("pk")
    assert "Bonaventura" not in root.get(address(Offer, "change", private.pk)).content.decode()
    assert "Cyprienne" in root.get(address(Offer, "change", shared.pk)).content.decode()
    assert "Bonaventura" not in root.get(address(Offer)).content.decode()
    assert "Bonaventura" not in root.get(address(Event)).content.decode()


@pytest.mark.parametrize(
    ("model", "question"),
    [
        (Request, {"text__startswith": "A"}),
        (Request, {"why__contains": "word"}),
        (Request, {"participant__asks__text__contains": "word"}),
        (Offer, {"helper": "1"}),
        (Offer, {"helper__name": "Bonaventura"}),
        (Offer, {"note__contains": "word"}),
        (Event, {"by_participant": "1"}),
        (Participant, {"key_hash__startswith": "a"}),
        (Participant, {"offers__private": "1"}),
        (Ring, {"stage_token__startswith": "a"}),
    ],
)
def test_what_is_not_shown_cannot_be_filtered_for(
    model: type, question: dict[str, str], root: Client, told: Circle
) -> None:
    assert root.get(address(model), question).status_code == 400


def test_private_helpers_cannot_be_searched_for(root: Client, told: Circle) -> None:
    assert root.get(address(Offer), {"q": "Ada"}).context["cl"].result_count == 2
    assert root.get(address(Offer), {"q": "Bonaventura"}).context["cl"].result_count == 0


# --- what it is for -------------------------------------------------------------------------------


def test_rings_are_found_by_title_address_and_whole_code(root: Client, cast: Cast) -> None:
    for typed in ("spring", "fay@example.org", cast.ring.code.lower()):
        assert root.get(address(Ring), {"q": typed}).context["cl"].result_count == 1
    assert root.get(address(Ring), {"q": cast.ring.code[:4]}).context["cl"].result_count == 0
    assert root.get(address(Ring), {"phase": Phase.LOBBY}).context["cl"].result_count == 1


def test_a_ring_shows_its_numbers_with_their_n(root: Client, told: Circle) -> None:
    assert "1 of 1" in root.get(address(Ring)).content.decode()


def test_dates_and_filters_that_are_declared_work(root: Client, told: Circle) -> None:
    for model in (Participant, Request, Offer, Event):
        found = root.get(address(model), {"ring": told.ring.pk})
        assert found.status_code == 200
        assert found.context["cl"].result_count == model.objects.count()
    day = Event.objects.earliest("at").at
    assert (
        root.get(address(Event), {"at__year": day.year, "at__month": day.month}).status_code == 200
    )


def a_full_ring(host: User, op: str) -> None:
    """One more ring, with two people, their asks, and an offer."""
    ring = actions.open_ring(host, op, title="One more", host="Fay")
    people = []
    for name in ("Ada", "Bo"):
        event = actions.join(ring, By(None), name=name, key_hash=f"{op} {name}")
        people.append(Participant.objects.get(pk=event.refs["participant"]))
    for who in people:
        actions.write(ring, By(who), participant=who, text="A lamp")
    actions.move(ring, By(host), to=Phase.WALL, believing=Phase.LOBBY)
    ada, bo = people
    actions.offer(ring, By(bo), ask=ada.asks.get(), helper=bo)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_asks_as_often_for_three_rings_as_for_one(model: type, root: Client) -> None:
    host = User.objects.create_user("fay", "fay@example.org")
    counts = []
    for op in ("first", "second", "third"):
        a_full_ring(host, op)
        with CaptureQueriesContext(connection) as queries:
            assert root.get(address(model)).status_code == 200
        counts.append(len(queries))
    assert counts == [QUERIES[model]] * 3
