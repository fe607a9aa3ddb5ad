"""Who else works on the same thing, and what is told of them to whom."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import EngagementSector, Sector
from programmes.selectors.overlaps import overlaps
from ta_portal.access.permissions import Role
from tests.factories import (
    CountryFactory,
    EngagementFactory,
    FundingAgreementFactory,
    InstitutionFactory,
    OrganisationFactory,
    ProgrammeFactory,
    SectorFactory,
    days,
)
from tests.programmes.results.scenario import load_other

pytestmark = pytest.mark.django_db


def activity(sector="15155", *, under="151", **more):
    engagement = EngagementFactory(**more)
    Sector.objects.update_or_create(code=sector, defaults={"name": sector, "parent": under})
    EngagementSector.objects.create(engagement=engagement, sector_id=sector, pct=100)
    return engagement


@pytest.fixture
def own():
    return activity(planned=days("2024-01-01", "2024-12-31"))


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


def found(engagement, user):
    return {overlap.code: overlap for overlap in overlaps(engagement, user=user)}


def outside(**changes):
    row = {
        "code": "OTHER", "title": "Other", "donor": "Another fund", "sectors": ["15155"], "country": "MD",
        "counterpart": "Somebody", "start": "2024-06-01", "end": "2025-05-31",
    }  # fmt: skip
    given = {key: changes.pop(key) for key in row.keys() & changes.keys()}
    return load_other(row | given, **changes)


def test_the_same_institution_makes_an_overlap_strong(own, officer):
    same = activity(institution=own.institution)
    other = activity()

    overlap = found(own, officer)

    assert (overlap[same.ref].strength, overlap[other.ref].strength) == ("strong", "weak")


def test_an_outside_activity_names_its_institution_by_key_or_by_name(own, officer):
    outside(code="KEY", institution=own.institution, counterpart="")
    outside(code="NAME", counterpart=own.institution.name)
    outside(code="ANOTHER", institution=InstitutionFactory(), counterpart=own.institution.name)
    outside(code="NONE", counterpart="")

    strengths = {code: overlap.strength for code, overlap in found(own, officer).items()}

    assert strengths == {"KEY": "strong", "NAME": "strong", "ANOTHER": "weak", "NONE": "weak"}


@pytest.mark.parametrize(
    ("first", "last", "shared"),
    [
        ("2024-12-31", "2025-12-31", 1),
        ("2020-01-01", "2024-01-01", 1),
        ("2024-06-01", None, 214),
        ("2025-01-01", None, None),
        ("2020-01-01", "2023-12-31", None),
    ],
)
def test_both_ends_count_and_an_open_end_goes_on(own, officer, first, last, shared):
    other = activity(planned=days(first, last))

    overlap = found(own, officer).get(other.ref)

    assert (overlap.shared_days.count if overlap else None) == shared


def test_two_that_both_go_on_share_days_without_an_end(officer):
    own, other = (activity(planned=days(first, None)) for first in ("2024-01-01", "2024-05-01"))

    shared = found(own, officer)[other.ref].shared_days

    assert (shared.first, shared.last, shared.count) == (dt.date(2024, 5, 1), None, None)


def test_what_really_happened_counts_not_what_was_planned(own, officer):
    other = activity(planned=days("2024-01-01", "2024-12-31"), actual=days("2025-02-01", "2025-03-01"))

    assert other.ref not in found(own, officer)


def test_another_country_or_sector_is_no_overlap(own, officer):
    activity(institution=InstitutionFactory(country=CountryFactory(iso2="GE")))
    activity("16062", under="160")
    outside(country="GE")
    outside(code="STAT", sectors=["16062"])

    assert found(own, officer) == {}


def test_only_the_parent_sector_makes_it_possible_and_not_true(own, officer):
    other = activity("15111", institution=own.institution)
    child = activity("15156", under="15155")
    SectorFactory(code="15125", parent="151")
    outside(sectors=["15125"])

    overlap = found(own, officer)

    assert {code: o.strength for code, o in overlap.items()} == {
        other.ref: "possible",
        child.ref: "possible",
        "OTHER": "possible",
    }
    assert not any(o.is_true or o.shared_sectors for o in overlap.values())


def test_the_same_lead_donor_makes_it_internal(own, officer):
    lead = own.programme.lead
    FundingAgreementFactory(engagement=own, contributor=lead)
    inside = activity(programme=ProgrammeFactory(lead=lead))
    FundingAgreementFactory(engagement=inside, contributor=lead)
    other = activity()
    nobody = activity(programme=ProgrammeFactory(lead=None))

    internal = {code: overlap.internal for code, overlap in found(own, officer).items()}

    assert internal == {inside.ref: True, other.ref: False, nobody.ref: False}


def test_cancelled_parent_part_and_co_funded_ones_are_left_out(own, officer):
    partner = OrganisationFactory()
    FundingAgreementFactory(engagement=own, contributor=partner)
    activity(status="cancelled")
    activity(parent=own)
    own.parent = activity()
    own.save(update_fields=["parent"])
    activity(programme=ProgrammeFactory(lead=partner))
    FundingAgreementFactory(engagement=activity(), contributor=own.programme.lead)
    outside(organisation=partner)

    assert found(own, officer) == {}


def test_of_the_engagements_only_permitted_and_published_ones_are_told(own, member):
    hidden = activity()
    public = activity(publication="published")
    outside()

    assert set(found(own, member(Role.VIEWER, engagement=own))) == {public.ref, "OTHER"}
    assert set(found(own, member(Role.VIEWER))) == {public.ref, "OTHER", hidden.ref}


def test_an_engagement_for_a_region_has_no_country_to_share(officer):
    own = activity(country=False)
    activity()

    assert found(own, officer) == {}


def test_many_overlaps_cost_the_queries_of_few(own, officer):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            count = len(found(own, officer))
        return count, len(asked)

    activity(), outside()
    found(own, officer)
    few, cost = queries()
    for number in range(5):
        activity(), outside(code=f"OTHER-{number}")

    assert queries() == (few + 10, cost)
