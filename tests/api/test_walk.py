"""All of the API, walked: who sees it, what it costs, and that it is described as it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ta_portal.access.permissions import Role
from ta_portal.api.resources import api_views
from ta_portal.api.rows import shown
from ta_portal.api.views import PortalView
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.api_urls import DOORS as DOOR_VIEWS
from ta_portal.api_urls import RESOURCES
from tests.api.everything import DOORS, ROWS, reader_of
from tests.factories import CountryFactory, EngagementFactory, InstitutionFactory
from tests.rest import Rest

pytestmark = pytest.mark.django_db

VIEWSETS = {viewset.resource: viewset for viewset in RESOURCES}
# Countries are common knowledge. Jobs and messages have an owner instead of a scope (tests/jobs/api, tests/mail).
OF_ENGAGEMENTS = sorted(ROWS.keys() - {"countries", "jobs", "messages"})
# A role that sees all there is on what it holds.
ALL_SEEING = Role.ADMINISTRATOR


def address(resource, row):
    viewset = VIEWSETS[resource]
    return reverse(f"api:{resource}-detail", args=[getattr(row, viewset.lookup_field)])


@pytest.fixture
def elsewhere():
    """A ministry of another country, with an engagement of its own."""
    ministry = InstitutionFactory(country=CountryFactory(iso2="KE"))
    EngagementFactory(institution=ministry)
    return ministry


def test_everything_that_the_api_offers_is_walked_here():
    assert set(ROWS) == set(VIEWSETS)
    assert set(DOORS) == {door.resource for door in DOOR_VIEWS}


def test_every_address_stands_on_the_base_that_checks_access():
    for name, view in api_views():
        assert issubclass(view, PortalView), name
    for viewset in VIEWSETS.values():
        assert issubclass(viewset, ScopedViewSet)
        assert viewset.__doc__


def test_fields_that_are_withheld_cannot_be_asked_by(member):
    # Ordering or filtering by a withheld field would tell it.
    for resource, viewset in VIEWSETS.items():
        view = viewset()
        view.request = type("Request", (), {"user": member(Role.LIAISON, institution=InstitutionFactory())})()
        withheld = set(view.shown_where()) | set(viewset.computed_fields)
        asked_by = {*viewset.filter_fields, *viewset.ordering_fields, *viewset.search_fields}
        assert not withheld & asked_by, resource


@pytest.mark.parametrize("resource", OF_ENGAGEMENTS)
def test_another_ministrys_liaison_finds_nothing(resource, elsewhere, rest):
    row = ROWS[resource](EngagementFactory(), 1)[0]

    for role in (Role.LIAISON, ALL_SEEING):
        stranger = rest(role, institution=elsewhere)
        assert stranger.ask(address(resource, row)).status_code == 404
        listed = stranger.ask(f"{resource}/", page_size=500)
        if listed.status_code == 200:
            field = "ref" if resource == "engagements" else "id"
            assert str(getattr(row, "ref" if resource == "engagements" else "public_id")) not in [
                found[field] for found in listed.json()["results"]
            ]
        else:
            assert listed.status_code == 403


@pytest.mark.parametrize("resource", OF_ENGAGEMENTS)
def test_who_holds_the_engagement_finds_it(resource, rest):
    engagement = EngagementFactory()
    row = ROWS[resource](engagement, 1)[0]
    asked = rest(ALL_SEEING, engagement=engagement)

    assert asked.ask(address(resource, row)).status_code == 200
    assert len(asked.get(f"{resource}/")["results"]) >= 1


@pytest.mark.parametrize("door", DOORS)
def test_another_ministrys_liaison_finds_no_door(door, elsewhere, rest):
    engagement = EngagementFactory()

    assert rest(Role.LIAISON, institution=elsewhere).ask(f"engagements/{engagement.ref}/{door}/").status_code == 404
    assert rest(ALL_SEEING, institution=elsewhere).ask(f"engagements/{engagement.ref}/{door}/").status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_the_ministrys_own_liaison_finds_every_door_open(door, rest):
    engagement = EngagementFactory()

    answer = rest(Role.LIAISON, institution=engagement.institution).get(f"engagements/{engagement.ref}/{door}/")

    assert answer["engagement"] == engagement.ref


@pytest.mark.parametrize("resource", [name for name, viewset in VIEWSETS.items() if viewset.engagement_path])
def test_rows_of_an_engagement_that_one_may_not_see_are_not_asked_for(resource, elsewhere, rest):
    engagement = EngagementFactory()
    ROWS[resource](engagement, 1)

    response = rest(ALL_SEEING, institution=elsewhere).ask(f"{resource}/", engagement=engagement.ref)

    assert response.status_code == 404
    assert response.content == rest(ALL_SEEING, institution=elsewhere).ask(f"{resource}/", engagement="NONE").content


@pytest.mark.parametrize("resource", [name for name, viewset in VIEWSETS.items() if viewset.engagement_path])
def test_a_list_can_be_narrowed_to_one_engagement(resource, rest):
    engagement, other = EngagementFactory(), EngagementFactory()
    wanted = {str(row.public_id) for row in ROWS[resource](engagement, 3)}
    ROWS[resource](other, 2)

    found = rest(ALL_SEEING).codes(f"{resource}/", "id", engagement=engagement.ref)

    assert len(found) == len(set(found))
    assert set(found) >= wanted
    if "engagement" in VIEWSETS[resource].row.declared():
        assert set(rest(ALL_SEEING).codes(f"{resource}/", "engagement", engagement=engagement.ref)) == {engagement.ref}


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_a_stranger_is_let_in_nowhere(resource):
    assert Rest().ask(f"{resource}/").status_code == 401


@pytest.mark.parametrize("resource", OF_ENGAGEMENTS)
def test_a_list_does_not_change_when_something_hidden_is_added(resource, rest):
    ours = EngagementFactory()
    ROWS[resource](ours, 2)
    asked = rest(Role.PROGRAMME_OFFICER, engagement=ours)
    before = asked.ask(f"{resource}/")

    hidden = EngagementFactory(programme=ours.programme, institution=InstitutionFactory())
    if resource != "exchange-rates":  # a source is shared by whoever stands under the programme
        ROWS[resource](hidden, 2)

    after = asked.ask(f"{resource}/")
    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_a_list_costs_the_same_for_5_rows_as_for_500(resource, member):
    engagement = EngagementFactory()
    rows = ROWS[resource](engagement, 501)
    # A token for reading shows its user's own jobs only, so those are asked for by session.
    asked = Rest(reader_of(rows, member(ALL_SEEING)), None if resource == "jobs" else ["read"])
    asked.get(f"{resource}/", page_size=1)

    costs = {}
    for size in (5, 500):
        with CaptureQueriesContext(connection) as queries:
            rows = asked.get(f"{resource}/", page_size=size)["results"]
        assert len(rows) == size or resource == "countries"
        costs[size] = [query["sql"] for query in queries]

    # The token; the count of calls with what the caller holds; the page. By session a user more, and figures.
    most = 6 if VIEWSETS[resource].computed_fields else 3
    assert len(costs[5]) == len(costs[500]) <= most, costs[5]


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_what_is_shown_of_a_row_is_compiled_once_for_everybody(resource, rest):
    engagement = EngagementFactory()
    ROWS[resource](engagement, 2)
    rest(ALL_SEEING).get(f"{resource}/")
    compiled = shown.cache_info().misses

    rest(ALL_SEEING, institution=engagement.institution).get(f"{resource}/", page_size=1, ordering="")

    assert shown.cache_info().misses == compiled


@pytest.mark.parametrize("resource", OF_ENGAGEMENTS)
def test_a_narrow_grant_costs_no_more_queries(resource, member):
    engagement = EngagementFactory()
    ROWS[resource](engagement, 5)
    asked = Rest(member(ALL_SEEING, institution=engagement.institution))
    narrowed = {"engagement": engagement.ref} if VIEWSETS[resource].engagement_path else {}

    with CaptureQueriesContext(connection) as queries:
        asked.get(f"{resource}/", **narrowed)

    assert len(queries) <= 7, [query["sql"] for query in queries]


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_every_parameter_that_the_openapi_file_names_is_taken(resource, rest):
    viewset = VIEWSETS[resource]
    asked = rest(ALL_SEEING)
    shape = viewset.row.declared()

    for parameter, wanted in viewset.filters().items():
        kind = type(shape[wanted.name]).__mro__
        value = _example(shape[wanted.name], kind)
        response = asked.ask(f"{resource}/", **{parameter: "x" if wanted.lookup == "icontains" else value})
        assert response.status_code == 200, (parameter, response.content)
    for name in viewset.ordering_fields:
        assert asked.ask(f"{resource}/", ordering=f"-{name}").status_code == 200, name
    if viewset.search_fields:
        assert asked.ask(f"{resource}/", search="x").status_code == 200
    for name in shape:
        assert asked.ask(f"{resource}/", fields=name).status_code == 200, name


def _example(field, kinds):
    names = {kind.__name__ for kind in kinds}
    if "ChoiceField" in names:
        return next(iter(field.choices))
    examples = {
        "BooleanField": "true",
        "UUIDField": "11111111-1111-1111-1111-111111111111",
        "DateField": "2024-01-01",
        "DateTimeField": "2024-01-01T00:00:00Z",
        "DecimalField": "1.5",
        "IntegerField": "1",
        "CharField": "x",
    }
    return next(value for name, value in examples.items() if name in names)


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_a_list_has_no_filter_that_takes_nonsense(resource, rest):
    viewset = VIEWSETS[resource]
    for parameter, wanted in viewset.filters().items():
        if type(viewset.row.declared()[wanted.name]).__name__ in ("CharField", "CodeField", "ScopeField"):
            continue
        response = rest(ALL_SEEING).ask(f"{resource}/", **{parameter: "nonsense"})
        assert response.status_code == 400, parameter
        assert [fault["field"] for fault in response.json()["errors"]] == [parameter]
