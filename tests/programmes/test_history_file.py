"""The history as a file: what its pages show, line by line, for those whom they show it."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from costing.domain.vocabulary import Category
from costing.services.cost_lines import add_cost_line
from programmes.domain.vocabulary import RiskKind
from programmes.services.risks import add_risk, change_risk
from programmes.views import history as views
from ta_portal.access.permissions import Role
from ta_portal.audit.services import record
from tests import factories as f
from tests.web import Page

pytestmark = pytest.mark.django_db
FILE = "/history/export.csv"
HEAD = ["When", "Engagement", "Act", "Kind", "Code", "Field", "Before", "After", "Who"]


@pytest.fixture
def engagement():
    return f.EngagementFactory(ref="HIST-1")


@pytest.fixture
def administrator(member):
    return member(Role.ADMINISTRATOR)


@pytest.fixture
def risk(engagement, administrator):
    given = {"code": "R01", "kind": RiskKind.POLITICAL, "title": "Elections", "likelihood": 2, "impact": 3}
    return add_risk(engagement_id=engagement.pk, by=administrator, **given)


def lines(client, address=FILE, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return list(csv.reader(io.StringIO(b"".join(answer).decode())))


def test_each_field_of_an_act_has_a_line_with_what_it_was_and_became(risk, administrator, signed_in):
    change_risk(risk_id=risk.pk, by=administrator, likelihood=4, review_on=dt.date(2026, 3, 1))
    head, *found = lines(signed_in(Role.AUDITOR))

    assert head == HEAD
    changed = [line[1:] for line in found if line[2] == "Risk changed"]
    told = ["HIST-1", "Risk changed", "Risk", "R01"]
    assert changed == [
        [*told, "Likelihood", "2", "4", str(administrator)],
        [*told, "Review on", "", "2026-03-01", str(administrator)],
    ]
    # The newest first, as on the page; an instant that a machine reads.
    assert [line[2] for line in found][:3] == ["Risk changed", "Risk changed", "Risk added"]
    assert dt.datetime.fromisoformat(found[0][0]).tzinfo is not None


def test_the_file_has_what_the_pages_have_and_in_their_order(risk, engagement, signed_in):
    for number in range(70):
        record("risk.added", target=engagement, by=None, code=f"N{number:03}")
    client = signed_in(Role.AUDITOR)
    pages = [client.get("/history/")]
    pages.append(
        client.get(next(link for link in Page(pages[0]).links if "before=" in link).replace("?", "/history/?"))
    )
    seen = [row[2] for page in pages for row in Page(page).table("Audit trail").rows[1:]]

    acts = [key for key, _group in _runs(lines(client)[1:])]

    assert len(seen) == len(acts)
    assert [word for word, _ in zip(seen, acts, strict=True)] == seen
    assert all(act[2] in word for word, act in zip(seen, acts, strict=True))


def _runs(found):
    """The acts behind the lines: lines of one act share all but the field."""
    acts = {}
    for line in found:
        acts.setdefault((line[0], line[1], line[2], line[4]), []).append(line)
    return acts.items()


def test_the_filters_of_the_page_are_those_of_the_file(risk, signed_in, administrator):
    other = f.EngagementFactory(ref="OTHER-2")
    record("milestone.added", target=f.MilestoneFactory(engagement=other), by=None, reason="Nightly")
    client = signed_in(Role.AUDITOR)

    assert {line[2] for line in lines(client, kind="risk")[1:]} == {"Risk added"}
    assert {line[1] for line in lines(client, engagement="other")[1:]} == {"OTHER-2"}
    assert {line[8] for line in lines(client, by="portal")[1:]} == {"The portal itself"}
    assert lines(client, since="2999-01-01") == [HEAD]
    assert f'href="{FILE}?kind=risk"' in client.get("/history/", {"kind": "risk"}).content.decode()


def test_it_holds_the_acts_that_its_reader_may_read_and_no_others(risk, engagement, signed_in):
    record("risk.added", target=f.EngagementFactory(ref="ELSE-1"), by=None, code="R77")

    assert {line[1] for line in lines(signed_in(Role.AUDITOR, engagement=engagement))[1:]} == {"HIST-1"}
    assert {line[1] for line in lines(signed_in(Role.AUDITOR))[1:]} == {"HIST-1", "ELSE-1"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PROGRAMME_OFFICER, Role.LIAISON])
def test_others_are_refused(role, engagement, signed_in):
    assert signed_in(role, engagement=engagement).get(FILE).status_code == 403


def test_what_the_page_withholds_is_named_and_not_told(engagement, member, signed_in):
    author = member(Role.FINANCE_OFFICER)
    budget = f.BudgetFactory(engagement=engagement, version=1)
    given = {"description": "A named person", "category": Category.SALARIES, "quantity": Decimal(7), "unit": "day"}
    first_day = dt.date(2026, 1, 1)
    add_cost_line(
        budget=budget,
        code="S1",
        unit_cost=Decimal(457),
        currency=f.CurrencyFactory().pk,
        first_day=first_day,
        by=author,
        **given,
    )

    mine, theirs = (lines(signed_in(role), kind="cost_line")[1:] for role in (Role.AUDITOR, Role.ADMINISTRATOR))

    assert {line[7] for line in mine if line[5] in ("Quantity", "Amount")} == {"not shown"}
    assert not [line for line in mine if "457" in " ".join(line[5:8]) or "A named person" in line[7]]
    assert [line[7] for line in theirs if line[5] == "Amount"] == ["USD 3199"]


def test_numbers_and_days_are_as_they_are_in_every_language(risk, administrator, member, client):
    record("risk.changed", target=risk, by=administrator, changes={"score": {"was": 6, "now": 123456}})
    auditor = member(Role.AUDITOR)
    auditor.language = "fr"
    auditor.save()
    client.force_login(auditor)

    found = lines(client)

    assert found[0][:2] == ["Quand", "Intervention"]
    assert [line[7] for line in found if line[6] == "6"] == ["123456"]


def test_runs_nothing_in_a_sheet(engagement, administrator, signed_in):
    add_risk(
        engagement_id=engagement.pk,
        code="R02",
        kind=RiskKind.POLITICAL,
        title="=HYPERLINK(1)",
        likelihood=1,
        impact=1,
        by=administrator,
    )

    assert "'=HYPERLINK(1)" in {line[7] for line in lines(signed_in(Role.AUDITOR))}


def test_what_looks_like_markup_stays_as_it_was_written(engagement, administrator, signed_in):
    record("engagement.changed", target=engagement, by=administrator, reason="3 < 4 & <b>5</b>")

    assert "3 < 4 & <b>5</b>" in {line[7] for line in lines(signed_in(Role.AUDITOR))}


def test_a_batch_costs_the_same_queries_however_many_acts_it_has(engagement, signed_in, monkeypatch):
    client = signed_in(Role.AUDITOR)
    make_acts(engagement, 5)
    one_batch = queries_of(client)
    make_acts(engagement, 95)

    assert queries_of(client) == one_batch
    monkeypatch.setattr(views, "ACTS_AT_A_TIME", 50)
    two_batches = queries_of(client)
    monkeypatch.setattr(views, "ACTS_AT_A_TIME", 25)
    assert queries_of(client) - two_batches == 2 * (two_batches - one_batch)
    assert len({line[0] for line in lines(client)[1:]}) == 100


def make_acts(engagement, count):
    for _number in range(count):
        record("risk.added", target=engagement, by=None)


def queries_of(client):
    with CaptureQueriesContext(connection) as queries:
        lines(client)
    return len(queries)
