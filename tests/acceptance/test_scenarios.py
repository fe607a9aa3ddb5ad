"""Scenarios loaded by the command, then asked for by commands and over REST: every figure, against file or oracle."""

import datetime as dt
import io
import json
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.test import Client

from ta_portal.access.permissions import Role
from tests.acceptance import oracle
from tests.acceptance.variants import end_of, variant
from tests.conftest import SHARED_DATA

LATE = dt.date(2026, 12, 31)


def read(name):
    return json.loads((SHARED_DATA / name).read_text("utf-8"))


def ask(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def load(db, tmp_path):
    def load_one(scenario):
        path = tmp_path / f"{scenario['engagement']['code']}.json"
        path.write_text(json.dumps(scenario), "utf-8")
        call_command("load_scenario", str(path), stdout=io.StringIO(), stderr=io.StringIO())

    return load_one


@pytest.fixture
def rest(member):
    client = Client()
    client.force_login(member(Role.FINANCE_OFFICER))

    def get(path, **query):
        response = client.get(f"/api/v1/{path}", query)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    return get


def test_every_figure_of_financia_comes_out_of_the_commands_and_rest(load, rest):
    expected = read("financia/expected.json")
    load(read("financia/financia.json"))
    ref, at = "FIN-TAX-2024", ("--as-of", str(LATE))
    found = {}
    for by in ("category", "workstream", "donor", "currency", "line", "year", "quarter"):
        answer = ask("cost_summary", ref, "--compare", "--by", by, *at)
        assert answer == rest(f"engagements/{ref}/cost-comparison/", by=by, as_of=LATE)
        found[by] = answer

    total = found["category"]["total"]
    overall = expected["overall"]
    assert (total["planned"], total["actual"], total["variance"], total["variance_pct"]) == (
        overall["planned_usd"],
        overall["actual_usd"],
        overall["variance_usd"],
        overall["variance_pct"],
    )
    assert found["category"]["counts"] == {"lines": overall["line_count"], "entries": overall["transaction_count"]}
    groups = {by: f"by_{by}" for by in ("category", "workstream", "donor")} | {"currency": "by_currency_usd_equivalent"}
    for by, name in groups.items():
        rows = {k: v for k, v in found[by]["groups"].items() if k != "unassigned"}
        assert set(rows) == set(expected[name])
        for key, row in expected[name].items():
            given = rows[key]
            assert (given["planned"], given["actual"], given["variance"], given["variance_pct"]) == (
                row["planned_usd"],
                row["actual_usd"],
                row["variance_usd"],
                row["variance_pct"],
            ), key
    for line in expected["lines"]:
        given = found["line"]["groups"][line["code"]]
        assert Fraction(given["actual"]) == Fraction(line["actual_usd"])
        assert (given["planned"], given["variance"], given["variance_pct"]) == (
            line["planned_usd"],
            line["variance_usd"],
            line["variance_pct"],
        )
    for key, share in expected["category_share_of_actual_pct"].items():
        assert found["category"]["groups"][key]["share_of_actual_pct"] == share
    for key, native in expected["by_currency_native"].items():
        given = found["currency"]["groups"][key]["native"]
        assert (given["planned"], given["actual"]) == (native["planned"], native["actual"])
    for by in ("year", "quarter"):
        actual = ask("cost_summary", ref, "--basis", "actual", "--by", by, *at)
        assert actual == rest(f"engagements/{ref}/costs/", basis="actual", by=by, as_of=LATE)
        assert {k: v for k, v in actual["groups"].items() if k != "unassigned"} == expected[f"actual_by_{by}"]

    funding = rest(f"engagements/{ref}/funding/", as_of=LATE)
    assert funding["cost_share_pct"] == expected["cost_share_pct_of_actual"]
    names = {
        "committed": "committed_native",
        "received": "received_native",
        "undrawn": "commitment_undrawn_native",
        "committed_base": "committed_usd",
        "received_base": "received_usd",
        "spent_base": "spent_usd",
        "balance_base": "balance_received_minus_spent_usd",
        "spent_pct": "spent_pct_of_commitment",
    }
    for donor, row in expected["donors"].items():
        given = funding["donors"][donor]
        assert {ours: given[ours] for ours in names} == {ours: row[theirs] for ours, theirs in names.items()}

    results = ask("results", ref, *at)
    assert results == rest(f"engagements/{ref}/results/", as_of=LATE)
    for indicator in results["indicators"]:
        row = expected["indicators"][indicator["code"]]
        assert (indicator["latest"], indicator["progress_pct"], indicator["target_met"], indicator["annual"]) == (
            row["latest"],
            row["progress_pct"],
            row["target_met"],
            row["annual"],
        ), indicator["code"]
    trainees = next(i for i in results["indicators"] if i["code"] == "I05")
    assert Fraction(trainees["parts"]["sex=f"]["value"]) == 187
    assert trainees["parts"]["sex=f"]["share_pct"] == expected["indicators"]["I05"]["female_share_pct"]
    for outcome in results["outcomes"]:
        row = expected["outcomes"][outcome["code"]]
        assert (outcome["mean_capped_progress_pct"], outcome["rating"], outcome["expected"]) == (
            row["mean_capped_progress_pct"],
            row["rating"],
            row["indicators"],
        )
    assert results["milestones"] == expected["milestones"]
    final = expected["exit_readiness"]["final"]
    assert results["exit_readiness"] == {"score_pct": final["score_pct"], "ready": final["ready"]}

    summary = rest(f"engagements/{ref}/deployment-summary/", as_of=LATE)
    for code, row in expected["deployment_by_expert"].items():
        given = summary["experts"][code]
        assert Fraction(given["planned_days"]) == row["planned_days"]
        assert Fraction(given["actual_days"]) == row["actual_days"]
        assert (given["deployments"], given["person_months"], given["daily_rate"]) == (
            row["deployments"],
            row["person_months_at_21_days"],
            row["daily_rate"],
        )
        for cost in ("planned_cost_native", "actual_cost_native"):
            assert given[cost] == row[cost]
    assert summary["overlaps"] == expected["deployment_same_expert_overlaps"]

    overlaps = {o["code"]: o for o in rest(f"engagements/{ref}/overlaps/")["overlaps"]}
    true_ones = {code: row for code, row in expected["overlaps"].items() if row["overlap"]}
    assert set(overlaps) == set(true_ones)
    for code, row in true_ones.items():
        assert {k: overlaps[code][k] for k in row if k != "overlap"} == {k: v for k, v in row.items() if k != "overlap"}

    readiness = {a["label"]: a for a in rest(f"engagements/{ref}/exit-readiness/")["assessments"]}
    for name, row in expected["exit_readiness"].items():
        assert {k: readiness[name][k] for k in row} == row
    risks = {r["code"]: r for r in rest("risks/", engagement=ref)["results"]}
    assert {code: {"score": r["score"], "residual": r["residual"]} for code, r in risks.items()} == expected["risks"]
    evaluations = {e["kind"]: e for e in rest("evaluations/", engagement=ref)["results"]}
    for kind, row in expected["evaluations"].items():
        assert {k: evaluations[kind][k] for k in row} == row


def test_every_figure_of_the_real_engagement_comes_out(load, rest):
    expected = read("moldova/expected.json")
    load(read("moldova/moldova.json"))
    ref = "MDA-TAX-2015"
    overall = expected["overall"]

    for basis in ("planned", "actual"):
        answer = ask("cost_summary", ref, "--basis", basis)
        assert answer == rest(f"engagements/{ref}/costs/", basis=basis)
        assert (answer["total"], answer["uncategorised"], answer["charged"]) == (
            overall[f"{basis}_usd"],
            overall[f"uncategorised_{basis}_usd"],
            overall[f"charged_{basis}_usd"],
        )
    results = rest(f"engagements/{ref}/results/", as_of=LATE)
    for indicator in results["indicators"]:
        row = expected["indicators"][indicator["code"]]
        assert {k: indicator[k] for k in row} == row
    for outcome in results["outcomes"]:
        row = expected["outcomes"][outcome["code"]]
        assert (outcome["mean_capped_progress_pct"], outcome["rating"], outcome["expected"]) == (
            row["mean_capped_progress_pct"],
            row["rating"],
            row["indicators"],
        )


def check_costs(scenario, ref, currency):
    money = oracle.Money(scenario, currency)
    for basis in ("planned", "actual"):
        by_category = money.sums(basis, oracle.by_category)
        answer = ask("cost_summary", ref, "--basis", basis, "--currency", currency, "--as-of", str(end_of(scenario)))
        assert answer["groups"] == {c: money.text(by_category.get(c, Fraction(0))) for c in oracle.CATEGORIES}
        assert answer["uncategorised"] == money.text(by_category.get("", Fraction(0)))
        assert answer["charged"] == money.text(sum(by_category.values(), Fraction(0)))
        assert len(answer["unconverted"]) == money.unconverted(basis)
        for by, key in oracle.GROUPINGS.items():
            given = ask(
                *("cost_summary", ref, "--basis", basis, "--currency", currency),
                *("--by", by, "--as-of", str(end_of(scenario))),
            )["groups"]
            shown = {k: v for k, v in given.items() if Fraction(v)}
            # The formula alone: what has no category stands beside the groups.
            wanted = {k: money.text(v) for k, v in money.sums(basis, key, categorised=True).items() if v}
            assert shown == wanted, (basis, by)


def check_results(scenario, ref, as_of):
    results = ask("results", ref, "--as-of", str(as_of))
    indicators = {indicator["code"]: indicator for indicator in results["indicators"]}
    for indicator in scenario["indicators"]:
        figures = oracle.indicator_figures(indicator, as_of)
        shown = indicators[indicator["code"]]
        assert shown["latest"] == oracle.half_up(figures["latest"], 2), indicator["code"]
        assert shown["progress_pct"] == oracle.half_up(figures["progress"], 2), indicator["code"]
        assert shown["target_met"] == figures["target_met"], indicator["code"]
    outcomes = oracle.outcome_figures(scenario, as_of)
    assert len(results["outcomes"]) == len(outcomes)
    for given in results["outcomes"]:
        assert {
            "mean": given["mean_capped_progress_pct"],
            **{name: given[name] for name in ("rating", "reported", "expected")},
        } == outcomes[given["code"]]
    assert results["milestones"] == oracle.milestone_figures(scenario, as_of)


@pytest.mark.parametrize("seed", range(6))
def test_other_scenarios_of_the_format_come_out_as_the_oracle_says(load, rest, seed):
    scenario = variant(read("financia/financia.json"), seed)
    load(scenario)
    ref = scenario["engagement"]["code"]

    check_costs(scenario, ref, "USD")
    for as_of in (end_of(scenario), dt.date(int(scenario["engagement"]["start"][:4]) + 1, 2, 15)):
        check_results(scenario, ref, as_of)
    given = rest(f"engagements/{ref}/funding/", as_of=end_of(scenario))["donors"]
    for donor, row in oracle.funding(oracle.Money(scenario), end_of(scenario)).items():
        assert {k: given[donor][k] for k in row} == row


def test_a_scenario_in_a_currency_without_decimals_answers_in_it(load):
    scenario = variant(read("financia/financia.json"), 0)
    load(scenario)
    used = {line["currency"] for line in scenario["cost_lines"]}

    for currency in sorted(used):
        check_costs(scenario, scenario["engagement"]["code"], currency)


def test_several_scenarios_in_one_database_do_not_move_each_other(load):
    financia, moldova = read("financia/financia.json"), read("moldova/moldova.json")
    other = variant(financia, 3)
    load(financia)
    before = ask("cost_summary", "FIN-TAX-2024", "--compare"), ask("results", "FIN-TAX-2024")

    load(moldova)
    load(other)

    assert (ask("cost_summary", "FIN-TAX-2024", "--compare"), ask("results", "FIN-TAX-2024")) == before
    check_costs(other, other["engagement"]["code"], "USD")
