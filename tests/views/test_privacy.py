"""Who may see and do what: the essentials. The whole table of routes comes with its own issue."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rings import actions, checks
from rings.actions import By
from rings.models import Offer, Participant, Ring
from rings.phases import Phase
from tests.conftest import Cast, Circle

SECRET = "the-private-note"


@pytest.fixture
def secret(circle: Circle) -> Circle:
    """Bo has offered to Ada for her eyes only."""
    circle.cast.offer(circle.bo, circle.ada, note=SECRET, private=True)
    return circle


def test_a_private_offer_is_seen_by_its_asker(secret: Circle) -> None:
    assert SECRET in secret.cast.phone(secret.ada).get(f"/r/{secret.ring.code}/").text


@pytest.mark.parametrize("phase", [Phase.TURNS, Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP])
def test_a_private_offer_is_seen_by_no_other_phone_no_stage_and_no_desk(
    secret: Circle, phase: Phase
) -> None:
    if phase != Phase.TURNS:
        for to in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
            secret.cast.move(to)
            if to == phase:
                break
    pages = [
        secret.cast.phone(secret.cy).get(f"/r/{secret.ring.code}/"),
        Client().get(f"/stage/{secret.ring.stage_token}/"),
        secret.cast.desk().get(f"/desk/{secret.ring.pk}/"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [SECRET in page.text for page in pages] == [False, False, False]


def test_an_ask_is_seen_by_nobody_else_before_its_turn(circle: Circle) -> None:
    page = circle.cast.phone(circle.ada).get(f"/r/{circle.ring.code}/")
    stage = Client().get(f"/stage/{circle.ring.stage_token}/")
    assert "What Cy asks for" not in page.text
    assert "What Cy asks for" not in stage.text
    ask = circle.cy.asks.get()
    phone = circle.cast.phone(circle.ada)
    assert phone.get(f"/r/{circle.ring.code}/offer/{ask.pk}/").status_code == 404


def test_a_facilitator_reads_no_ask_written_on_a_phone_before_its_turn(circle: Circle) -> None:
    desk, pk = circle.cast.desk(), circle.ring.pk
    path = f"/desk/{pk}/seats/{{}}/ask/".format
    refused = [
        desk.get(path(circle.cy.pk)),
        desk.post(path(circle.cy.pk), {"text": "Other words."}),
    ]
    assert [page.status_code for page in refused] == [409, 409]
    assert ["What Cy asks for" in page.text for page in refused] == [False, False]
    assert circle.cy.asks.get().text == "What Cy asks for."
    assert desk.get(path(circle.ada.pk)).status_code == 200  # Ada has the ring


def test_a_facilitator_writes_for_somebody_without_a_phone(cast: Cast) -> None:
    daniel = cast.proxy("Daniel")
    path = f"/desk/{cast.ring.pk}/seats/{daniel.pk}/ask/"
    cast.desk().post(path, {"text": "A chair."})
    assert "A chair." in cast.desk().get(path).text


def test_somebody_of_another_ring_finds_nothing_here(circle: Circle, mal: Participant) -> None:
    phone = circle.cast.phone(mal)
    ask = circle.ada.asks.get()
    paths = ["screen/", "ask/", f"offer/{ask.pk}/", "return/"]
    answers = [phone.get(f"/r/{circle.ring.code}/{path}").status_code for path in paths]
    assert answers == [404] * 4


def test_an_ask_of_another_ring_cannot_be_offered_on(circle: Circle, mal: Participant) -> None:
    phone = circle.cast.phone(mal)
    answer = phone.post(f"/r/{mal.ring.code}/offer/{circle.ada.asks.get().pk}/", {"kind": "advice"})
    assert answer.status_code == 404
    assert not Offer.objects.exists()


def test_nobody_takes_back_somebody_else_s_offer(secret: Circle) -> None:
    phone = secret.cast.phone(secret.cy)
    offer = Offer.objects.get()
    assert phone.post(f"/r/{secret.ring.code}/withdraw/{offer.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "screen/"])
def test_a_desk_is_for_its_facilitator_alone(cast: Cast, sol: User, path: str) -> None:
    other = Client()
    other.force_login(sol)
    assert other.get(f"/desk/{cast.ring.pk}/{path}").status_code == 404
    assert Client().get(f"/desk/{cast.ring.pk}/{path}")["Location"].startswith("/accounts/login/")


def test_commands_of_another_facilitator_change_nothing(circle: Circle, sol: User) -> None:
    other = Client()
    other.force_login(sol)
    ask, version = circle.ada.asks.get().pk, Ring.objects.get(pk=circle.ring.pk).version
    answer = other.post(f"/desk/{circle.ring.pk}/turn/next/", {"believing": ask})
    assert answer.status_code == 404
    assert Ring.objects.get(pk=circle.ring.pk).version == version


def test_a_wrong_stage_link_finds_nothing(cast: Cast) -> None:
    assert Client().get("/stage/nothing/").status_code == 404


def test_a_form_of_another_site_is_refused(circle: Circle) -> None:
    phone = Client(enforce_csrf_checks=True)
    phone.cookies.update(circle.cast.phone(circle.bo).cookies)
    ask = circle.ada.asks.get()
    answer = phone.post(f"/r/{circle.ring.code}/offer/{ask.pk}/", {"kind": "advice"})
    assert answer.status_code == 403
    assert not Offer.objects.exists()


def test_every_view_declares_its_audience() -> None:
    views = checks.our_views()
    assert len(views) > 25
    assert checks.every_view_has_an_audience(None) == []


def test_a_view_without_an_audience_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def bare() -> None: ...

    bare.__module__ = "rings.views.bare"
    monkeypatch.setattr(checks, "our_views", lambda: [bare])
    assert [error.id for error in checks.every_view_has_an_audience(None)] == ["rings.E001"]


def test_the_demo_s_door_exists_in_the_demo_only(cast: Cast) -> None:
    assert Client().get("/demo/anything/").status_code == 404


def test_ring_pages_are_kept_by_no_cache(circle: Circle) -> None:
    answer = circle.cast.phone(circle.bo).get(f"/r/{circle.ring.code}/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_nothing_but_our_own_files_may_run(circle: Circle) -> None:
    answer = circle.cast.phone(circle.bo).get(f"/r/{circle.ring.code}/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_is_typed_is_text_everywhere(circle: Circle) -> None:
    code = '<script>alert(1)</script><b hx-get="/x">{{ ring.code }}{% now "Y" %}'
    circle.cast.write(circle.ada, code)
    circle.cast.offer(circle.bo, circle.ada, note=code)
    actions.write(circle.ring, By(circle.ada), participant=circle.ada, text=code, why=code)
    for page in (
        circle.cast.phone(circle.ada).get(f"/r/{circle.ring.code}/"),
        circle.cast.phone(circle.cy).get(f"/r/{circle.ring.code}/"),
        Client().get(f"/stage/{circle.ring.stage_token}/"),
        circle.cast.desk().get(f"/desk/{circle.ring.pk}/"),
    ):
        assert "<script>alert" not in page.text
        assert "<b hx-get" not in page.text
        assert "{{ ring.code }}" in page.text
