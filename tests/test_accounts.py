"""Accounts, for those who hold rings: made, opened by code and by password; and what their pages are."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.conftest import Cast

ADDRESS, PASSWORD = "ina@example.org", "a password nobody has"

OPEN = ("account_login", "account_signup", "account_request_login_code", "account_reset_password")
SIGNED_IN = (
    *("account_email", "account_change_password", "account_logout", "account_reauthenticate"),
    *("mfa_index", "my_rings", "new_ring"),
)


class Inline(HTMLParser):
    """Collects what our content security policy would block in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = given.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in given and not data):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith("on")]


def post(client: Client, name: str, **fields: str) -> HttpResponse:
    """Send a form to one of the account's pages, and follow where it leads."""
    return client.post(reverse(name), fields, follow=True)


def page(response: HttpResponse) -> str:
    return response.content.decode()


def mailed_code() -> str:
    """The code in the last mail, on a line of its own."""
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


@pytest.fixture
def ina(client: Client, db: None) -> User:
    """Ina has an account with a confirmed address, and is signed out again."""
    post(client, "account_signup", email=ADDRESS, password1=PASSWORD)
    post(client, "account_email_verification_sent", code=mailed_code())
    post(client, "account_logout")
    return User.objects.get(email=ADDRESS)


# --- the way in -----------------------------------------------------------------------------------


def test_a_new_account_leads_over_its_mailed_code_to_my_rings(client: Client, db: None) -> None:
    asked = post(client, "account_signup", email=ADDRESS, password1=PASSWORD)
    assert "Type your code" in page(asked)
    assert not asked.context["user"].is_authenticated
    arrived = post(client, "account_email_verification_sent", code=mailed_code())
    assert arrived.redirect_chain[-1][0] == reverse("my_rings")
    assert "No ring is planned" in page(arrived)


def test_a_wrong_code_opens_nothing_and_can_be_typed_again(client: Client, db: None) -> None:
    post(client, "account_signup", email=ADDRESS, password1=PASSWORD)
    wrong = post(client, "account_email_verification_sent", code="AAAA-AAAA")
    assert 'aria-invalid="true"' in page(wrong)
    assert not wrong.context["user"].is_authenticated
    right = post(client, "account_email_verification_sent", code=mailed_code())
    assert right.context["user"].is_authenticated


def test_a_mailed_code_signs_in(client: Client, ina: User) -> None:
    post(client, "account_request_login_code", email=ADDRESS)
    arrived = post(client, "account_confirm_login_code", code=mailed_code())
    assert arrived.context["user"] == ina


def test_a_password_signs_in(client: Client, ina: User) -> None:
    arrived = post(client, "account_login", login=ADDRESS, password=PASSWORD)
    assert arrived.context["user"] == ina


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, ina: User) -> None:
    refused = post(client, "account_login", login=ADDRESS, password="not this one")
    assert 'role="alert"' in page(refused)
    assert f'value="{ADDRESS}"' in page(refused)
    assert not refused.context["user"].is_authenticated


def test_a_mailed_link_leads_to_a_new_password(client: Client, ina: User) -> None:
    post(client, "account_reset_password", email=ADDRESS)
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    choosing = client.get(found[1], follow=True)
    where = choosing.redirect_chain[-1][0]
    client.post(where, {"password1": "quite another one", "password2": "quite another one"})
    arrived = post(client, "account_login", login=ADDRESS, password="quite another one")
    assert arrived.context["user"] == ina


def test_sign_in_leads_on_to_the_page_that_was_asked_for(client: Client, ina: User) -> None:
    asked = client.get(reverse("new_ring"), follow=True)
    wanted = {"login": ADDRESS, "password": PASSWORD, "next": reverse("new_ring")}
    assert f'name="next" value="{reverse("new_ring")}"' in asked.content.decode()
    arrived = client.post(reverse("account_login"), wanted, follow=True)
    assert arrived.redirect_chain[-1][0] == reverse("new_ring")


def test_a_link_does_not_sign_out_but_asks(client: Client, ina: User) -> None:
    client.force_login(ina)
    asked = client.get(reverse("account_logout"))
    assert "Sign out?" in asked.content.decode()
    assert client.get(reverse("my_rings")).status_code == 200
    left = post(client, "account_logout")
    assert "You are signed out." in page(left)
    assert client.get(reverse("my_rings")).status_code == 302


# --- the pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPEN)
def test_pages_before_sign_in_are_ours_and_need_nothing_inline(
    name: str, client: Client, db: None
) -> None:
    shown = client.get(reverse(name)).content.decode()
    assert 'class="brand"' in shown
    assert shown.count("<h1") == 1
    assert Inline(shown).found == []


@pytest.mark.parametrize("name", SIGNED_IN)
def test_pages_of_an_account_are_ours_and_need_nothing_inline(name: str, cast: Cast) -> None:
    shown = cast.desk().get(reverse(name), follow=True).content.decode()
    assert 'class="brand"' in shown
    assert shown.count("<h1") == 1
    assert Inline(shown).found == []


def test_every_field_of_a_refused_account_has_its_label_and_its_error(
    client: Client, db: None
) -> None:
    refused = page(post(client, "account_signup", email="ina@", password1="short"))
    for name in ("email", "password1"):
        assert f'<label for="id_{name}">' in refused
        assert f'id="id_{name}_error" role="alert"' in refused
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in refused


def test_past_rings_are_in_the_menu_of_everybody_with_an_account(
    cast: Cast, sol: User, client: Client
) -> None:
    link = f'href="{reverse("past_rings")}"'
    assert link in cast.desk().get(reverse("my_rings")).content.decode()
    client.force_login(sol)
    assert link in client.get(reverse("my_rings")).content.decode()


def test_an_authenticator_app_is_set_up_by_a_code_that_our_policy_lets_through(
    client: Client, ina: User
) -> None:
    post(client, "account_login", login=ADDRESS, password=PASSWORD)
    post(client, "account_reauthenticate", password=PASSWORD)
    shown = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'class="qr"' in shown
    assert "data:image" not in shown
    assert Inline(shown).found == []


def test_mails_are_calm_and_name_the_site(client: Client, ina: User) -> None:
    post(client, "account_request_login_code", email=ADDRESS)
    sent = mail.outbox[-1]
    assert sent.subject == "Your sign-in code"
    assert "Ringsite, testserver" in sent.body
    assert "!" not in sent.body
