"""The experts' page: days and rates for those who may know them, and for nobody else."""

import json

import pytest

from experts.models import Expert
from programmes.models import Institution
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import DeploymentFactory, UserFactory, days
from tests.web import Page, shown

EXPERTS = "/engagements/FIN-TAX-2024/experts/"


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


def test_an_officer_sees_each_experts_days_rate_and_costs(scenarios, signed_in, expected):
    table = Page(signed_in(Role.PROGRAMME_OFFICER).get(EXPERTS)).table("Days by expert")

    for code, wanted in expected["deployment_by_expert"].items():
        row, currency = table.row(code), wanted["currency"]
        assert (row["Deployments"], row["Planned days"], row["Actual days"]) == tuple(
            str(wanted[name]) for name in ("deployments", "planned_days", "actual_days")
        )
        assert row["Person-months"] == wanted["person_months_at_21_days"]
        assert row["Daily rate"] == f"{currency} {wanted['daily_rate']}"
        assert row["Planned cost"] == f"{currency} {shown(wanted['planned_cost_native'])}"
        assert row["Actual cost"] == f"{currency} {shown(wanted['actual_cost_native'])}"
    total = table.row("Total")
    assert total["Planned days"] == shown(str(expected["deployment_days"]["planned"]))
    assert total["Actual days"] == shown(str(expected["deployment_days"]["actual"]))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LIAISON])
def test_others_see_who_is_there_and_are_told_who_grants_the_rest(scenarios, signed_in, role):
    ministry = Institution.objects.get(engagements__ref="FIN-TAX-2024")

    page = Page(signed_in(role, institution=ministry).get(EXPERTS))

    assert len(page.table("Deployments").rows) == 15
    assert "It is open to these roles: Administrator, Programme officer, Finance officer." in page.text
    table = page.table("Days by expert")
    assert "Daily rate" not in table.head
    assert {row[2] for row in table.rows[1:-1]} == {"– withheld"}
    assert "640" not in page.text


def test_an_expert_sees_their_own_days_and_nobody_elses(scenarios, client):
    user = UserFactory()
    Expert.objects.filter(source_code="E1", deployments__engagement__ref="FIN-TAX-2024").update(user=user)
    client.force_login(user)

    table = Page(client.get(EXPERTS)).table("Days by expert")

    assert table.row("E1")["Actual days"] == "447"
    assert table.row("E2")["Actual days"] == "– withheld"


def test_the_name_stands_only_while_it_is_not_erased(signed_in):
    deployment = DeploymentFactory(expert__code="E-9001", during=days("2024-01-01", None))

    page = Page(signed_in(Role.VIEWER).get(f"/engagements/{deployment.engagement.ref}/experts/"))

    assert page.table("Deployments").rows[1][0].startswith(deployment.expert.code)


def test_it_says_so_where_nobody_is_deployed(scenarios, signed_in):
    page = Page(signed_in(Role.VIEWER).get("/engagements/MDA-TAX-2015/experts/"))

    assert page.text.count("Nobody is deployed yet.") == 2
