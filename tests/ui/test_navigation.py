import pytest
from django.contrib.auth.models import AnonymousUser

from ta_portal.accounts.models import User
from ta_portal.ui import navigation
from ta_portal.ui.navigation import NavItem


@pytest.fixture
def bar(monkeypatch):
    """The top bar with three links of which the last is for nobody."""
    monkeypatch.setattr(navigation, "_items", {})
    navigation.register(NavItem("Styles", "ui:styleguide", order=20))
    navigation.register(NavItem("Part", "part", order=10))
    navigation.register(NavItem("Closed", "closed", order=5, visible_to=lambda user: False))


@pytest.fixture
def reader(rf):
    def reader(path, user):
        request = rf.get(path)
        request.user = user
        return navigation.links(request)

    return reader


def test_links_stand_in_order_and_only_for_those_who_may_see_them(bar, reader):
    assert [link.label for link in reader("/", User(email="a@demo.example"))] == ["Part", "Styles"]


def test_the_section_that_a_page_belongs_to_is_current(bar, reader):
    links = reader("/part/FIN-1/costs/", User(email="a@demo.example"))

    assert [link.label for link in links if link.current] == ["Part"]


def test_a_visitor_gets_no_links(bar, reader):
    assert reader("/", AnonymousUser()) == []


def test_a_page_registered_twice_is_linked_once(bar, reader):
    navigation.register(NavItem("Parts", "part", order=10))

    assert [link.label for link in reader("/", User())] == ["Parts", "Styles"]
