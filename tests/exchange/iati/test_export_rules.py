"""Each rule of the standard that an export can break, told in words with the page on which it is mended."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from ta_portal.exchange.iati.codelists import Codelist, statuses
from tests.conftest import SHARED_DATA
from tests.exchange.iati.conftest import REAL, activity
from tests.factories import EngagementFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

BUDGET = '<budget><period-start iso-date="{}"/><period-end iso-date="{}"/><value>5</value></budget>'
FUTURE = (
    '<transaction><transaction-type code="3"/><transaction-date iso-date="2099-01-01"/><value>5</value></transaction>'
)
WORDS = (
    "<result type='1'><title><narrative>R</narrative></title><indicator measure='1'>"
    "<title><narrative>I</narrative></title><period><period-start iso-date='2020-01-01'/>"
    "<period-end iso-date='2020-12-31'/><actual value='many'/></period></indicator></result>"
)
EMPTY = "<result type='1'><title><narrative>R</narrative></title></result>"
AHEAD = '<activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2099-01-01"/>'


@pytest.mark.parametrize(
    ("parts", "rule", "page"),
    [
        ({"identifier": "XM-DAC-41114"}, "1.1.3", ""),
        ({"identifier": "XM-DAC-7-A1"}, "1.1.21", ""),
        ({"identifier": "XM-DAC-41114-A/1"}, "1.3.13", ""),
        ({"sectors": ""}, "6.2.2", ""),
        ({"sectors": '<sector code="23010"/>'}, "codelist", ""),
        ({"recipients": '<recipient-region code="380"/>'}, "codelist", ""),
        ({"more": '<default-flow-type code="20"/>'}, "codelist", ""),
        ({"more": '<default-aid-type code="Z99"/>'}, "codelist", ""),
        ({"more": BUDGET.format("2020-01-01", "2021-06-30")}, "7.5.3", "costs/"),
        ({"more": FUTURE}, "11.2.1", "costs/"),
        ({"dates": AHEAD}, "11.1.4", "costs/"),
        ({"more": WORDS}, "8.10.2", "results/"),
        ({"more": EMPTY}, "schema", "results/"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_broken_rule_is_told_once_with_its_page_and_the_file_is_valid(load_one, export, schema, parts, rule, page):
    loaded = load_one(**parts)

    tree, _out, err = export()

    told = [line for line in err.splitlines() if f"[{rule}]" in line]
    assert len(told) == 1
    assert told[0].startswith(f"{loaded.ref}: ")
    assert told[0].endswith(f"/engagements/{loaded.ref}/{page}")
    schema.assertValid(tree)


def test_a_flawless_activity_breaks_no_rule(load, export):
    load(activity(more=BUDGET.format("2020-01-01", "2020-12-31")))

    _tree, _out, err = export("--strict")

    assert err == ""


def test_an_engagement_of_nobody_is_left_out_and_told(load, export, schema):
    load(activity())
    EngagementFactory(ref="NOBODYS", programme__lead=None)

    tree, out, err = export()

    schema.assertValid(tree)
    assert out.startswith("1 activities written")
    assert "NOBODYS: It has no lead and nobody pays for it: it is left out. [schema] /engagements/NOBODYS/" in err


def test_an_engagement_made_in_the_portal_goes_out_valid(export, schema):
    lead = OrganisationFactory(code="LEAD", name="A lead", iati_ref="XM-DAC-99")
    EngagementFactory(ref="HOME-MADE", programme__lead=lead, country=False)

    tree, _out, err = export()

    schema.assertValid(tree)
    assert tree.findtext(".//iati-identifier") == "XM-DAC-99-HOME-MADE"
    assert "It has no sector. [6.2.2]" in err
    assert "It names no country and no region that receives. [3.7.1]" in err
    assert "its title stands for the description" in err


def test_what_cannot_be_written_is_named(load_one, tmp_path):
    load_one()

    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_iati", "-o", str(tmp_path / "nowhere" / "out.xml"))


# Codes


@pytest.mark.parametrize(
    ("codelist", "name"),
    [
        (Codelist.AID_TYPE, "AidType"),
        (Codelist.FINANCE_TYPE, "FinanceType"),
        (Codelist.FLOW_TYPE, "FlowType"),
        (Codelist.TIED_STATUS, "TiedStatus"),
        (Codelist.COUNTRY, "Country"),
        (Codelist.CURRENCY, "Currency"),
        (Codelist.REGION, "Region"),
        (Codelist.SECTOR, "Sector"),
        (Codelist.REGISTRATION_AGENCY, "OrganisationRegistrationAgency"),
    ],
)
def test_the_codes_are_those_of_the_published_lists(codelist, name):
    with (SHARED_DATA / "codelists" / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        published = {row["code"]: row["status"] for row in csv.DictReader(rows)}

    assert statuses(codelist) == published


def test_real_files_go_out_valid(export, schema):
    for path in sorted(REAL.glob("*.xml")):
        call_command("import_iati", str(path), "--commit", stdout=io.StringIO(), stderr=io.StringIO())

    tree, out, err = export()

    schema.assertValid(tree)
    assert out.startswith("3 activities written")
    assert "The budget from 2015-04-30 to 2016-10-31 is for more than a year. [7.5.3]" in err
