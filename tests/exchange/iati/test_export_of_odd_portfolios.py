"""What a portfolio can hold goes out as a valid file, or is told in words: the odd, the ended, the empty."""

from decimal import Decimal

import pytest
from django.core.management import CommandError

from costing.domain.vocabulary import EntryKind
from costing.models import LedgerEntry
from costing.services import post_entry, reverse_entry
from programmes.models import EngagementRecipient, Region
from programmes.services.service_accounts import system_author
from tests.exchange.iati.conftest import activity
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    EngagementFactory,
    FundingAgreementFactory,
    IndicatorFactory,
    ObservationFactory,
    OrganisationFactory,
    OutcomeFactory,
    days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return OrganisationFactory(code="LEAD", name="A lead", iati_ref="XM-DAC-99")


@pytest.fixture
def engagement(lead):
    """An engagement of the lead's, with these differences."""
    return lambda **changes: EngagementFactory(**({"ref": "ODD-ONE", "programme__lead": lead} | changes))


def written(tree):
    (found,) = tree.findall("iati-activity")
    return found


@pytest.mark.parametrize(
    ("status", "actual", "code"),
    [
        ("pipeline", None, "1"),
        ("approved", None, "1"),
        ("suspended", ("2024-01-01", None), "6"),
        ("cancelled", None, "5"),
        ("completed", ("2024-01-01", "2024-12-31"), "4"),
        ("exited", ("2024-01-01", "2024-12-31"), "4"),
    ],
)
def test_every_status_goes_out_valid(engagement, export, schema, status, actual, code):
    engagement(status=status, actual=days(*actual) if actual else None)

    tree, _out, _err = export()

    schema.assertValid(tree)
    assert written(tree).find("activity-status").get("code") == code


def test_open_ended_days_have_no_last_one(engagement, export, schema):
    engagement(planned=days("2024-01-01", None))

    tree, _out, _err = export()

    schema.assertValid(tree)
    assert [date.get("type") for date in written(tree).findall("activity-date")] == ["1"]


def test_regions_and_countries_share_a_hundred(engagement, export, schema):
    odd = engagement(country=False)
    for region, pct in (("89", "33.3333"), ("298", "66.6667")):
        EngagementRecipient.objects.create(engagement=odd, region=Region.objects.get(pk=region), pct=Decimal(pct))

    tree, _out, err = export()

    schema.assertValid(tree)
    assert [region.get("percentage") for region in written(tree).findall("recipient-region")] == ["33.3333", "66.6667"]
    assert "3.4.2" not in err


def test_money_of_all_kinds_goes_out_to_the_cent(engagement, export, schema):
    odd = engagement()
    author = system_author()
    for number, (kind, amount, currency) in enumerate(
        [
            (EntryKind.EXPENDITURE, "10.05", "USD"),
            (EntryKind.EXPENDITURE, "7.123", "TND"),
            (EntryKind.DISBURSEMENT, "-3.00", "EUR"),
            (EntryKind.INCOMING, "1000", "JPY"),
        ]
    ):
        entry = post_entry(
            engagement=odd,
            kind=kind,
            on_date=days("2024-05-01", None).lower,
            amount=Decimal(amount),
            currency=currency,
            source="accounts",
            external_ref=str(number),
            by=author,
        )
    reverse_entry(entry=entry, reason="Posted to another engagement by mistake", by=author)

    tree, _out, _err = export()

    schema.assertValid(tree)
    values = written(tree).findall("transaction/value")
    for currency in ("USD", "TND", "EUR", "JPY"):
        out = sum(Decimal(value.text) for value in values if value.get("currency") == currency)
        assert out == sum(LedgerEntry.objects.filter(currency=currency).values_list("amount", flat=True))
    assert len(values) == 5


def test_a_budget_of_zero_goes_out_as_zero(engagement, export, schema):
    odd = engagement()
    budget = BudgetFactory(engagement=odd)
    CostLineFactory(budget=budget, quantity=Decimal(0), amount=Decimal(0), planned=days("2024-01-01", "2024-12-31"))
    budget.state, budget.approved_by, budget.approved_at = "approved", system_author(), "2024-01-01T00:00:00Z"
    budget.save()

    tree, _out, _err = export()

    schema.assertValid(tree)
    assert [value.text for value in written(tree).findall("budget/value")] == ["0"]


def test_texts_with_signs_that_xml_cannot_hold_go_out_without_them(engagement, export, schema):
    engagement(title="Tax\x0b \ufffe<reform> & «more»", objective="One\x1ftwo")

    tree, _out, _err = export()

    schema.assertValid(tree)
    assert written(tree).findtext("title/narrative") == "Tax <reform> & «more»"


def test_results_without_figures_go_out_valid(engagement, export, schema):
    odd = engagement()
    outcome = OutcomeFactory(engagement=odd)
    indicator = IndicatorFactory(engagement=odd, outcome=outcome, baseline=None)
    ObservationFactory(indicator=indicator, reported=False, value=None, status="accepted")

    tree, _out, _err = export()

    schema.assertValid(tree)
    assert written(tree).find("result/indicator/period") is None


def test_who_pays_twice_stands_there_once(engagement, export, schema):
    odd, donor = engagement(), OrganisationFactory(iati_ref="XM-DAC-5")
    for code in ("FIRST", "SECOND"):
        FundingAgreementFactory(engagement=odd, code=code, contributor=donor, administrator=donor)

    tree, _out, _err = export()

    schema.assertValid(tree)
    roles = [(who.get("role"), who.get("ref")) for who in written(tree).findall("participating-org")]
    assert roles == [("1", "XM-DAC-5"), ("2", "XM-DAC-99"), ("3", "XM-DAC-5")]


def test_an_activity_that_named_nobody_goes_out_with_who_reports(load, export, schema):
    load(activity(organisations=""))

    tree, _out, _err = export()

    schema.assertValid(tree)
    roles = [(who.get("role"), who.get("ref")) for who in written(tree).findall("participating-org")]
    assert roles == [("1", "XM-DAC-41114"), ("2", "XM-DAC-41114")]


def test_where_nothing_can_go_out_no_file_is_written_and_it_is_told(export, tmp_path):
    EngagementFactory(ref="NOBODYS", programme__lead=None)

    with pytest.raises(CommandError, match=r"NOBODYS \(/engagements/NOBODYS/\): It has no lead and nobody pays"):
        export()

    assert not (tmp_path / "out.xml").exists()


def test_what_is_internal_is_counted_before_it_is_published(engagement, export):
    engagement(publication="internal")

    _tree, _out, err = export()

    assert "1 of them are internal" in err


def test_every_fault_has_the_page_where_it_is_mended(engagement, export):
    engagement(country=False, aid_type="Z99")

    _tree, _out, err = export()

    faults = [line for line in err.splitlines() if "ODD-ONE: " in line]
    assert len(faults) >= 4
    assert all("/engagements/ODD-ONE/" in line for line in faults)
