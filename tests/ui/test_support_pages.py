"""Help, accessibility and one's own account."""

import pytest

from ta_portal.access.permissions import Role
from ta_portal.api.services.tokens import create_token
from tests.factories import UserFactory
from tests.web import Page


@pytest.mark.parametrize(("address", "words"), [("/help/", "Finding your way"), ("/accessibility/", "level AA")])
def test_help_and_accessibility_are_open_to_all_and_in_every_pages_foot(client, db, address, words):
    page = Page(client.get(address))

    assert words in page.text
    assert address in Page(client.get("/accounts/login/")).links


def test_an_account_says_who_one_is_and_which_tokens_act_as_one(client, member):
    user, other = member(Role.FINANCE_OFFICER), UserFactory()
    mine = create_token(user=user, scopes=["read"], days=30, by=None, name="Spreadsheet")
    create_token(user=other, scopes=["read"], days=30, by=None, name="Somebody else's")
    client.force_login(user)

    page = Page(client.get("/account/"))

    assert user.email in page.text
    assert "Finance officer" in page.text
    assert "Spreadsheet" in page.text
    assert mine.row.prefix in page.text
    assert mine.text not in page.html
    assert "Somebody else's" not in page.text


def test_without_roles_and_tokens_it_says_so(client, db):
    client.force_login(UserFactory())

    text = Page(client.get("/account/")).text

    assert "None yet: an administrator gives them." in text
    assert "No token acts as you." in text
