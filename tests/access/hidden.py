"""Engagements that are added to the world where some readers may not see them, each near to what they do see."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from evaluations.services.roll_up import request_report, roll_up
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from ta_portal.audit.services import record
from tests import factories as f
from tests.access.world import World, fill, new_expert, new_member, new_source


def another_programme(world: World) -> f.programmes.Engagement:
    """Same country, sector, days and adviser; another donor's programme, in an institution of its own."""
    return _filled(
        world,
        f.EngagementFactory(
            ref="HIDDEN-1",
            title="Audit of large taxpayers",
            programme__code="P-HIDDEN",
            programme__rate_source="hidden",
            institution__name="Hidden Revenue Authority",
        ),
        donor=f.OrganisationFactory(code="FUND-H", name="Hidden fund"),
    )


def same_programme(world: World) -> f.programmes.Engagement:
    """In our programme and country, for another institution, paid by another donor."""
    made = f.EngagementFactory(ref="HIDDEN-2", title="Audit twin", programme=world.ours.programme)
    return _filled(world, made, donor=f.OrganisationFactory(code="FUND-I"))


def same_institution(world: World) -> f.programmes.Engagement:
    made = f.EngagementFactory(
        ref="HIDDEN-3", title="Audit next door", programme__code="P-NEXT", institution=world.ours.institution
    )
    return _filled(world, made, donor=f.OrganisationFactory(code="FUND-J"))


def a_part_of_ours(world: World) -> f.programmes.Engagement:
    made = f.EngagementFactory(ref="HIDDEN-4", title="Audit, second phase", parent=world.ours, programme__code="P-PART")
    return _filled(world, made, donor=f.OrganisationFactory(code="FUND-K"))


def same_donor_elsewhere(world: World) -> f.programmes.Engagement:
    """Our donor pays in a country that nobody of ours looks after; hidden from all but the donor's own."""
    made = f.EngagementFactory(
        ref="HIDDEN-5",
        title="Audit abroad",
        programme__code="P-ABROAD",
        institution__country=f.CountryFactory(iso2="UG"),
        institution__name="Uganda's authority",
    )
    return _filled(world, made, donor=world.ours.agreements.get().contributor)


HIDDEN: tuple[Callable[[World], f.programmes.Engagement], ...] = (
    another_programme,
    same_programme,
    same_institution,
    a_part_of_ours,
    same_donor_elsewhere,
)


def _filled(world: World, engagement: f.programmes.Engagement, *, donor: object) -> f.programmes.Engagement:
    """With money, results, risks, people, reports, jobs and an audit trail of its own."""
    colleague = new_expert(f"X-{engagement.ref}", f"Hidden adviser {engagement.ref}")
    fill(engagement, world.shared_expert, colleague, donor=donor, code="H")
    officer = new_member(Role.PROGRAMME_OFFICER, engagement=engagement)
    if engagement.programme.rate_source not in ("ours", "none"):
        new_source(engagement.programme.rate_source)
    with transaction.atomic():
        for scope in (f"engagement:{engagement.ref}", "portfolio"):
            roll_up(scope=scope, as_of=dt.date(2024, 12, 31), currency="USD", by=system_author())
        request_report(scope=f"engagement:{engagement.ref}", by=officer)
    record("membership.granted", target=engagement, by=officer, user=officer.pk)
    f.programmes.Tranche.objects.create(
        agreement=engagement.agreements.get(), due=dt.date(2024, 6, 30), amount=Decimal(10)
    )
    return engagement
