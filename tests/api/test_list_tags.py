"""A list's tag is made without its body: it moves with everything that a row shows, and reads the stamps alone."""

import datetime as dt
import inspect
import uuid

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from experts.models import ExpertPerson, Grade, Position
from programmes.models import Engagement, IndicatorTarget, ProgressReport
from ta_portal.access.permissions import Role
from ta_portal.api.services.tokens import create_token
from ta_portal.api.tags import row_stamp
from ta_portal.api_urls import RESOURCES
from tests import factories
from tests.api.everything import ROWS
from tests.factories import EngagementFactory, MilestoneFactory, UserFactory

pytestmark = pytest.mark.django_db

VIEWSETS = {viewset.resource: viewset for viewset in RESOURCES}
FACTORIES = {
    factory._meta.model: factory
    for _name, factory in inspect.getmembers(factories, inspect.isclass)
    if getattr(getattr(factory, "_meta", None), "model", None) is not None
}
# What never changes: entries of the ledger and sets of rates are append-only.
NEVER = {("ledger-entries", "settles"), ("ledger-entries", "reverses"), ("budgets", "rate_set")}
STAMPED = sorted(
    name for name, viewset in VIEWSETS.items() if row_stamp(viewset.queryset.model, viewset.row.columns([])) is not None
)


def joined_fields(resource):
    """Fields that are read along a relation, each with its path."""
    viewset = VIEWSETS[resource]
    shape = viewset.row.declared()
    names = [name for name in shape if name not in viewset.computed_fields and (resource, name) not in NEVER]
    columns = viewset.row.columns(names)
    relations = {field.name for field in viewset.queryset.model._meta.get_fields() if field.is_relation}
    return [(name, path) for name, path in columns.items() if isinstance(path, str) and _along(path, relations)]


def _along(path, relations):
    """A range's first day (`planned__startswith`) is the row's own."""
    first, _sep, further = path.partition("__")
    return bool(further) and first in relations


def related(row, name, engagement):
    """The row that a relation leads to; one is made where there is none yet."""
    field = row._meta.get_field(name)
    found = getattr(row, name, None)
    if found is not None:
        return found
    model = field.related_model
    if model is ExpertPerson:
        return ExpertPerson.objects.create(expert=row, name="Somebody", role="Adviser")
    if model is Grade:
        found = Grade.objects.create(code="P5", name="Five")
    elif model is Position:
        found = Position.objects.create(engagement=engagement, code="POS", profile="A profile")
    elif model is ProgressReport:
        found = FACTORIES[model](period__engagement=engagement)
    elif model in FACTORIES:
        own = {"engagement": engagement} if "engagement" in {one.name for one in model._meta.get_fields()} else {}
        found = FACTORIES[model](**own)
    else:
        found = model.objects.create(code="MADE-HERE", engagement=engagement)
    _point(row, name, found)
    row.refresh_from_db()
    return found


def _point(row, name, found):
    """Let the row's relation lead to `found`, with what constraints want beside it, past the triggers of a ledger."""
    given, at = {name: found}, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    if name == "approved_by":
        given |= {"state": "approved", "approved_at": at}
    if name in ("submitted_by", "decided_by"):
        other = "decided_by" if name == "submitted_by" else "submitted_by"
        given |= {"state": "accepted", "submitted_at": at, "decided_at": at, other: UserFactory()}
    with pgtrigger.ignore("costing.LedgerEntry:append_only"):
        type(row).objects.filter(pk=row.pk).update(**given)


def another(value):
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    if isinstance(value, dt.date):
        return value - dt.timedelta(days=1)
    return value + 1 if isinstance(value, int) else f"{value}9"


CASES = [(resource, name, path) for resource in STAMPED for name, path in joined_fields(resource)]


@pytest.mark.parametrize(("resource", "name", "path"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_a_change_of_what_a_row_shows_of_another_makes_another_tag(resource, name, path, rest):
    engagement = EngagementFactory()
    row = ROWS[resource](engagement, 1)[0]
    row = type(row).objects.get(pk=row.pk)
    *steps, column = path.split("__")
    end = row
    for step in steps:
        end = related(end, step, engagement)
    asked = rest(Role.ADMINISTRATOR)
    key = {"fields": f"{name},{next(iter(VIEWSETS[resource].row.declared()))}"}
    before, whole = asked.ask(f"{resource}/", **key), asked.ask(f"{resource}/")

    type(end).objects.filter(pk=end.pk).update(**{column: another(getattr(end, column))})

    for first, parameters in ((before, key), (whole, {})):
        after = asked.ask(f"{resource}/", headers={"If-None-Match": first.headers["ETag"]}, **parameters)
        assert after.status_code == 200
        assert after.json() != first.json()
        assert after.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_a_list_that_is_the_same_is_not_sent_again(resource, rest):
    ROWS[resource](EngagementFactory(), 3)
    asked = rest(Role.ADMINISTRATOR)
    for parameters in ({}, {"page_size": 2}, {"fields": next(iter(VIEWSETS[resource].row.declared()))}):
        tag = asked.ask(f"{resource}/", **parameters).headers["ETag"]
        again = asked.ask(f"{resource}/", headers={"If-None-Match": tag}, **parameters)
        assert again.status_code == 304
        assert again.headers["ETag"] == tag
        assert {"Authorization", "Cookie", "Accept"} <= set(again.headers["Vary"].split(", "))


def test_a_change_of_rows_below_makes_another_tag(rest):
    engagement = EngagementFactory()
    indicator = ROWS["indicators"](engagement, 1)[0]
    target = IndicatorTarget.objects.create(indicator=indicator, due="2025-12-31", value=5)
    asked = rest()
    tags = [asked.ask(path).headers["ETag"] for path in ("indicators/", "engagements/")]

    IndicatorTarget.objects.filter(pk=target.pk).update(value=6)
    engagement.recipients.update(country=factories.CountryFactory(iso2="KE"))

    for path, tag in zip(("indicators/", "engagements/"), tags, strict=True):
        assert asked.ask(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_currencys_minor_units_are_shown_and_so_make_another_tag(rest):
    line = ROWS["cost-lines"](EngagementFactory(), 1)[0]
    asked = rest(Role.FINANCE_OFFICER)
    tag = asked.ask("cost-lines/").headers["ETag"]

    type(line.currency).objects.filter(pk=line.currency_id).update(minor_units=3)

    assert asked.ask("cost-lines/", headers={"If-None-Match": tag}).status_code == 200


def test_who_gains_or_loses_a_permission_gets_another_tag(member):
    from tests.rest import Rest

    milestone = MilestoneFactory()
    user = member(Role.VIEWER, engagement=milestone.engagement)
    asked = Rest(user)
    tag = asked.ask("deployments/").headers["ETag"]

    user.memberships.update(role=Role.FINANCE_OFFICER.value)

    assert asked.ask("deployments/", headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_of_one_address_form_or_caller_says_nothing_of_another(rest):
    MilestoneFactory()
    one, two = rest(), rest()
    tags = [
        one.ask("milestones/").headers["ETag"],
        one.ask("milestones/", page_size=50).headers["ETag"],
        one.ask("milestones/", headers={"Accept-Language": "ar"}).headers["ETag"],
        one.ask("milestones/", fields="code").headers["ETag"],
        two.ask("milestones/").headers["ETag"],
    ]

    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(("resource", "shown"), [("observations", '"value"'), ("ledger-entries", '"external_ref"')])
def test_saying_that_nothing_changed_reads_no_more_than_the_stamps(resource, shown, rest):
    ROWS[resource](EngagementFactory(), 5)
    asked = rest(Role.ADMINISTRATOR)
    tag = asked.ask(f"{resource}/").headers["ETag"]

    def statements(headers):
        with CaptureQueriesContext(connection) as found:
            asked.ask(f"{resource}/", headers=headers)
        return [query["sql"] for query in found]

    whole, unchanged = statements({}), statements({"If-None-Match": tag})
    assert any(shown in statement for statement in whole)
    assert not any(shown in statement for statement in unchanged)
    assert len(unchanged) <= len(whole)


@pytest.mark.parametrize("resource", [name for name in STAMPED if name in ROWS and not VIEWSETS[name].computed_fields])
def test_saying_that_nothing_changed_takes_three_statements_however_long_the_page(resource, member):
    # Whose token it is; how often they asked and what they hold; the stamps of the rows. ADR 17 promises it.
    ROWS[resource](EngagementFactory(), 3)
    token = create_token(user=member(Role.ADMINISTRATOR), scopes=["read"], days=1, by=None).text
    asked = Client(headers={"Authorization": f"Bearer {token}"})
    for size in (1, 50):
        path = f"/api/v1/{resource}/?page_size={size}"
        tag = asked.get(path).headers["ETag"]
        with CaptureQueriesContext(connection) as found:
            again = asked.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert len(found) == 3, [query["sql"] for query in found]


def test_what_is_withheld_is_not_on_a_page_and_moves_no_tag(rest):
    parent = EngagementFactory(institution=factories.InstitutionFactory(country=factories.CountryFactory(iso2="KE")))
    part = EngagementFactory(parent=parent)
    narrow, whole = rest(Role.VIEWER, engagement=part), rest()
    first = narrow.ask("engagements/")
    tags = {"If-None-Match": first.headers["ETag"]}, {"If-None-Match": whole.ask("engagements/").headers["ETag"]}

    Engagement.objects.filter(pk=parent.pk).update(ref="ANOTHER-1")

    assert [row["parent"] for row in first.json()["results"]] == [None]
    assert narrow.ask("engagements/", headers=tags[0]).status_code == 304
    assert whole.ask("engagements/", headers=tags[1]).status_code == 200
