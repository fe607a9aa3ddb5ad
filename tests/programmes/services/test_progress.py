"""A quarter's progress from an open period to an accepted report, with every state of every figure kept."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import ReturnReason
from programmes.models import Observation, ObservationRevision
from programmes.services.progress import (
    accept_report,
    draft_report,
    open_period,
    record_observations,
    return_report,
    send_report,
    submit_report,
    write_report,
)
from programmes.services.progress_refusals import OwnSubmission, ReportClosed
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from ta_portal.errors import InvalidInput, NotFound, NotPermitted, StaleVersion
from tests.factories import EngagementFactory, IndicatorFactory, InstitutionFactory, OutcomeFactory

pytestmark = pytest.mark.django_db

D = Decimal
Q1 = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))


@pytest.fixture
def liaison(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


@pytest.fixture
def report(engagement, officer):
    return open_period(engagement_id=engagement.pk, starts=Q1[0], ends=Q1[1], by=officer).report


@pytest.fixture
def indicator(engagement):
    def make(method="sum", **more):
        return IndicatorFactory(outcome=OutcomeFactory(engagement=engagement), method=method, **more)

    return make


@pytest.fixture
def record(report, liaison):
    def give(*readings):
        return record_observations(report_id=report.pk, readings=readings, by=liaison)

    return give


def test_a_period_opens_with_a_draft_report_that_is_due_a_month_later(report):
    assert (report.state, report.period.state, report.period.due) == ("draft", "open", dt.date(2024, 4, 30))


@pytest.mark.parametrize(
    ("starts", "ends", "says"),
    [
        (dt.date(2024, 3, 31), dt.date(2024, 6, 30), "shares days"),
        (dt.date(2024, 1, 1), dt.date(2024, 1, 31), "shares days"),
        (dt.date(2024, 6, 30), dt.date(2024, 4, 1), "before it starts"),
    ],
)
def test_periods_neither_overlap_nor_end_before_they_start(engagement, officer, report, starts, ends, says):
    with pytest.raises(InvalidInput, match=says):
        open_period(engagement_id=engagement.pk, starts=starts, ends=ends, by=officer)


def test_figures_go_from_draft_to_accepted_and_each_state_is_kept(record, report, liaison, officer, indicator):
    audits = indicator()
    record(Reading(indicator=audits, value=D(4)))
    submit_report(report_id=report.pk, by=liaison)
    accept_report(report_id=report.pk, by=officer)

    observation = Observation.objects.get()
    assert (observation.status, observation.value) == ("accepted", D(4))
    assert list(observation.revisions.order_by("seq").values_list("seq", "status", "value", "by")) == [
        (1, "draft", D(4), liaison.pk),
        (2, "submitted", D(4), liaison.pk),
        (3, "accepted", D(4), officer.pk),
    ]
    report.refresh_from_db()
    assert (report.state, report.submitted_by, report.decided_by, report.period.state) == (
        "accepted", liaison, officer, "locked"
    )  # fmt: skip


def test_a_better_figure_is_a_revision_and_the_same_one_again_is_nothing(record, indicator):
    audits = indicator()

    record(Reading(indicator=audits, value=D(4)))
    record(Reading(indicator=audits, value=D("4.0")))
    record(Reading(indicator=audits, value=D(5)))

    assert list(ObservationRevision.objects.order_by("seq").values_list("seq", "value")) == [(1, D(4)), (2, D(5))]


def test_a_returned_report_opens_again_and_can_be_accepted_after_all(record, report, liaison, officer, indicator):
    audits = indicator()
    record(Reading(indicator=audits, value=D(4)))
    submit_report(report_id=report.pk, by=liaison)

    return_report(report_id=report.pk, note="Count the districts too", by=officer)
    record(Reading(indicator=audits, value=D(7)))
    submit_report(report_id=report.pk, by=liaison)
    accept_report(report_id=report.pk, by=officer)

    states = Observation.objects.get().revisions.order_by("seq").values_list("status", "value")
    assert list(states) == [
        ("draft", D(4)),
        ("submitted", D(4)),
        ("returned", D(4)),
        ("returned", D(7)),
        ("submitted", D(7)),
        ("accepted", D(7)),
    ]


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_was_handed_in_cannot_be_edited(record, report, liaison, officer, indicator, state):
    submit_report(report_id=report.pk, by=liaison)
    if state == "accepted":
        accept_report(report_id=report.pk, by=officer)

    with pytest.raises(ReportClosed, match=state):
        record(Reading(indicator=indicator(), value=D(1)))
    with pytest.raises(ReportClosed, match=state):
        write_report(report_id=report.pk, done="x", obstacles="", next_steps="", by=liaison)


@pytest.mark.parametrize("decide", [accept_report, lambda **a: return_report(note="No", **a)])
def test_nobody_decides_on_what_they_submitted(report, administrator, decide):
    submit_report(report_id=report.pk, by=administrator)

    with pytest.raises(OwnSubmission):
        decide(report_id=report.pk, by=administrator)


def test_a_report_is_decided_on_once(report, liaison, officer, administrator):
    submit_report(report_id=report.pk, by=liaison)
    accept_report(report_id=report.pk, by=officer)

    with pytest.raises(ReportClosed):
        accept_report(report_id=report.pk, by=administrator)


def test_a_liaison_neither_opens_periods_nor_decides(engagement, report, liaison, administrator):
    submit_report(report_id=report.pk, by=administrator)

    with pytest.raises(NotPermitted):
        accept_report(report_id=report.pk, by=liaison)
    with pytest.raises(NotPermitted):
        open_period(engagement_id=engagement.pk, starts=Q1[1], ends=Q1[1], by=liaison)


def test_to_another_ministrys_liaison_the_report_does_not_exist(report, member):
    elsewhere = member(Role.LIAISON, institution=InstitutionFactory())

    with pytest.raises(NotFound):
        submit_report(report_id=report.pk, by=elsewhere)


def test_zero_is_a_value_and_nothing_given_is_not_reported(record, indicator):
    zero, nothing = record(
        Reading(indicator=indicator(), value=D(0)),
        Reading(indicator=indicator(), not_reported_reason="The system was down"),
    )

    assert (zero.reported, zero.value) == (True, D(0))
    assert (nothing.reported, nothing.value) == (False, None)


def test_parts_are_written_in_one_way(record, indicator):
    (observation,) = record(Reading(indicator=indicator(), disagg="unit=IRD; sex=f", value=D(1)))

    assert observation.disagg == "sex=f;unit=IRD"


MISFITS = {
    "a level for a number": ("latest", {"level": "A"}, "level", "Only an ordinal"),
    "a number for an ordinal": ("ordinal_latest", {"value": D(1)}, "value", "D, C, B, A"),
    "a level off the scale": ("ordinal_latest", {"level": "E"}, "level", "not on the scale"),
    "half a ratio": ("ratio_of_sums", {"numerator": D(1)}, "numerator", "give both"),
    "a percentage for a ratio": ("ratio_of_sums", {"value": D(61)}, "value", "is a ratio"),
    "a mean without its weight": ("weighted_mean", {"value": D(3)}, "weight", "weighted mean"),
    "a weight below zero": ("weighted_mean", {"value": D(3), "weight": D(-1)}, "weight", "not below 0"),
    "no number at all": ("latest", {"value": D("NaN")}, "value", "number"),
    "too many decimals": ("latest", {"value": D("0.12345")}, "value", "4 decimal"),
    "forty digits": ("latest", {"value": D("1" * 40)}, "value", "digits"),
    "a part that is none": ("sum", {"value": D(1), "disagg": "women"}, "disagg", "names no part"),
    "a part named twice": ("sum", {"value": D(1), "disagg": "sex=f;sex=m"}, "disagg", "names no part"),
    "days outside the period": ("latest", {"value": D(1), "ends": dt.date(2024, 4, 1)}, "starts", "not within"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_a_figure_that_does_not_fit_its_indicator_is_refused_at_its_place(record, indicator, case):
    method, given, place, says = MISFITS[case]
    scale = ["D", "C", "B", "A"] if method == "ordinal_latest" else None

    with pytest.raises(InvalidInput) as refusal:
        record(Reading(indicator=indicator(method, scale=scale, baseline=None), **given))

    assert refusal.value.faults[0].place == f"observations[0].{place}"
    assert says in refusal.value.message
    assert not Observation.objects.exists()


def test_another_engagements_indicator_is_refused(record):
    with pytest.raises(InvalidInput, match="another engagement"):
        record(Reading(indicator=IndicatorFactory(outcome=OutcomeFactory(engagement=EngagementFactory())), value=D(1)))


def test_a_figure_is_given_once(record, indicator):
    audits = indicator()

    with pytest.raises(InvalidInput, match="given twice"):
        record(Reading(indicator=audits, value=D(1)), Reading(indicator=audits, value=D(2)))


PARTS = {
    "by sex too few": ("sum", {"": 10, "sex=f": 4, "sex=m": 5}, "sex add up to 9, the total is 10"),
    "by unit too many": (
        "sum",
        {"": 10, "sex=f": 4, "sex=m": 6, "unit=A": 9, "unit=B": 2},
        "unit add up to 11, the total is 10",
    ),
    "no total": ("sum", {"": None, "sex=f": 4, "sex=m": 6}, "the total is not"),
    "numerators of a ratio": ("ratio_of_sums", {"": 10, "sex=f": 4, "sex=m": 5}, "sex add up to 9"),
}


@pytest.mark.parametrize("case", PARTS)
def test_parts_that_do_not_make_their_total_are_not_submitted(record, report, liaison, indicator, case):
    method, figures, says = PARTS[case]
    record(*_parts(indicator(method), figures))

    with pytest.raises(InvalidInput, match=says):
        submit_report(report_id=report.pk, by=liaison)
    report.refresh_from_db()
    assert report.state == "draft"


@pytest.mark.parametrize(
    ("method", "figures"),
    [
        ("sum", {"": 10, "sex=f": 4, "sex=m": 6, "unit=A": 10}),
        ("sum", {"": 10, "sex=f": 4, "sex=m": None}),
        ("simple_mean", {"": 10, "sex=f": 12, "sex=m": 9}),
        ("ratio_of_sums", {"": 10, "sex=f": 4, "sex=m": 6}),
    ],
)
def test_parts_that_do_or_need_not_make_a_total_are_submitted(record, report, liaison, indicator, method, figures):
    record(*_parts(indicator(method), figures))

    assert submit_report(report_id=report.pk, by=liaison).state == "submitted"


def _parts(indicator, figures):
    for disagg, figure in figures.items():
        given = None if figure is None else D(figure)
        names = ("numerator", "denominator") if indicator.method == "ratio_of_sums" else ("value",)
        yield Reading(indicator=indicator, disagg=disagg, **dict.fromkeys(names, given))


# --- what is asked when a report is given back ---


def test_what_was_asked_stays_with_the_report_after_it_is_sent_again_and_accepted(
    record, report, liaison, officer, indicator
):
    audits = indicator()
    submit_report(report_id=report.pk, by=liaison)
    questions = {audits.code: " With the districts? ", "done": "Who was trained?", "obstacles": "  "}
    return_report(
        report_id=report.pk, reason=ReturnReason.FIGURE_LOOKS_WRONG, note="Low", questions=questions, by=officer
    )
    submit_report(report_id=report.pk, by=liaison)
    accept_report(report_id=report.pk, by=officer)

    report.refresh_from_db()
    assert (report.return_reason, report.return_note) == ("figure_looks_wrong", "Low")
    assert report.questions == {audits.code: "With the districts?", "done": "Who was trained?"}


@pytest.mark.parametrize(
    ("given", "place"),
    [({}, "note"), ({"note": " ", "questions": {"done": " "}}, "note"), ({"questions": {"X9": "?"}}, "questions")],
)
def test_a_report_is_given_back_with_a_note_or_a_question_about_something_in_it(report, liaison, officer, given, place):
    submit_report(report_id=report.pk, by=liaison)

    with pytest.raises(InvalidInput) as refused:
        return_report(report_id=report.pk, by=officer, **given)

    assert [fault.place for fault in refused.value.faults] == [place]


# --- words and figures together ---


def test_words_and_figures_are_kept_together_or_not_at_all(report, liaison, indicator):
    audits = indicator()
    wrong = [Reading(indicator=audits, value=D(4)), Reading(indicator=audits, level="A", disagg="sex=f")]

    with pytest.raises(InvalidInput):
        draft_report(report_id=report.pk, words={"done": "Trained"}, readings=wrong, by=liaison)
    report.refresh_from_db()
    assert (report.done, Observation.objects.count()) == ("", 0)

    draft_report(report_id=report.pk, words={"done": "Trained"}, readings=wrong[:1], by=liaison)
    report.refresh_from_db()
    assert (report.done, Observation.objects.get().value) == ("Trained", D(4))


def test_whoever_read_the_report_before_only_its_figures_changed_does_not_overwrite_them(report, liaison, indicator):
    report.refresh_from_db()
    given = {"report_id": report.pk, "expected_version": report.row_version, "words": {}, "by": liaison}
    audits = indicator()
    draft_report(readings=[Reading(indicator=audits, value=D(4))], **given)

    with pytest.raises(StaleVersion):
        draft_report(readings=[Reading(indicator=audits, value=D(5))], **given)


def test_saving_the_same_draft_again_changes_nothing(report, liaison, indicator):
    given = {"words": {"done": "Trained"}, "readings": [Reading(indicator=indicator(), value=D(4))], "by": liaison}
    draft_report(report_id=report.pk, **given)
    report.refresh_from_db()
    version = report.row_version

    draft_report(report_id=report.pk, **given)

    report.refresh_from_db()
    assert (report.row_version, ObservationRevision.objects.count()) == (version, 1)


def test_what_is_sent_is_written_and_handed_in_at_once(report, liaison, indicator):
    send_report(
        report_id=report.pk,
        words={"done": "Trained"},
        readings=[Reading(indicator=indicator(), value=D(4))],
        by=liaison,
    )

    report.refresh_from_db()
    assert (report.state, report.submitted_by, Observation.objects.get().status) == ("submitted", liaison, "submitted")
