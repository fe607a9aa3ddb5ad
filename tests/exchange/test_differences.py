import json

from ta_portal.exchange.scenario.differences import canonical, differences, digest
from ta_portal.exchange.scenario.reader import read_scenario


def content(scenario):
    return canonical(read_scenario(json.dumps(scenario).encode("utf-8")))


def test_order_layout_and_idle_zeros_make_no_difference(financia):
    before = content(financia)
    financia = {key: financia[key] for key in reversed(financia)}
    financia["cost_lines"].reverse()
    financia["cost_lines"][0]["unit_cost"] += "00"
    financia["deployments"][0]["planned_days"] = "230.0"

    after = content(financia)

    assert differences(before, after) == []
    assert digest(before) == digest(after)


def test_each_place_that_differs_is_named_with_both_values(financia):
    before = content(financia)
    financia["experts"][0]["daily_rate"] = "650.00"
    financia["cost_lines"][2]["actuals"][0]["amount"] = "18600.01"
    del financia["milestones"][11]
    financia["risks"].append({**financia["risks"][0], "code": "R6"})
    financia["overlap_rule"] = "another note"

    said = differences(before, content(financia))

    assert 'experts.E1.daily_rate was "640" and is now "650"' in said
    assert 'cost_lines.C03.actuals.0.amount was "18600" and is now "18600.01"' in said
    assert any(sentence.startswith("milestones.M12.") and "is gone" in sentence for sentence in said)
    assert any(sentence.startswith("risks.R6.") and "is new" in sentence for sentence in said)
    assert digest(before) != digest(content(financia))


def test_a_long_list_ends_with_how_many_more(financia):
    before = content(financia)
    for line in financia["cost_lines"]:
        line["description"] += "!"

    said = differences(before, content(financia))

    assert len(said) == 21
    assert said[-1] == "and 42 more"


def test_what_is_kept_to_compare_with_names_no_person(financia):
    kept = json.dumps(content(financia))

    for expert in financia["experts"]:
        assert expert["name"] not in kept
    named = content(financia)
    financia["experts"][0]["name"] = "Somebody Else"
    assert any(said.startswith("experts.E1.name was") for said in differences(named, content(financia)))
