"""Every act over REST, walked: who may, for which version, with which fields, and what is answered."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programmes.models import Milestone, Risk
from ta_portal.access.permissions import Role
from ta_portal.api.root import openapi
from ta_portal.audit.models import AuditEvent
from ta_portal.changes.models import Tombstone
from tests.api.acts import ACTS, ENTRY, LINE, MILESTONE, RISK
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    CountryFactory,
    EngagementFactory,
    IndicatorFactory,
    InstitutionFactory,
    LedgerEntryFactory,
    MilestoneFactory,
    ObservationFactory,
    OutcomeFactory,
    ProgressReportFactory,
    ReportingPeriodFactory,
    RiskFactory,
    UserFactory,
    WorkstreamFactory,
)
from tests.rest import Rest, as_sent, fields_at_fault

pytestmark = pytest.mark.django_db

ON_WHAT_EXISTS = [act for act in ACTS if act.is_on_what_exists]
# What stands above engagements is added by who holds the whole portfolio; elsewhere that is nobody's to do.
OF_THE_PORTFOLIO = {"programmes", "institutions", "organisations"}
# What only one side has given, and what is for the donor's eyes: for a viewer it is not there.
UNSEEN = {"ratings", "restricted-notes"}
WITH_A_BODY = [act for act in ACTS if act.method != "delete"]


@pytest.fixture
def engagement():
    return EngagementFactory()


def do(act, asked, row, etag=None, body=None, headers=None):
    """The act as it should be done, but for what a test does otherwise."""
    if etag is None and act.is_on_what_exists:
        etag = asked.etag(f"{act.resource}/{getattr(row, act.code)}/")
    sent = act.body(row) if body is None else body
    path = act.path(row)
    return asked.send(
        act.method, path, None if act.method == "delete" else sent, headers, etag or None, **act.parameters
    )


def test_every_act_that_the_openapi_file_lists_is_walked_here():
    walked = {f"{act.method} {act.resource} {act.step}".strip() for act in ACTS}
    listed = set()
    for path, operations in openapi()["paths"].items():
        resource, *rest = path.removeprefix("/api/v1/").strip("/").split("/")
        step = rest[1] if len(rest) > 1 else ""
        listed |= {f"{method} {resource} {step}".strip() for method in operations if method != "get"}

    # Jobs and messages have pages and tests of their own (tests/jobs/api, tests/mail); a visa is one person's alone
    # (tests/programmes/progress/test_visas_and_turns.py).
    elsewhere = {"post impact-reports", "post jobs cancel", "post jobs retry", "post messages read"}
    assert listed - walked == {*elsewhere, "post progress-reports visa", "post progress-reports refuse-visa"}


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_who_may_does_it_and_is_told_how_it_reads_now(act, engagement, rest):
    row, asked = act.row(engagement), rest(act.role)

    response = do(act, asked, row)

    assert response.status_code == act.answers, response.content
    assert AuditEvent.objects.exists()
    if act.answers == 204:
        assert asked.ask(act.path(row)).status_code == 404
        assert Tombstone.objects.filter(public_id=row.public_id).exists()
        return
    address = response.headers["Location"] if act.answers == 201 else f"{act.resource}/{getattr(row, act.code)}/"
    read = asked.ask(address.removeprefix("http://testserver"))
    assert read.content == response.content
    assert read.headers["ETag"] == response.headers["ETag"]


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_stranger_acts_nowhere(act, engagement):
    row = act.row(engagement)

    assert do(act, Rest(), row, etag='"1-ab"').status_code == 401


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_viewer_sees_and_may_not(act, engagement, rest):
    row = act.row(engagement)
    is_unseen = act.resource in UNSEEN and act.is_on_what_exists

    answer = do(act, rest(Role.VIEWER), row, etag='"1-ab"' if is_unseen else None)

    assert answer.status_code == (404 if is_unseen else 403)


@pytest.mark.parametrize("act", [a for a in ACTS if a.resource not in OF_THE_PORTFOLIO], ids=str)
def test_who_may_elsewhere_finds_nothing_here(act, engagement, rest):
    """What is addressed is 404; what is named in a body is refused like what does not exist."""
    row = act.row(engagement)
    elsewhere = EngagementFactory(institution=InstitutionFactory(country=CountryFactory(iso2="KE")))
    asked = rest(act.role, institution=elsewhere.institution)

    response = do(act, asked, row, etag='"1-ab"')

    assert response.status_code == (404 if act.is_on_what_exists else 400)


@pytest.mark.parametrize("act", [a for a in ACTS if a.resource in OF_THE_PORTFOLIO - {"programmes"}], ids=str)
def test_what_stands_above_engagements_is_not_added_by_who_holds_one(act, engagement, rest):
    assert do(act, rest(act.role, engagement=engagement), act.row(engagement)).status_code == 403


@pytest.mark.parametrize("act", ON_WHAT_EXISTS, ids=str)
def test_a_change_that_names_no_version_is_428(act, engagement, rest):
    row, asked = act.row(engagement), rest(act.role)

    for etag in ("", "*"):
        response = do(act, asked, row, etag=etag)
        assert (response.status_code, response.json()["code"]) == (428, "if_match_missing")


@pytest.mark.parametrize("act", ON_WHAT_EXISTS, ids=str)
def test_a_change_of_another_version_is_412(act, engagement, rest):
    row, asked = act.row(engagement), rest(act.role)
    before = asked.ask(f"{act.resource}/{getattr(row, act.code)}/").content

    for etag in ('"99-abcdef"', '"abcdef"', "nonsense"):
        response = do(act, asked, row, etag=etag)
        assert (response.status_code, response.json()["code"]) == (412, "stale")

    assert asked.ask(f"{act.resource}/{getattr(row, act.code)}/").content == before


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_token_does_what_its_scopes_name(act, engagement, rest, member):
    row = act.row(engagement)
    user = member(act.role)

    refused = do(act, Rest(user, ["read"]), row)
    done = do(act, Rest(user, ["read", act.scope]), row)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert done.status_code == act.answers, done.content


@pytest.mark.parametrize("act", WITH_A_BODY, ids=str)
def test_what_the_portal_makes_and_what_nobody_knows_cannot_be_sent(act, engagement, rest):
    row, asked = act.row(engagement), rest(act.role)
    body = {**act.body(row), act.read_only: "1", "row_version": 7, "created_by": 1}

    response = do(act, asked, row, body=body)

    assert response.status_code == 400
    codes = {fault["field"]: fault["code"] for fault in response.json()["errors"]}
    assert codes == {act.read_only: "read_only", "row_version": "unknown_field", "created_by": "unknown_field"}


@pytest.mark.parametrize("body", ["text", 5, True, [5], [[]], ["text"]], ids=str)
@pytest.mark.parametrize("resource", ["workstreams", "cost-lines"])
def test_a_body_that_is_no_object_is_refused(resource, body, engagement, rest):
    response = rest(Role.ADMINISTRATOR).post(f"{resource}/", body)

    assert response.status_code == 400
    place = "rows.0" if resource == "cost-lines" and isinstance(body, list) else ""
    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [(place, "not_an_object")]


@pytest.mark.parametrize("act", [a for a in ACTS if a.method == "delete"], ids=str)
def test_nothing_is_removed_without_a_reason(act, engagement, rest):
    row, asked = act.row(engagement), rest(act.role)

    response = asked.delete(act.path(row), etag=asked.etag(act.path(row)))

    assert response.status_code == 400
    assert fields_at_fault(response) == ["reason"]
    assert asked.ask(act.path(row)).status_code == 200


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_session_acts_with_its_csrf_token_only(act, engagement, member):
    row, browser = act.row(engagement), Client(enforce_csrf_checks=True)
    browser.force_login(member(act.role))
    before = AuditEvent.objects.count()

    response = getattr(browser, act.method)(
        f"/api/v1/{act.path(row)}", headers={"If-Match": '"1-ab"'}, **as_sent(act.body(row))
    )

    assert response.status_code == 403
    assert AuditEvent.objects.count() == before


def test_reading_writes_nothing(engagement, member):
    rows = {act.resource: (act, act.row(engagement), Rest(member(act.role))) for act in ON_WHAT_EXISTS}

    with CaptureQueriesContext(connection) as queries:
        for resource, (act, row, asked) in rows.items():
            asked.get(f"{resource}/")
            asked.get(f"{resource}/{getattr(row, act.code)}/")

    written = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    # How often somebody calls is counted, and that alone.
    assert [sql for sql in written if "api_calls" not in sql] == []


def test_a_tag_counts_by_its_version_whatever_a_proxy_made_of_it(engagement, rest):
    asked, risk = rest(Role.PROGRAMME_OFFICER), RiskFactory(engagement=engagement)
    path = f"risks/{risk.public_id}/"

    for number, form in enumerate(["W/{}", "{}", '"8-ab", {}'], start=1):
        etag = form.format(asked.etag(path))
        assert asked.patch(path, {"title": f"Title {number}"}, etag=etag).status_code == 200
    gzip = asked.etag(path).removesuffix('"') + '-gzip"'
    assert asked.patch(path, {"title": "Zipped"}, etag=gzip).status_code == 200
    part = asked.ask(path, fields="code").headers["ETag"]
    assert asked.patch(path, {"title": "Read in part"}, etag=part).json()["title"] == "Read in part"


def test_the_second_of_two_is_told_who_was_first_and_when(engagement, rest, member):
    risk, officer = RiskFactory(engagement=engagement), member(Role.PROGRAMME_OFFICER)
    path, first, second = f"risks/{risk.public_id}/", Rest(officer), rest(Role.PROGRAMME_OFFICER)
    etag = second.etag(path)
    first.patch(path, {"title": "First"}, etag=etag)

    response = second.patch(path, {"title": "Second"}, etag=etag)

    risk.refresh_from_db()
    assert response.status_code == 412
    assert officer.full_name in response.json()["detail"]
    assert str(risk.updated_at.year) in response.json()["detail"]
    assert risk.title == "First"


def test_a_change_that_changes_nothing_leaves_the_version_and_no_trace(engagement, rest):
    asked, risk = rest(Role.PROGRAMME_OFFICER), RiskFactory(engagement=engagement)
    path = f"risks/{risk.public_id}/"
    etag = asked.etag(path)

    response = asked.patch(path, {"title": risk.title, "likelihood": risk.likelihood}, etag=etag)

    assert response.headers["ETag"] == etag
    assert not AuditEvent.objects.exists()


def test_what_changed_is_on_record_from_what_to_what(engagement, rest):
    asked, risk = rest(Role.PROGRAMME_OFFICER), RiskFactory(engagement=engagement, likelihood=3)
    path = f"risks/{risk.public_id}/"

    asked.patch(path, {"likelihood": 5}, etag=asked.etag(path))

    assert AuditEvent.objects.get(verb="risk.changed").data == {"changes": {"likelihood": {"was": "3", "now": "5"}}}


NO_AMOUNT = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e3",
    "1" * 40,
    "1,5",
    "١٢",
    "",
    "0x10",
    "1_000",
    1.5,
    5,
    True,
    None,
    [],
    {},
]


@pytest.mark.parametrize("amount", NO_AMOUNT, ids=str)
def test_what_is_no_amount_is_refused_at_its_field(amount, engagement, rest):
    body = {**ENTRY, "engagement": engagement.ref, "external_ref": "1", "amount": amount}

    response = rest(Role.FINANCE_OFFICER).post("ledger-entries/", body)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["amount"]
    assert not engagement.ledger_entries.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due", "2025-02-30"), ("due", "20250228"), ("due", "0001-01-01"), ("due", 5), ("due", None),
        ("title", "half\x00"), ("title", "x" * 301), ("title", None), ("title", ["a"]), ("title", ""),
        ("code", "\x00"), ("code", "x" * 61),
        ("rating", 5), ("rating", 10**18), ("rating", "four"),
        ("workstream", "NONE"), ("workstream", 7), ("workstream", "x" * 300), ("workstream", "\x00"),
        ("engagement", "NONE"), ("engagement", None), ("engagement", {"ref": "A"}),
    ],
)  # fmt: skip
def test_what_a_milestone_cannot_hold_is_refused_at_its_field(field, value, engagement, rest):
    body = {**MILESTONE, "engagement": engagement.ref, field: value}

    response = rest(Role.PROGRAMME_OFFICER).post("milestones/", body)

    assert response.status_code == 400
    assert fields_at_fault(response) == [field]
    assert not Milestone.objects.exists()


def test_a_row_of_another_engagement_is_unknown_here_like_one_that_does_not_exist(engagement, rest):
    other, asked = WorkstreamFactory(code="WS-OTHER"), rest(Role.PROGRAMME_OFFICER)

    def refusal(code):
        response = asked.post("milestones/", {**MILESTONE, "engagement": engagement.ref, "workstream": code})
        assert fields_at_fault(response) == ["workstream"]
        return response.json()["errors"][0]["message"].replace(code, "…")

    assert refusal(other.code) == refusal("WS-NONE")


def test_an_engagement_that_one_may_not_see_is_refused_like_one_that_does_not_exist(rest):
    hidden, mine = EngagementFactory(), EngagementFactory()
    asked = rest(Role.PROGRAMME_OFFICER, engagement=mine)

    answers = [asked.post("risks/", {**RISK, "engagement": ref}).json() for ref in (hidden.ref, "NO-SUCH")]

    assert [a["errors"][0]["message"].replace(hidden.ref, "…").replace("NO-SUCH", "…") for a in answers][0:1] * 2 == [
        a["errors"][0]["message"].replace(hidden.ref, "…").replace("NO-SUCH", "…") for a in answers
    ]
    assert not Risk.objects.exists()


def test_a_code_that_is_taken_is_refused_at_its_field(engagement, rest):
    RiskFactory(engagement=engagement, code=RISK["code"])

    response = rest(Role.PROGRAMME_OFFICER).post("risks/", {**RISK, "engagement": engagement.ref})

    assert response.status_code == 400
    assert fields_at_fault(response) == ["code"]


def test_a_repeated_request_is_answered_as_the_first_was(engagement, rest):
    asked, headers = rest(Role.PROGRAMME_OFFICER), {"Idempotency-Key": "once"}
    body = {**RISK, "engagement": engagement.ref}

    first, again = asked.post("risks/", body, headers), asked.post("risks/", body, headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert all(first.headers[name] == again.headers[name] for name in ("Location", "ETag"))
    assert Risk.objects.count() == 1
    assert asked.post("risks/", {**body, "title": "Other"}, headers).status_code == 422


def test_a_step_that_is_sent_again_is_answered_as_before_and_not_found_stale(engagement, rest):
    asked, risk = rest(Role.PROGRAMME_OFFICER), RiskFactory(engagement=engagement)
    path, etag = f"risks/{risk.public_id}/close/", rest().etag(f"risks/{risk.public_id}/")

    first = asked.post(path, headers={"Idempotency-Key": "close"}, etag=etag)
    again = asked.post(path, headers={"Idempotency-Key": "close"}, etag=etag)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content


def test_a_rule_that_is_broken_is_409_with_its_code(engagement, rest):
    asked = rest(Role.FINANCE_OFFICER)
    entry = LedgerEntryFactory(engagement=engagement)
    path = f"ledger-entries/{entry.public_id}/"
    etag = asked.etag(path)
    asked.post(f"{path}reverse/", {"reason": "Twice"}, etag=etag)

    response = asked.post(f"{path}reverse/", {"reason": "Twice"}, etag=etag)

    assert (response.status_code, response.json()["code"]) == (409, "entry_is_reversed")


def test_what_something_hangs_on_is_not_removed(engagement, rest):
    workstream, asked = WorkstreamFactory(engagement=engagement), rest(Role.PROGRAMME_OFFICER)
    MilestoneFactory(engagement=engagement, workstream=workstream)
    path = f"workstreams/{workstream.public_id}/"

    response = asked.delete(path, etag=asked.etag(path), reason="Merged")

    assert (response.status_code, response.json()["code"]) == (409, "still_in_use")
    assert "1 milestones" in response.json()["detail"]


def test_an_indicator_that_reports_rest_on_stays_and_says_so(engagement, rest):
    indicator = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement))
    ObservationFactory(indicator=indicator)
    asked, path = rest(Role.PROGRAMME_OFFICER), f"indicators/{indicator.public_id}/"

    response = asked.delete(path, etag=asked.etag(path), reason="Wrong")

    assert (response.status_code, response.json()["code"]) == (409, "indicator_has_observations")
    assert "accepted" in response.json()["detail"]


def test_a_private_recipient_is_refused_with_the_reason(engagement, rest):
    asked, acme = rest(Role.PROGRAMME_OFFICER), InstitutionFactory(kind="private")
    path = f"engagements/{engagement.ref}/"

    response = asked.patch(path, {"institution": acme.code, "reason": "Moved"}, etag=asked.etag(path))

    assert fields_at_fault(response) == ["institution"]
    assert "because" in response.json()["detail"]


def test_dates_that_end_before_they_start_are_told_in_the_names_of_the_api(engagement, rest):
    path, asked = f"engagements/{engagement.ref}/", rest(Role.PROGRAMME_OFFICER)

    response = asked.patch(path, {"planned_last_day": "2020-01-01", "reason": "?"}, etag=asked.etag(path))

    assert fields_at_fault(response) == ["planned_last_day"]


def test_shares_that_are_not_whole_are_refused(engagement, rest):
    path, asked = f"engagements/{engagement.ref}/", rest(Role.PROGRAMME_OFFICER)
    recipients = [{"country": "MD", "pct": "60"}, {"country": "KE", "pct": "30"}]

    response = asked.patch(path, {"recipients": recipients, "reason": "Wider"}, etag=asked.etag(path))

    assert fields_at_fault(response) == ["recipients"]
    assert "90" in response.json()["detail"]


@pytest.mark.parametrize(
    ("recipients", "place"),
    [
        ([{"country": "ZZ", "pct": "100"}], "recipients.0.country"),
        ([{"country": "MD", "region": None, "pct": 100}], "recipients.0.pct"),
        ([{"country": "MD", "pct": "50", "extra": 1}], "recipients.0.extra"),
        ([{"pct": "100"}], "recipients.0.country"),
        ([{"country": "MD", "pct": "50"}, {"country": "MD", "pct": "50"}], "recipients"),
        ([], "recipients"),
        ("MD", "recipients"),
    ],
)
def test_a_share_at_fault_is_named_by_its_place(recipients, place, engagement, rest):
    path, asked = f"engagements/{engagement.ref}/", rest(Role.PROGRAMME_OFFICER)

    response = asked.patch(path, {"recipients": recipients, "reason": "?"}, etag=asked.etag(path))

    assert response.status_code == 400
    assert fields_at_fault(response) == [place]


# --- many at once ---


def lines(budget, n):
    return [{**LINE, "budget": str(budget.public_id), "code": f"C{number:04d}"} for number in range(n)]


def test_many_lines_are_added_at_once_in_the_order_in_which_they_were_sent(engagement, rest):
    budget = BudgetFactory(engagement=engagement)

    response = rest(Role.FINANCE_OFFICER).post("cost-lines/", lines(budget, 20))

    assert response.status_code == 201, response.content
    assert response.json()["added"] == 20
    by_id = {str(line.public_id): line.key.code for line in budget.lines.select_related("key")}
    assert [by_id[found] for found in response.json()["ids"]] == [f"C{number:04d}" for number in range(20)]


def test_of_many_rows_all_or_none_are_added_and_each_bad_one_is_named(engagement, rest):
    budget = BudgetFactory(engagement=engagement)
    sent = lines(budget, 5)
    sent[1]["unit_cost"] = "1e9"
    sent[3]["workstream"] = "NONE"
    sent[4]["row_version"] = 1

    response = rest(Role.FINANCE_OFFICER).post("cost-lines/", sent)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["rows.1.unit_cost", "rows.4.row_version"]
    del sent[4]["row_version"]
    sent[1]["unit_cost"] = "10"
    assert fields_at_fault(rest(Role.FINANCE_OFFICER).post("cost-lines/", sent)) == ["rows.3.workstream"]
    assert not budget.lines.exists()


def test_rules_that_rows_break_are_all_told_and_nothing_is_added(engagement, rest):
    budget = BudgetFactory(engagement=engagement)
    CostLineFactory(budget=budget, key=engagement.cost_line_keys.create(code="C0001"))
    sent = [*lines(budget, 3), lines(budget, 1)[0]]

    response = rest(Role.FINANCE_OFFICER).post("cost-lines/", sent)

    assert response.status_code == 409
    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [
        ("rows.1", "cost_line_exists"),
        ("rows.3", "cost_line_exists"),
    ]
    assert budget.lines.count() == 1


@pytest.mark.parametrize("n", [0, 1001])
def test_no_rows_or_too_many_are_refused(n, engagement, rest):
    response = rest(Role.FINANCE_OFFICER).post("cost-lines/", lines(BudgetFactory(engagement=engagement), n))

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "number_of_rows"


def test_many_entries_are_posted_or_none(engagement, rest):
    sent = [{**ENTRY, "engagement": engagement.ref, "external_ref": str(number)} for number in range(10)]
    asked = rest(Role.FINANCE_OFFICER)

    refused = asked.post("ledger-entries/", [*sent, {**sent[0], "external_ref": "10", "amount": "0"}])
    assert fields_at_fault(refused) == ["rows.10.amount"]
    assert not engagement.ledger_entries.exists()

    assert asked.post("ledger-entries/", sent).json()["added"] == 10
    assert engagement.ledger_entries.count() == 10


def test_many_figures_are_recorded_in_a_few_queries(engagement, rest, django_assert_max_num_queries):
    outcome = OutcomeFactory(engagement=engagement)
    report = ProgressReportFactory(period=ReportingPeriodFactory(engagement=engagement))
    indicators = [IndicatorFactory(outcome=outcome) for _number in range(100)]
    sent = [
        {"progress_report": str(report.public_id), "indicator": indicator.code, "value": "1.5"}
        for indicator in indicators
    ]
    asked = rest(Role.LIAISON, institution=engagement.institution)

    with django_assert_max_num_queries(40):
        response = asked.post("observations/", sent)

    assert response.json()["added"] == 100, response.content
    again = asked.post("observations/", sent[:3])
    assert again.status_code == 409
    assert fields_at_fault(again) == [f"rows.{number}.indicator" for number in range(3)]


def test_a_figure_that_does_not_fit_is_named_by_its_row(engagement, rest):
    outcome = OutcomeFactory(engagement=engagement)
    report = ProgressReportFactory(period=ReportingPeriodFactory(engagement=engagement))
    good, bad = IndicatorFactory(outcome=outcome), IndicatorFactory(outcome=outcome)
    sent = [
        {"progress_report": str(report.public_id), "indicator": good.code, "value": "1"},
        {"progress_report": str(report.public_id), "indicator": bad.code, "level": "B"},
    ]
    asked = rest(Role.LIAISON)

    assert fields_at_fault(asked.post("observations/", sent)) == ["rows.1.level"]
    assert fields_at_fault(asked.post("observations/", sent[1])) == ["level"]
    assert not good.observations.exists()


def test_a_report_that_was_submitted_takes_no_more_figures(engagement, rest):
    at = dt.datetime(2024, 4, 5, tzinfo=dt.UTC)
    period = ReportingPeriodFactory(engagement=engagement)
    report = ProgressReportFactory(period=period, state="submitted", submitted_by=UserFactory(), submitted_at=at)
    indicator = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement))
    body = {"progress_report": str(report.public_id), "indicator": indicator.code, "value": "1"}

    response = rest(Role.LIAISON).post("observations/", body)

    assert (response.status_code, response.json()["code"]) == (409, "report_closed")
