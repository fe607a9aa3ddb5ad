"""From a file to a scenario: every fault is one sentence that names its place. Knows the format, not the database."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from experts.domain.vocabulary import ExpertKind
from programmes.domain.vocabulary import EngagementStatus, Modality, RiskKind, RiskStatus
from ta_portal.exchange.scenario.content import (
    CostLinePart,
    CountryPart,
    DeploymentPart,
    EngagementPart,
    ExpertPart,
    IndicatorPart,
    MilestonePart,
    OutsidePart,
    RiskPart,
    Scenario,
    SectorPart,
    WorkstreamPart,
)
from ta_portal.exchange.scenario.judgements import read_dimensions, read_evaluation
from ta_portal.exchange.scenario.money import (
    read_administrator,
    read_budget_rates,
    read_cost_line,
    read_currency,
    read_donor,
    read_monthly_rates,
)
from ta_portal.exchange.scenario.results import read_indicator, read_outcomes
from ta_portal.exchange.scenario.values import MONEY, PERCENT, QUANTITY, Values, parse, refuse

P = TypeVar("P")

# Statuses of the IATI kind, beside our own (schema.md, decision 6). `exited` is only ever an act of its own.
_STATUSES = {
    "implementation": EngagementStatus.ACTIVE,
    "finalisation": EngagementStatus.COMPLETED,
    "closed": EngagementStatus.COMPLETED,
}
_OUR_REF = re.compile(r"[A-Z0-9-]{3,40}")
_THREE_CAPITALS = re.compile(r"[A-Z]{3}")


def read_scenario(content: bytes) -> Scenario:
    """The scenario in the file's bytes. Raises InvalidInput at the first thing that cannot be used."""
    root = Values(parse(content), "")
    meta = root.inside("meta") or Values({}, "meta")
    base = read_currency(meta, "base_currency")
    framework = root.inside("results_framework") or Values({}, "results_framework")
    scenario = Scenario(
        name=meta.text("name", 300),
        base_currency=base,
        country=_country(root, meta),
        engagement=_engagement(root.needed("engagement")),
        donors=_each(root, "donors", read_donor),
        administrator=read_administrator(root),
        budget_rates=read_budget_rates(root, base),
        quotes=read_monthly_rates(root, base),
        experts=_each(root, "experts", _expert),
        deployments=_each(root, "deployments", _deployment),
        cost_lines=_each(root, "cost_lines", read_cost_line),
        outcomes=read_outcomes(framework),
        outcome_objective=framework.text_or_none("objective", 2000) or "",
        indicators=_each(root, "indicators", read_indicator),
        milestones=_each(root, "milestones", _milestone),
        risks=_each(root, "risks", _risk),
        others=_each(root, "engagements_of_others", _outside),
        evaluations=_each(root, "evaluations", read_evaluation),
        dimensions=read_dimensions(root),
        not_mapped={},
    )
    _refers_to_what_exists(scenario)
    return replace(scenario, not_mapped=dict(root.left_over()))


def _each(root: Values, key: str, read: Callable[[Values], P]) -> tuple[P, ...]:
    """The rows of a list, each code once."""
    rows = tuple(read(row) for row in root.objects(key))
    codes = [getattr(row, "code", None) for row in rows]
    for number, code in enumerate(codes):
        if code is not None and code in codes[:number]:
            refuse(f"{root.at(key)}[{number}].code", _("The code {code} is there twice.").format(code=code))
    return rows


def _country(root: Values, meta: Values) -> CountryPart:
    """The country stands on its own, or among what the file says about itself."""
    country = root.inside("country") or meta.inside("country")
    if country is None:
        root.refuse("country", _("This is missing."))
    iso2 = country.text("alpha2", 60)
    if not re.fullmatch("[A-Z]{2}", iso2):
        country.refuse("alpha2", _("“{code}” is not a country's code of two capitals.").format(code=iso2))
    iso3 = country.text_or_none("alpha3", 60)
    if iso3 is not None and not _THREE_CAPITALS.fullmatch(iso3):
        country.refuse("alpha3", _("“{code}” is not a country's code of three capitals.").format(code=iso3))
    return CountryPart(
        place=country.place,
        iso2=iso2,
        iso3=iso3,
        name=country.text("name", 200),
        region=country.text_or_none("region", 120) or "",
    )


def _engagement(values: Values) -> EngagementPart:
    ref = values.text("code", 60)
    if not _OUR_REF.fullmatch(ref):
        values.refuse("code", _("A reference has 3 to 40 capitals, digits and hyphens, such as FIN-TAX-2024."))
    start, end = _days(values)
    sectors = _each(values, "sectors", _sector)
    total = sum((sector.percent for sector in sectors), Decimal(0))
    if sectors and total != 100:
        values.refuse("sectors", _("The shares add up to {total}, not to 100.").format(total=f"{total:f}"))
    return EngagementPart(
        place=values.place,
        ref=ref,
        title=values.text("title", 500),
        area=values.text_or_none("area", 120),
        counterpart=values.text_or_none("counterpart", 300),
        start=start,
        end=end,
        status=_status(values),
        iati_id=values.text_or_none("iati_id", 200),
        sectors=sectors,
        aid_type=values.text_or_none("aid_type", 10),
        finance_type=values.text_or_none("finance_type", 10),
        flow_type=values.text_or_none("flow_type", 10),
        tied_status=values.text_or_none("tied_status", 10),
        objective=values.text_or_none("objective", 5000) or "",
        workstreams=_each(values, "workstreams", _workstream),
    )


def _status(values: Values) -> EngagementStatus:
    status = values.choice("status", EngagementStatus, _STATUSES)
    if status is EngagementStatus.EXITED:
        values.refuse("status", _("An exit is an act of its own: bring the engagement in as closed, then exit it."))
    return status


def _days(values: Values) -> tuple[dt.date, dt.date]:
    start, end = values.day("start"), values.day("end")
    if end < start:
        values.refuse("end", _("{end} is before the start, {start}.").format(end=end, start=start))
    return start, end


def _sector(values: Values) -> SectorPart:
    percent = values.number("percent", PERCENT)
    if not 0 < percent <= 100:
        values.refuse("percent", _("{percent} is not a share above 0 and up to 100.").format(percent=percent))
    return SectorPart(place=values.place, code=values.text("code", 10), percent=percent)


def _workstream(values: Values) -> WorkstreamPart:
    return WorkstreamPart(place=values.place, code=values.text("code", 60), title=values.text("title", 300))


def _expert(values: Values) -> ExpertPart:
    rate = values.number_or_none("daily_rate", MONEY, least=0)
    return ExpertPart(
        place=values.place,
        code=values.text("code", 60),
        name=values.text("name", 200),
        role=values.text_or_none("role", 300) or "",
        kind=values.choice("kind", ExpertKind),
        currency=None if rate is None else read_currency(values, "currency"),
        daily_rate=rate,
    )


def _deployment(values: Values) -> DeploymentPart:
    start, end = _days(values)
    fte = values.number("fte", (1, 2))
    if not 0 < fte <= 1:
        values.refuse("fte", _("{fte} is not above 0 and at most 1.").format(fte=fte))
    return DeploymentPart(
        place=values.place,
        code=values.text("code", 60),
        expert=values.text("expert", 60),
        workstream=values.text_or_none("workstream", 60),
        mode=values.choice("mode", Modality),
        start=start,
        end=end,
        fte=fte,
        planned_days=values.number("planned_days", QUANTITY, least=0),
        actual_days=values.number_or_none("actual_days", QUANTITY, least=0) or Decimal(0),
    )


def _milestone(values: Values) -> MilestonePart:
    return MilestonePart(
        place=values.place,
        code=values.text("code", 60),
        title=values.text("title", 300),
        workstream=values.text_or_none("workstream", 60),
        due=values.day("due"),
        done=values.day_or_none("done"),
        rating=values.whole_or_none("rating", 1, 4),
    )


def _risk(values: Values) -> RiskPart:
    left = [values.whole_or_none(key, 1, 5) for key in ("residual_likelihood", "residual_impact")]
    if (left[0] is None) != (left[1] is None):
        values.refuse("residual_likelihood", _("Score what remains by likelihood and by impact, or not at all."))
    return RiskPart(
        place=values.place,
        code=values.text("code", 60),
        kind=values.choice("limitation", RiskKind),
        title=values.text("title", 500),
        likelihood=values.whole("likelihood", 1, 5),
        impact=values.whole("impact", 1, 5),
        residual_likelihood=left[0],
        residual_impact=left[1],
        mitigation=values.text_or_none("mitigation", 5000) or "",
        status=values.choice("status", RiskStatus),
    )


def _outside(values: Values) -> OutsidePart:
    start, end = values.day("start"), values.day_or_none("end")
    if end is not None and end < start:
        values.refuse("end", _("{end} is before the start, {start}.").format(end=end, start=start))
    budget = values.number_or_none("budget", MONEY, least=0)
    country = values.text("country", 60)
    if not re.fullmatch("[A-Z]{2}", country):
        values.refuse("country", _("“{code}” is not a country's code of two capitals.").format(code=country))
    return OutsidePart(
        place=values.place,
        code=values.text("code", 60),
        donor=values.text("donor", 300),
        title=values.text("title", 500),
        country=country,
        counterpart=values.text_or_none("counterpart", 300) or "",
        start=start,
        end=end,
        sectors=values.texts_or_none("sectors", 10) or (),
        budget=budget,
        currency=None if budget is None else read_currency(values, "currency"),
    )


def _refers_to_what_exists(scenario: Scenario) -> None:
    """Each code that one part names is the code of another part."""
    engagement = scenario.engagement
    streams = {part.code for part in engagement.workstreams}
    experts = {part.code for part in scenario.experts}
    donors = {part.code for part in scenario.donors}
    deployments = {part.code for part in scenario.deployments}
    outcomes = {part.code for part in scenario.outcomes}
    rows: list[DeploymentPart | CostLinePart | IndicatorPart | MilestonePart] = [
        *scenario.deployments,
        *scenario.cost_lines,
        *scenario.indicators,
        *scenario.milestones,
    ]
    for row in rows:
        _among(row.place, "workstream", row.workstream, streams)
    for deployment in scenario.deployments:
        _among(deployment.place, "expert", deployment.expert, experts)
    for line in scenario.cost_lines:
        _among(line.place, "donor", line.donor, donors)
        _among(line.place, "deployment", line.deployment, deployments)
    for indicator in scenario.indicators:
        _among(indicator.place, "outcome", indicator.outcome, outcomes)


def _among(place: str, key: str, code: str | None, known: Collection[str]) -> None:
    if code is not None and code not in known:
        refuse(f"{place}.{key}", _("There is no {key} “{code}” in this file.").format(key=key, code=code))
