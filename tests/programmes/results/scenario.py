"""The results of a scenario file as plain rows, without the portal's services: these tests ask only what is read."""

import datetime as dt
import json
from decimal import Decimal

from programmes.models import (
    EngagementSector,
    IndicatorTarget,
    Observation,
    ObservationRevision,
    OutsideActivity,
)
from tests.conftest import SHARED_DATA
from tests.factories import (
    CountryFactory,
    CurrencyFactory,
    EngagementFactory,
    FundingAgreementFactory,
    IndicatorFactory,
    InstitutionFactory,
    MilestoneFactory,
    OrganisationFactory,
    OutcomeFactory,
    ProgrammeFactory,
    SectorFactory,
    UserFactory,
    days,
)

PARTS = {"female": "sex=f", "male": "sex=m"}
KNOWN_AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
# What a test makes is on record from now on: a question that shall find it has a later cut-off.
CUT_OFF = dt.datetime(2099, 3, 1, tzinfo=dt.UTC)


def read(name):
    return json.loads((SHARED_DATA / name).read_text("utf-8"))


def load(scenario):
    """The engagement with its donors, outcomes, indicators, milestones, and what others do beside it."""
    own = scenario["engagement"]
    country = (scenario.get("country") or scenario["meta"]["country"])["alpha2"]
    institution = InstitutionFactory(name=own["counterpart"], country=CountryFactory(iso2=country))
    donors = [OrganisationFactory(code=donor["code"], name=donor["name"]) for donor in scenario["donors"]]
    engagement = EngagementFactory(
        ref=own["code"], title=own["title"], institution=institution, planned=days(own["start"], own["end"]),
        status="completed", programme=ProgrammeFactory(lead=donors[0]),
    )  # fmt: skip
    for donor, row in zip(donors, scenario["donors"], strict=True):
        FundingAgreementFactory(
            engagement=engagement,
            contributor=donor,
            amount=row["committed"],
            currency=CurrencyFactory(code=row["currency"]),
        )
    for sector in own["sectors"]:
        EngagementSector.objects.create(
            engagement=engagement, sector=SectorFactory(code=sector["code"]), pct=Decimal(sector["percent"])
        )
    for row in scenario["milestones"]:
        MilestoneFactory(
            engagement=engagement, code=row["code"], due=row["due"], done=row["done"], rating=row["rating"]
        )
    _load_indicators(engagement, scenario)
    for row in scenario["engagements_of_others"]:
        load_other(row)
    return engagement


def load_other(row, **changes):
    organisation = OrganisationFactory(name=row["donor"])
    return OutsideActivity.objects.create(
        **{
            "code": row["code"], "title": row["title"], "organisation": organisation, "sectors": row["sectors"],
            "country": CountryFactory(iso2=row["country"]), "institution_name": row["counterpart"],
            "during": days(row["start"], row["end"]),
        }
        | changes
    )  # fmt: skip


def _load_indicators(engagement, scenario):
    by = UserFactory()
    outcomes = {
        row["code"]: OutcomeFactory(engagement=engagement, code=row["code"])
        for row in scenario["results_framework"]["outcomes"]
    }
    for row in scenario["indicators"]:
        ordinal = row["aggregation"] == "ordinal_latest"
        column = "level" if ordinal else "value"
        baseline = row["baseline"]
        indicator = IndicatorFactory(
            outcome=outcomes[row["outcome"]], code=row["code"], title=row["title"], method=row["aggregation"],
            direction=row["direction"], unit=row["unit"], scale=row.get("scale"), baseline_on=baseline["date"],
            baseline=None if ordinal else baseline["value"], baseline_level=baseline["value"] if ordinal else None,
        )  # fmt: skip
        for target in row["targets"]:
            IndicatorTarget.objects.create(indicator=indicator, due=target["date"], **{column: target["value"]})
        for observed in row["observations"]:
            first, last = period(observed["period"])
            figures = {name: observed.get(name) for name in ("numerator", "denominator", "weight")}
            observe(indicator, first, last, by=by, **figures, **{column: observed.get("value")})
            for part, disagg in PARTS.items():
                if part in observed:
                    observe(indicator, first, last, by=by, disagg=disagg, value=observed[part])


def observe(indicator, first, last, *, by, disagg="", status="accepted", known_at=KNOWN_AT, **figures):
    """One observation with one revision; nothing given is a period that was not reported."""
    given = {name: figure for name, figure in figures.items() if figure is not None}
    has_value = bool(given.keys() - {"weight"})
    values = {"status": status, "reported": has_value, **(given if has_value else {})}
    observation = Observation.objects.create(
        indicator=indicator, period_start=first, period_end=last, disagg=disagg, **values
    )
    ObservationRevision.objects.create(observation=observation, seq=1, known_at=known_at, by=by, **values)
    return observation


def period(label):
    if "/" in label:
        first, last = label.split("/")
        return dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    year, quarter = int(label[:4]), int(label[-1])
    after = dt.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return dt.date(year, 3 * quarter - 2, 1), after - dt.timedelta(days=1)
