"""Django's admin: a place to look, where nothing changes and nobody's words or secrets can be read."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rings import actions
from rings.actions import By
from rings.models import Access, Event, Offer, Participant, Request, Ring, Tally
from rings.models import Circle as Series
from rings.phases import Keeping, Phase
from tests.conftest import Cast, Circle

MODELS = (Ring, Participant, Request, Offer, Event, Series, Tally, Access)
# Session, user, the count of rows, the rows; the first and last day for the dates, and each of those days.
QUERIES = {
    **{Ring: 6, Participant: 6, Request: 6, Offer: 6, Event: 7, Access: 6},
    **{Series: 4, Tally: 4},
}
SECRET = "A word that must not be read by staff"


def acts_on(model: type, request: HttpRequest) -> dict[str, object]:
    return admin.site.get_model_admin(model).get_actions(request)


def address(model: type, page: str = "changelist", *args: int) -> str:
    return reverse(f"admin:rings_{model.__name__.lower()}_{page}", args=args)


@pytest.fixture
def root(client: Client, db: None) -> Client:
    """A browser of the one who may see everything here."""
    client.force_login(User.objects.create_superuser("root", "root@example.org"))
    return client


@pytest.fixture
def told(circle: Circle) -> Circle:
    """A ring that is over, of a circle, in which everything people wrote says the secret.

    Bo made a private offer, and somebody of the staff has opened the words.
    """
    for who in (circle.ada, circle.bo, circle.cy):
        circle.cast.write(who, SECRET, why=SECRET)
    circle.cast.offer(circle.bo, circle.ada, note=SECRET, private=True)
    circle.cast.offer(circle.cy, circle.ada, note=SECRET)
    # long names, which a page does not contain by chance
    Participant.objects.filter(pk=circle.bo.pk).update(name="Bonaventura")
    Participant.objects.filter(pk=circle.cy.pk).update(name="Cyprienne")
    Participant.objects.filter(pk=circle.ada.pk).update(name="Adalberta")
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        circle.cast.move(phase)
    series = Series.objects.create(owner=circle.cast.fay, name="Lantern Street")
    Ring.objects.update(circle=series)
    Access.objects.create(ring=circle.ring, user=circle.cast.fay, reason="Somebody asked us.")
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
    acts = {Ring: {"close_forgotten", "keep_for_a_year"}, Participant: {"resend_link"}}
    shown = acts_on(model, root.get(address(model)).wsgi_request)
    assert set(shown) == acts.get(model, set())


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


@pytest.mark.parametrize("model", MODELS)
def test_people_are_numbers_on_every_page(model: type, root: Client, told: Circle) -> None:
    pages = [address(model)] + [
        address(model, "change", *pk) for pk in model.objects.values_list("pk")
    ]
    for page in pages:
        shown = root.get(page).content.decode()
        assert [n for n in ("Adalberta", "Bonaventura", "Cyprienne") if n in shown] == []


def test_a_number_is_the_one_of_the_review_whatever_the_list_is_filtered_by(
    root: Client, told: Circle
) -> None:
    shown = root.get(address(Participant), {"seat": "joined", "ring": told.ring.pk})
    assert [f"#{row.place}" for row in shown.context["cl"].result_list.order_by("pk")] == [
        "#1",
        "#2",
        "#3",
    ]
    Participant.objects.filter(pk=told.ada.pk).update(seat="left")
    shown = root.get(address(Participant), {"seat": "joined"}).content.decode()
    assert ">#1<" not in shown
    assert ">#3<" in shown


def test_who_made_a_private_offer_is_not_told(root: Client, told: Circle) -> None:
    private, shared = Offer.objects.order_by("pk")
    shown = root.get(address(Offer, "change", private.pk)).content.decode()
    assert "#2" not in shown
    assert ">private<" in shown
    assert "#3" in root.get(address(Offer, "change", shared.pk)).content.decode()
    assert "#2" not in root.get(address(Offer)).content.decode()
    assert "#2" not in root.get(address(Event)).content.decode()


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
        (Participant, {"name__startswith": "A"}),
        (Tally, {"ring__participants__name": "Adalberta"}),
        (Access, {"ring__code": "B"}),
        (Ring, {"stage_token__startswith": "a"}),
    ],
)
def test_what_is_not_shown_cannot_be_filtered_for(
    model: type, question: dict[str, str], root: Client, told: Circle
) -> None:
    assert root.get(address(model), question).status_code == 400


@pytest.mark.parametrize("model", [Participant, Request, Offer, Event])
def test_nobody_is_searched_for_by_name(model: type, root: Client, told: Circle) -> None:
    assert root.get(address(model), {"q": "spring"}).context["cl"].result_count > 0
    for name in ("Adalberta", "Bonaventura"):
        assert root.get(address(model), {"q": name}).context["cl"].result_count == 0


# --- acts of support ------------------------------------------------------------------------------


def press(client: Client, act: str, *rings: Ring, **more: str) -> str:
    """An act is chosen in the list of rings, and with `sure` confirmed on its page."""
    chosen = {"action": act, "_selected_action": [ring.pk for ring in rings], **more}
    return client.post(address(Ring), chosen, follow=True).content.decode()


def test_a_forgotten_ring_is_closed_after_one_was_asked(root: Client, circle: Circle) -> None:
    asked = press(root, "close_forgotten", circle.ring)
    assert "These rings end as of when something last happened in them." in asked
    assert Ring.objects.get().phase == Phase.TURNS
    done = press(root, "close_forgotten", circle.ring, sure="yes")
    assert "Done for 1 ring." in done
    assert Ring.objects.get().phase == Phase.FOLLOW_UP
    event = Event.objects.get(kind="close_forgotten")
    assert event.by_user == User.objects.get(username="root")


def test_a_ring_that_refuses_says_why_and_stops_no_other(root: Client, told: Circle) -> None:
    other = told.cast.another()
    done = press(root, "close_forgotten", told.ring, other, sure="yes")
    assert "Done for 1 ring." in done
    assert "Spring ring: Only a ring that is still open can be closed." in done
    assert Ring.objects.get(pk=other.pk).phase == Phase.FOLLOW_UP


def test_words_are_kept_for_a_year(root: Client, told: Circle) -> None:
    assert "until a year after their end" in press(root, "keep_for_a_year", told.ring)
    press(root, "keep_for_a_year", told.ring, sure="yes")
    assert Ring.objects.get().keep_days == Keeping.YEAR
    assert Event.objects.filter(kind="keep_for").count() == 1


def test_an_act_that_is_sent_twice_is_done_once(root: Client, told: Circle) -> None:
    for _ in range(2):
        press(root, "keep_for_a_year", told.ring, sure="yes", op="a" * 32)
    assert Event.objects.filter(kind="keep_for").count() == 1


def test_who_may_only_look_at_rings_has_no_acts(sol: User, client: Client, told: Circle) -> None:
    sol.user_permissions.add(Permission.objects.get(codename="view_ring"))
    client.force_login(sol)
    assert acts_on(Ring, client.get(address(Ring)).wsgi_request) == {}
    press(client, "keep_for_a_year", told.ring, sure="yes")
    assert Ring.objects.get().keep_days == Keeping.THREE_MONTHS
    sol.user_permissions.add(Permission.objects.get(codename="change_ring"))
    client.force_login(User.objects.get(pk=sol.pk))
    press(client, "keep_for_a_year", told.ring, sure="yes")
    assert Ring.objects.get().keep_days == Keeping.YEAR
    assert client.post(address(Ring, "change", told.ring.pk), {"title": "X"}).status_code == 403


# --- what it is for -------------------------------------------------------------------------------


def test_rings_are_found_by_title_address_and_whole_code(root: Client, cast: Cast) -> None:
    for typed in ("spring", "fay@example.org", cast.ring.code.lower()):
        assert root.get(address(Ring), {"q": typed}).context["cl"].result_count == 1
    assert root.get(address(Ring), {"q": cast.ring.code[:4]}).context["cl"].result_count == 0
    assert root.get(address(Ring), {"phase": Phase.LOBBY}).context["cl"].result_count == 1


def test_a_ring_shows_its_numbers_with_their_n(root: Client, told: Circle) -> None:
    assert "1 of 3" in root.get(address(Ring)).content.decode()


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
    for here, to in ((Phase.WALL, Phase.CLOSING), (Phase.CLOSING, Phase.FOLLOW_UP)):
        actions.move(ring, By(host), to=to, believing=here)
    Ring.objects.filter(pk=ring.pk).update(circle=actions.circle_of(host, op))
    Access.objects.create(ring=ring, user=host, reason="Somebody asked us.")


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
