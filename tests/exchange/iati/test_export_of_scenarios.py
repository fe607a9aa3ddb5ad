"""Financia, which is made up, and Moldova, which is not, as IATI: valid, with the ledger's sums, for who may export."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from costing.models import LedgerEntry
from programmes.models import Engagement
from ta_portal.access.permissions import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scenarios")]

CODES = {"commitment": "2", "disbursement": "3", "expenditure": "4", "incoming": "1", "incoming_commitment": "11"}


def identifiers(tree):
    return tree.xpath("//iati-identifier/text()")


def totals(tree):
    """The transactions' sums by kind and currency."""
    found = defaultdict(Decimal)
    for transaction in tree.iter("transaction"):
        value = transaction.find("value")
        found[transaction.find("transaction-type").get("code"), value.get("currency")] += Decimal(value.text)
    return dict(found)


def test_the_file_is_valid_and_its_sums_are_the_ledger_s(export, schema):
    tree, out, _err = export()

    schema.assertValid(tree)
    assert out.startswith("2 activities written")
    ledger = defaultdict(Decimal)
    for kind, currency, amount in LedgerEntry.objects.values_list("kind", "currency", "amount"):
        ledger[CODES[kind], currency] += amount
    assert totals(tree) == dict(ledger)


def test_planned_money_is_the_approved_budget_by_year_and_currency(export):
    tree, _out, _err = export("--scope", "engagement:FIN-TAX-2024")

    planned = defaultdict(Decimal)
    for line in Engagement.objects.get(ref="FIN-TAX-2024").budgets.get().lines.all():
        planned[str(line.planned.lower.year), line.currency_id] += line.amount
    written = {
        (budget.find("period-start").get("iso-date")[:4], budget.find("value").get("currency")): Decimal(
            budget.findtext("value")
        )
        for budget in tree.iter("budget")
    }
    assert written == dict(planned)


def test_a_country_that_only_the_portal_knows_goes_out_as_its_region(export):
    tree, _out, _err = export("--scope", "engagement:FIN-TAX-2024")

    assert not tree.xpath("//recipient-country")
    (region,) = tree.xpath("//recipient-region")
    assert (region.get("code"), region.get("percentage"), region.findtext("narrative")) == (
        "1031",
        "100",
        "Financia",
    )


def test_no_single_salary_goes_out(export):
    tree, _out, _err = export("--scope", "engagement:FIN-TAX-2024")

    salaries = LedgerEntry.objects.filter(engagement__ref="FIN-TAX-2024", category="salaries")
    written = {value.text for value in tree.xpath("//transaction[not(@ref)]/value")}
    references = set(tree.xpath("//transaction/@ref"))
    assert salaries.count() > len(written)
    assert not references & set(salaries.values_list("external_ref", flat=True))


def test_ordinals_go_out_as_places_with_their_names(export):
    tree, _out, _err = export("--scope", "engagement:FIN-TAX-2024")

    (ordinal,) = tree.xpath("//indicator[@measure='4']")[:1]
    for actual in ordinal.iter("actual"):
        assert actual.get("value").isdigit()
        assert actual.findtext("comment/narrative")


def test_what_the_rules_find_is_told_with_its_page(export):
    _tree, _out, err = export("--scope", "engagement:FIN-TAX-2024")

    assert (
        "FIN-TAX-2024: MCF does not begin with the code of a registration agency, such as XM-DAC. [1.14.8] "
        "/engagements/FIN-TAX-2024/\n"
    ) in err
    assert "internal" in err


def test_strict_writes_nothing_when_a_rule_is_broken(tmp_path):
    path = tmp_path / "strict.xml"
    path.write_text("before", "utf-8")

    with pytest.raises(CommandError, match="registration agency") as refusal:
        call_command("export_iati", "-o", str(path), "--strict")

    assert refusal.value.returncode == 1
    assert path.read_text("utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["strict.xml"]


@pytest.mark.parametrize(
    ("scope", "refs"),
    [
        ("portfolio", {"FIN-TAX-2024", "MDA-TAX-2015"}),
        ("engagement:MDA-TAX-2015", {"MDA-TAX-2015"}),
        ("programme:P-FIN-TAX-2024", {"FIN-TAX-2024"}),
        ("country:MD", {"MDA-TAX-2015"}),
        ("area:REV", {"FIN-TAX-2024", "MDA-TAX-2015"}),
        ("donor:MCF", {"FIN-TAX-2024"}),
    ],
)
def test_each_scope_has_its_engagements(export, scope, refs):
    tree, _out, _err = export("--scope", scope)

    assert len(identifiers(tree)) == len(refs)
    for ref in refs:
        engagement = Engagement.objects.get(ref=ref)
        assert engagement.iati_id in identifiers(tree) or f"MCF-{ref}" in identifiers(tree)


@pytest.mark.parametrize("scope", ["engagement:NONE", "planet:MARS", "country:ZW"])
def test_a_scope_with_nothing_in_it_is_refused(export, scope):
    with pytest.raises(CommandError) as refusal:
        export("--scope", scope)

    assert refusal.value.returncode == 1


def test_who_sees_one_country_exports_one_country(export, member):
    user = member(Role.VIEWER, country=Engagement.objects.get(ref="MDA-TAX-2015").recipients.get().country)

    tree, _out, _err = export("--user", user.email)

    assert identifiers(tree) == ["XI-IATI-WBTF-P127734"]


def test_who_may_see_but_not_export_gets_nothing(export, member):
    user = member(Role.LIAISON)

    with pytest.raises(CommandError, match="that you may export"):
        export("--user", user.email)


def test_somebody_unknown_gets_nothing(export):
    with pytest.raises(CommandError, match="There is no user"):
        export("--user", "nobody@example.org")
