"""Three activities as they were published, against the figures that were taken from them apart (expected.json)."""

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction

from costing.models import CostLine, LedgerEntry
from programmes.models import Engagement, Indicator, Observation, Outcome
from ta_portal.exchange.iati.loader import import_activities
from tests.exchange.iati.conftest import REAL

EXPECTED = json.loads((REAL / "expected.json").read_text("utf-8"))
CODES = {"commitment": "2", "disbursement": "3", "expenditure": "4", "incoming": "1", "incoming_commitment": "11"}
STATUSES = {"2": "active", "3": "completed"}

pytestmark = [pytest.mark.usefixtures("real_files"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def real_files(django_db_setup, django_db_blocker):
    """All three, loaded once."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in EXPECTED:
            imported = import_activities(REAL / name, commit=True)
            assert imported.faults == ()
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=sorted(EXPECTED))
def expected(request):
    (found,) = EXPECTED[request.param]["activities"]
    return found


@pytest.fixture
def engagement(expected):
    return Engagement.objects.get(iati_id=expected["identifier"])


def facts(engagement):
    return engagement.source_facts["iati"]


def test_identifier_title_currency_and_status_are_as_published(engagement, expected):
    assert engagement.title == expected["title"]
    assert engagement.programme.currency_id == expected["default_currency"]
    assert engagement.status == STATUSES[expected["activity_status"]]
    assert facts(engagement)["status"] == expected["activity_status"]
    assert facts(engagement)["reporting_org"]["ref"] == expected["reporting_org"]


def test_planned_and_actual_dates_are_as_published(engagement, expected):
    def day(kind):
        return dt.date.fromisoformat(expected["dates"][kind]) if kind in expected["dates"] else None

    assert engagement.planned.lower == day("1")
    assert engagement.planned.upper - dt.timedelta(days=1) == day("3")
    assert engagement.actual.lower == day("2")
    assert engagement.actual.upper == (day("4") + dt.timedelta(days=1) if day("4") else None)


def test_every_organisation_has_the_place_of_its_role(engagement, expected):
    agreements = list(engagement.agreements.all())
    held = {
        "1": {agreement.contributor for agreement in agreements},
        "2": {engagement.programme.lead},
        "3": {agreement.administrator for agreement in agreements},
        "4": {agreement.provider for agreement in agreements},
    }
    for role, ref, name in expected["participating"]:
        names = {organisation.name for organisation in held[role]}
        refs = {organisation.iati_ref for organisation in held[role]}
        # One reference is one organisation, whatever name it goes by.
        assert ref in refs if ref not in (None, "N/A") else any(known.startswith(name) for known in names)


def test_recipients_and_sectors_have_their_percentages(engagement, expected):
    recipients = engagement.recipients.all()
    assert {(row.country_id, row.pct) for row in recipients if row.country_id} == {
        (code, Decimal(percent)) for code, percent in expected["countries"]
    }
    assert {(row.region_id, row.pct) for row in recipients if row.region_id} == {
        (code, Decimal(percent)) for code, percent in expected["regions"]
    }
    assert {(row.sector_id, row.pct) for row in engagement.sector_shares.all()} == {
        (code, Decimal(percent)) for code, percent in expected["sectors"]["1"]
    }


def test_default_codes_are_as_published(engagement, expected):
    assert [["1", engagement.aid_type]] == expected["default_aid_type"]
    assert engagement.flow_type == expected["default_flow_type"]
    assert engagement.finance_type == expected["default_finance_type"]
    assert engagement.tied_status == expected["default_tied_status"]


def test_the_ledger_has_every_transaction_and_its_sums(engagement, expected):
    sums = defaultdict(list)
    for entry in LedgerEntry.objects.filter(engagement=engagement):
        assert (entry.category, entry.outside) == (None, None)
        sums[f"{CODES[entry.kind]}|{entry.currency_id}"].append(entry.amount)
    assert {key: (len(found), sum(found)) for key, found in sums.items()} == {
        key: (found["count"], Decimal(found["sum"])) for key, found in expected["transactions"].items()
    }
    assert LedgerEntry.objects.filter(engagement=engagement).count() == expected["transaction_count"]


def test_budgets_are_lines_of_an_approved_version(engagement, expected):
    committed = facts(engagement)["committed_budgets"]
    sums = defaultdict(list)
    for line in CostLine.objects.filter(budget__engagement=engagement, budget__state="approved"):
        assert line.category is None
        sums[f"1|{2 if line.key.code in committed else 1}|{line.currency_id}"].append(line.amount)
    assert {key: (len(found), sum(found)) for key, found in sums.items()} == {
        key: (found["count"], Decimal(found["sum"])) for key, found in expected["budgets"].items()
    }


def test_planned_disbursements_documents_and_markers_are_counted_and_kept(engagement, expected):
    not_mapped, kept = facts(engagement)["not_mapped"], facts(engagement)["kept"]
    planned = expected["planned_disbursements"]
    assert not_mapped.get("planned-disbursement", 0) == sum(found["count"] for found in planned.values())
    for currency, found in planned.items():
        values = [value for row in kept["planned-disbursement"] for value in row["value"]]
        assert sum(Decimal(value["text"]) for value in values) == Decimal(found["sum"])
        assert {value["@currency"] for value in values} == {currency}
    assert not_mapped.get("document-link", 0) == expected["document_links"]
    assert sorted([row["@code"], row["@significance"]] for row in kept.get("policy-marker", [])) == sorted(
        expected["policy_markers"]
    )


def test_contact_persons_are_counted_and_never_kept(engagement):
    assert facts(engagement)["not_mapped"]["contact-info"] == 1
    assert "contact-info" not in facts(engagement)["kept"]
    assert "@worldbank.org" not in json.dumps(engagement.source_facts)


def test_results_indicators_and_periods_are_all_there(engagement, expected):
    assert Outcome.objects.filter(engagement=engagement).count() == expected["result_count"]
    assert Indicator.objects.filter(engagement=engagement).count() == expected["indicator_count"]
    observations = Observation.objects.filter(indicator__engagement=engagement)
    assert observations.count() == expected["period_count"]
    assert set(observations.values_list("status", flat=True)) <= {"accepted"}


def test_each_indicator_says_what_was_published(engagement, expected):
    for number, row in enumerate(expected["indicators"], start=1):
        indicator = Indicator.objects.get(engagement=engagement, code=f"R{number}-I1")
        observation = indicator.observations.get()
        (baseline,), (period,) = row["baseline"], row["periods"]
        assert (indicator.outcome.title, indicator.title[: len(row["indicator"])]) == (row["title"], row["indicator"])
        assert facts(engagement)["result_types"][f"R{number}"] == row["result_type"]
        assert facts(engagement)["measures"][indicator.code] == row["measure"]
        assert indicator.direction == ("increase" if row["ascending"] == "1" else "decrease")
        assert str(indicator.baseline_on.year) == baseline["year"]
        assert (str(observation.period_start), str(observation.period_end)) == (period["start"], period["end"])
        if row["measure"] == "5":
            assert (indicator.baseline, observation.value) == (None, None)
            assert observation.text == period["actuals"][0]
            assert not indicator.targets.exists()
        else:
            assert indicator.baseline == Decimal(baseline["value"])
            assert observation.value == Decimal(period["actuals"][0])
            assert indicator.targets.get().value == Decimal(period["targets"][0])


def test_words_that_no_number_holds_are_counted_and_kept(engagement, expected):
    for number, row in enumerate(expected["indicators"], start=1):
        kept = facts(engagement)["in_words"].get(f"R{number}-I1")
        if row["measure"] == "5":
            assert kept["baseline"][:50] == row["baseline"][0]["value"]
            assert [text[:50] for text in kept["targets"].values()] == row["periods"][0]["targets"]
        else:
            assert kept is None
    words = sum(row["measure"] == "5" for row in expected["indicators"])
    for kind in ("baseline in words", "target in words"):
        assert facts(engagement)["not_mapped"].get(kind, 0) == words


def test_the_same_file_again_changes_nothing(engagement, expected):
    name = next(name for name, found in EXPECTED.items() if found["activities"][0] == expected)
    entries = LedgerEntry.objects.count()

    again = import_activities(REAL / name, commit=True)

    assert [loaded.is_new for loaded in again.activities] == [False]
    assert (again.faults, LedgerEntry.objects.count()) == ((), entries)
