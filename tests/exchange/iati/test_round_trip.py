"""Out and in again: what went out is valid, obeys the standard, and comes back with the same counts and sums."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from lxml import etree

from costing.models import CostLine, LedgerEntry
from programmes.models import Engagement, Indicator, Observation, Outcome
from programmes.services.service_accounts import system_author
from ta_portal.exchange.iati.exporter import export_activities
from ta_portal.exchange.iati.loader import import_activities
from tests.conftest import SHARED_DATA
from tests.exchange.iati.conftest import REAL, activity

pytestmark = pytest.mark.django_db

TWO_TITLES = '<narrative>Tax</narrative><narrative xml:lang="fr">Impôts</narrative>'
THREE_ORGANISATIONS = """
<participating-org role="1" ref="XM-DAC-5" type="10"><narrative>A donor</narrative></participating-org>
<participating-org role="4" type="21"><narrative>One</narrative></participating-org>
<participating-org role="4" type="22"><narrative>Two</narrative></participating-org>"""
BUDGETS = "".join(
    f'<budget type="{kind}"><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>'
    f'<value value-date="2020-01-01">{amount}</value></budget>'
    for kind, year, amount in ((1, 2020, 10), (1, 2021, 20), (2, 2021, 25))
)
REFUND = """
<transaction ref="T1"><transaction-type code="4"/><transaction-date iso-date="2020-05-05"/>
<value currency="EUR" value-date="2020-05-05">-7.50</value></transaction>"""
RESULT = """
<result type="1"><title><narrative>R</narrative></title>
 <indicator measure="1"><title><narrative>I</narrative></title><baseline year="2019" value="3"/>
  <period><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/>
   <target value="5"/><actual value="4"/><actual value="1"><dimension name="sex" value="f"/></actual></period>
 </indicator></result>"""

FILES = sorted(path.name for path in REAL.glob("*.xml"))


def state(identifier):
    """What an activity came to, by kind."""
    engagement = Engagement.objects.get(iati_id=identifier)
    entries, lines = defaultdict(list), defaultdict(list)
    for entry in LedgerEntry.objects.filter(engagement=engagement):
        entries[entry.kind, entry.currency_id, entry.on_date].append(entry.amount)
    for line in CostLine.objects.filter(budget__engagement=engagement):
        lines[line.budget.version, line.currency_id, str(line.planned)].append(line.amount)
    indicators = Indicator.objects.filter(engagement=engagement)
    return {
        "engagement": (
            engagement.title,
            engagement.status,
            engagement.objective,
            engagement.planned,
            engagement.actual,
        ),
        "codes": (engagement.aid_type, engagement.flow_type, engagement.finance_type, engagement.tied_status),
        "recipients": set(engagement.recipients.values_list("country", "region", "pct")),
        "sectors": set(engagement.sector_shares.values_list("sector", "pct")),
        "agreements": set(
            engagement.agreements.values_list("contributor__name", "administrator__name", "provider__name", "amount")
        ),
        "entries": {key: (len(found), sum(found)) for key, found in entries.items()},
        "lines": {key: (len(found), sum(found)) for key, found in lines.items()},
        "outcomes": set(Outcome.objects.filter(engagement=engagement).values_list("code", "title")),
        "indicators": set(indicators.values_list("code", "title", "direction", "unit", "baseline", "baseline_on")),
        "targets": set(indicators.values_list("code", "targets__due", "targets__value")),
        "observations": set(
            Observation.objects.filter(indicator__engagement=engagement).values_list(
                "indicator__code", "period_start", "period_end", "disagg", "value", "text"
            )
        ),
    }


def in_a_fresh_database(path):
    """Take back what stands, and load the file alone. Rows that nothing may delete go with their transaction."""
    imported = import_activities(path, commit=True)
    assert imported.faults == ()
    return imported


def out_and_in(path, tmp_path, schema):
    """What an import came to, before and after the round; and the file in between."""
    written = tmp_path / "out.xml"
    with transaction.atomic():
        first = in_a_fresh_database(path)
        before = {loaded.identifier: state(loaded.identifier) for loaded in first.activities}
        exported = export_activities(scope="portfolio", path=written, by=system_author())
        transaction.set_rollback(True)
    tree = etree.parse(written)
    schema.assertValid(tree)
    assert not Engagement.objects.exists()
    second = in_a_fresh_database(written)
    after = {loaded.identifier: state(loaded.identifier) for loaded in second.activities}
    return before, after, exported


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_comes_back_with_the_same_counts_and_sums(name, tmp_path, schema):
    before, after, _exported = out_and_in(REAL / name, tmp_path, schema)

    assert after == before
    assert sum(len(found["entries"]) for found in after.values()) > 0


def test_the_example_of_the_standard_comes_back_as_well(tmp_path, schema):
    path = SHARED_DATA / "iati_examples" / "activity-standard-example-annotated-203.xml"

    before, after, _exported = out_and_in(path, tmp_path, schema)

    assert after == before


def test_several_organisations_in_a_role_revisions_parts_and_languages_come_back(file, tmp_path, schema):
    path = file(activity(title=TWO_TITLES, organisations=THREE_ORGANISATIONS, more=BUDGETS + REFUND + RESULT))

    before, after, exported = out_and_in(path, tmp_path, schema)

    assert after == before
    (found,) = after.values()
    assert found["lines"] == {
        (1, "USD", "[2020-01-01, 2021-01-01)"): (1, Decimal(10)),
        (1, "USD", "[2021-01-01, 2022-01-01)"): (1, Decimal(20)),
        (2, "USD", "[2020-01-01, 2021-01-01)"): (1, Decimal(10)),
        (2, "USD", "[2021-01-01, 2022-01-01)"): (1, Decimal(25)),
    }
    assert exported.breaches == ()
    written = etree.parse(tmp_path / "out.xml")
    assert written.xpath("//participating-org[@role='4']/narrative/text()") == ["One", "Two"]
    assert written.xpath("//title/narrative/text()")[:2] == ["Tax", "Impôts"]
