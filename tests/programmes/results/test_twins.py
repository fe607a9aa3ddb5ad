"""Random portfolios, in which the set-based SQL and the pure domain must agree to the last fraction."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from programmes.domain.periods import Days, engagement_days
from programmes.domain.results import (
    DatedTarget,
    EngagementResults,
    Indicator,
    IndicatorAnswer,
    Observation,
    OutcomeAnswer,
    annual_values,
    indicator_result,
    outcome_result,
    part_values,
)
from programmes.domain.vocabulary import Direction, Frequency, Method, Window
from programmes.models import IndicatorTarget, ObservationRevision
from programmes.models import Observation as ObservationRow
from programmes.selectors.results import engagement_results
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory, UserFactory, days
from tests.programmes.results.scenario import CUT_OFF

SCALE = ("D", "D+", "C", "B", "A")
FIGURES = ("value", "numerator", "denominator", "weight", "level")

# Mostly days that meet: ends of periods with the days beside them, so that dates coincide and just miss each other.
MEETING = [dt.date(2024, 3, 31), dt.date(2024, 4, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 1, 31)]
DAYS = st.sampled_from(MEETING) | st.dates(dt.date(2023, 1, 1), dt.date(2026, 6, 30))
# Few different values, so that ties, equal targets and zero denominators come up.
VALUES = st.sampled_from([Decimal(n) for n in ("0", "1", "2.5", "-3", "10", "33.3333", "100", "999999999999.9999")])
LEVELS = st.sampled_from([*SCALE, "E"])
UNITS = st.sampled_from(
    ["percent", "percent of GDP", "percentage points", "people", "per 1,000 adults", "%", "per head"]
)


@st.composite
def periods(draw):
    first = draw(st.sampled_from([dt.date(y, m, 1) for y in (2023, 2024, 2025) for m in (1, 4, 7)]))
    length = draw(st.sampled_from([27, 30, 90, 181, 364, 365, 800]))
    return Days(first, first + dt.timedelta(days=length))


@st.composite
def observations(draw):
    figures = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(FIGURES[:4], VALUES) | {"level": LEVELS}))
    disagg = draw(st.sampled_from(["", "", "sex=f", "sex=m"]))
    return Observation(period=draw(periods()), disagg=disagg, **({} if set(figures) == {"weight"} else figures))


@st.composite
def indicators(draw):
    method = draw(st.sampled_from(Method))
    goals = LEVELS if method is Method.ORDINAL_LATEST else VALUES
    return Indicator(
        method=method,
        direction=draw(st.sampled_from(Direction)),
        unit=draw(UNITS),
        window=draw(st.none() | st.sampled_from(Window)),
        frequency=draw(st.sampled_from(Frequency)),
        scale=SCALE if method is Method.ORDINAL_LATEST else (),
        baseline=draw(st.none() | goals),
        baseline_on=draw(st.none() | DAYS),
        targets=draw(
            st.lists(
                st.builds(DatedTarget, due=DAYS, value=goals, is_original=st.booleans()),
                max_size=4,
                unique_by=lambda t: (t.due, t.is_original),
            )
        ),
        observations=draw(st.lists(observations(), max_size=8, unique_by=lambda o: (o.period.first, o.disagg))),
    )


WEIGHTS = st.sampled_from([Decimal(0), Decimal(1), Decimal("2.5")])
OUTCOMES = st.lists(st.tuples(indicators(), WEIGHTS), max_size=2)


@st.composite
def running(draw):
    """Planned and actual days, each open or closed."""
    planned_from, planned_to, actual_from, actual_to = (draw(st.none() | DAYS) for _ in range(4))
    planned = Days(planned_from or dt.date(2024, 1, 1), planned_to)
    if planned.last and planned.last < planned.first:
        planned = Days(planned.last, planned.first)
    if actual_from is None:
        return planned, None
    return planned, Days(actual_from, actual_to if actual_to and actual_to >= actual_from else None)


ENGAGEMENTS = st.tuples(running(), st.lists(OUTCOMES, max_size=2))


def counted(first, last, **figures):
    return Observation(period=Days(first, last), **{name: Decimal(figure) for name, figure in figures.items()})


def part(observation, disagg):
    return replace(observation, disagg=disagg)


Q1, Q4 = (dt.date(2024, 1, 1), dt.date(2024, 3, 31)), (dt.date(2024, 10, 1), dt.date(2024, 12, 31))
YEAR = Days(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
TEN = Decimal(10)
GOAL = DatedTarget(due=YEAR.last, value=TEN)
# What chance seldom meets, each beside a rule that would be easy to get wrong.
CORNERS = [
    # An original and a revised target of one date; a target due on the baseline's date; a baseline dated as_of.
    Indicator(
        method=Method.LATEST, baseline=Decimal(0), observations=[counted(*Q1, value=4)],
        targets=[GOAL, DatedTarget(due=YEAR.last, value=Decimal(20), is_original=False)],
    ),
    Indicator(
        method=Method.LATEST, baseline=Decimal(0), baseline_on=Q1[1], observations=[counted(*Q1, value=4)],
        targets=[DatedTarget(due=Q1[1], value=Decimal(5)), DatedTarget(due=dt.date(2025, 12, 31), value=TEN)],
    ),
    Indicator(
        method=Method.LATEST, baseline=Decimal(0), baseline_on=YEAR.last, observations=[counted(*Q1, value=0)],
        targets=[DatedTarget(due=dt.date(2025, 12, 31), value=TEN)],
    ),
    # Exactly at 90 and at 70 % of the path, at the target, and a path that leads nowhere.
    *(
        Indicator(method=Method.LATEST, baseline=Decimal(0), targets=[GOAL], observations=[counted(*Q4, value=value)])
        for value in (9, 7, 10)
    ),
    Indicator(method=Method.LATEST, baseline=TEN, targets=[GOAL], observations=[counted(*Q4, value=9)]),
    # Parts of a percentage have no share; parts of nothing have none either; others do.
    *(
        Indicator(
            method=Method.SUM, unit=unit, observations=[counted(*Q1, value=total), part(counted(*Q1, value=1), "sex=f")]
        )
        for unit, total in (("percent", 4), ("people", 0), ("people", -4))
    ),
    # Two figures that end on one day: the later start is the last. One that begins where a period of coverage does.
    Indicator(method=Method.LATEST, observations=[counted(Q1[0], Q4[1], value=1), counted(*Q4, value=2)]),
    Indicator(method=Method.LATEST, observations=[counted(dt.date(2024, 4, 1), Q4[1], value=1)]),
    # A ratio over more than a year counts whole; a negative denominator turns the sign.
    Indicator(
        method=Method.RATIO_OF_SUMS, unit="percent",
        observations=[counted(dt.date(2022, 1, 1), Q1[1], numerator=1, denominator=-4)],
    ),
]  # fmt: skip


def as_range(stretch):
    return days(str(stretch.first), str(stretch.last) if stretch.last else None) if stretch else None


def store(by, stretches, outcomes):
    planned, actual = stretches
    engagement = EngagementFactory(planned=as_range(planned), actual=as_range(actual), country=False)
    for number, members in enumerate(outcomes):
        outcome = OutcomeFactory(engagement=engagement, code=f"O{number}")
        for place, (indicator, weight) in enumerate(members):
            store_indicator(by, outcome, f"I{number}{place:02}", indicator, weight)
    return engagement


def store_indicator(by, outcome, code, indicator, weight):
    ordinal = indicator.method is Method.ORDINAL_LATEST
    row = IndicatorFactory(
        outcome=outcome, code=code, weight=weight, title=code, method=indicator.method.value, unit=indicator.unit,
        direction=indicator.direction.value, time_window=indicator.window and indicator.window.value,
        frequency=indicator.frequency.value, scale=list(SCALE) if ordinal else None, baseline_on=indicator.baseline_on,
        baseline=None if ordinal else indicator.baseline, baseline_level=indicator.baseline if ordinal else None,
    )  # fmt: skip
    column = "level" if ordinal else "value"
    IndicatorTarget.objects.bulk_create(
        IndicatorTarget(indicator=row, due=t.due, is_original=t.is_original, **{column: t.value})
        for t in indicator.targets
    )
    for observation in indicator.observations:
        figures = {name: getattr(observation, name) for name in FIGURES}
        figures["reported"] = any(figures[name] is not None for name in FIGURES)
        kept = ObservationRow.objects.create(
            indicator=row, period_start=observation.period.first, period_end=observation.period.last,
            disagg=observation.disagg, status="accepted", **figures,
        )  # fmt: skip
        other = {"reported": True, "value": 7, "numerator": 7, "denominator": 7, "weight": 7, "level": "A"}
        revisions = [
            ("accepted", other, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
            ("accepted", figures, dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
            # Neither what was only submitted nor what was not known yet counts.
            ("submitted", other, dt.datetime(2026, 1, 3, tzinfo=dt.UTC)),
            ("accepted", other, CUT_OFF + dt.timedelta(days=1)),
        ]
        ObservationRevision.objects.bulk_create(
            ObservationRevision(observation=kept, seq=seq, status=status, known_at=known_at, by=by, **values)
            for seq, (status, values, known_at) in enumerate(revisions, 1)
        )


def by_the_domain(stretches, outcomes, as_of):
    runs = engagement_days(*stretches)
    answers, rated = [], []
    for number, members in enumerate(outcomes):
        results = [(indicator_result(indicator, runs, as_of), weight) for indicator, weight in members]
        for place, ((indicator, _), (result, _)) in enumerate(zip(members, results, strict=True)):
            code = f"I{number}{place:02}"
            names = {"code": code, "title": code, "method": indicator.method, "outcome_code": f"O{number}"}
            annual, parts = annual_values(indicator, as_of), part_values(indicator, as_of)
            answers.append(IndicatorAnswer(**names, result=result, annual=annual, parts=parts))
        rated.append((f"O{number}", outcome_result(results)))
    return answers, rated


@pytest.mark.django_db
@example(portfolio=[((YEAR, None), [[(corner, Decimal(1)) for corner in CORNERS]])], as_of=YEAR.last)
@example(portfolio=[((YEAR, None), [[(corner, Decimal(0)) for corner in CORNERS]])], as_of=Q1[1])
@example(
    portfolio=[((YEAR, Days(dt.date(2025, 1, 1), None)), [[(CORNERS[0], Decimal(1))]])], as_of=dt.date(2025, 6, 30)
)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(portfolio=st.lists(ENGAGEMENTS, min_size=1, max_size=2), as_of=DAYS)
def test_the_set_based_sql_says_what_the_domain_says(portfolio, as_of):
    with transaction.atomic():
        by = UserFactory()
        stored = [store(by, stretches, outcomes) for stretches, outcomes in portfolio]
        got = engagement_results([e.pk for e in stored], as_of=as_of, cut_off=CUT_OFF)
        transaction.set_rollback(True)

    for engagement, (stretches, outcomes) in zip(stored, portfolio, strict=True):
        answers, rated = by_the_domain(stretches, outcomes, as_of)
        found: EngagementResults = got[engagement.pk]
        assert found.indicators == answers
        assert [(o.code, o.result) for o in found.outcomes] == rated
        assert all(isinstance(o, OutcomeAnswer) and o.weight == 1 for o in found.outcomes)
