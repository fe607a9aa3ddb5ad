"""Scores of exit readiness and the figures of a report open into what made them."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from evaluations.selectors.reports import report_rows
from evaluations.services.roll_up import roll_up
from evaluations.tables.reports import figure_address, is_explained
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import InstitutionFactory
from tests.web import Page

EXIT = "/engagements/FIN-TAX-2024/exit/"


@pytest.fixture
def report(scenarios, member):
    return roll_up(as_of=dt.date(2025, 12, 31), by=member(Role.PROGRAMME_OFFICER))


def test_every_score_of_readiness_is_the_foot_of_its_dimensions(scenarios, signed_in):
    expected = json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))["exit_readiness"]
    client = signed_in(Role.VIEWER)
    links = [link for link in Page(client.get(EXIT)).links if "explain" in link]

    found = {Page(client.get(link)).shown_at("foot") for link in links}

    assert len(links) == len(expected)
    assert found == {f"{one['score_pct']}%" for one in expected.values()}
    assert all(Page(client.get(link)).shown_at("figure") in found for link in links)


def test_every_figure_of_a_report_that_opens_comes_to_itself(report, signed_in):
    client = signed_in(Role.PROGRAMME_OFFICER)
    rows = [row for row in report_rows(report) if is_explained(row)]
    # The indicators have a test of their own: the first few stand for them here.
    few = [row for row in rows if row.level == "indicator"][:6]

    for row in [*few, *(row for row in rows if row.level != "indicator")]:
        page = Page(client.get(figure_address(report, row), follow=True))
        assert page.status == 200
        assert page.shown_at("figure") == page.shown_at("foot"), row

    assert len(rows) > 150


def test_the_pages_of_a_report_lead_to_its_explanations(report, signed_in):
    page = Page(signed_in(Role.PROGRAMME_OFFICER).get(reverse("reports:report", args=[report.public_id])))

    assert sum("/explain/?level=" in link for link in page.links) > 40


def test_a_report_is_explained_as_it_was_known_when_it_was_made(report, signed_in):
    row = next(row for row in report_rows(report) if (row.level, row.metric) == ("engagement", "actual_cost"))

    address = signed_in(Role.PROGRAMME_OFFICER).get(figure_address(report, row))["Location"]

    assert "known_at=" in address
    assert "as_of=2025-12-31" in address


def test_what_a_reader_may_not_see_is_not_there(report, signed_in):
    liaison = signed_in(Role.LIAISON, institution=InstitutionFactory())
    row = next(row for row in report_rows(report) if is_explained(row))

    assert liaison.get(figure_address(report, row)).status_code == 404
    assert liaison.get(f"{EXIT}explain/").status_code == 404
    officer = signed_in(Role.PROGRAMME_OFFICER)
    assert officer.get(f"/reports/{report.public_id}/explain/?metric=nonsense").status_code == 404
    assert officer.get(f"{EXIT}explain/?on=1999-01-01&side=donor").status_code == 404
