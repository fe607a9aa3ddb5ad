"""A file of thousands of activities: as many queries as batches, not as rows; no more in memory; nothing left out."""

import gc
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext
from lxml import etree

from costing.models import Budget, CostLine, ExchangeRate, LedgerEntry, LedgerValuation, RateSource
from programmes.models import Country, Engagement, Observation, Organisation
from programmes.services.service_accounts import system_approver, system_author
from ta_portal.access.permissions import Permission, Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import NotPermitted
from ta_portal.exchange.iati import loader
from ta_portal.exchange.iati.content import Activity
from ta_portal.exchange.iati.exporter import export_activities
from ta_portal.exchange.iati.loader import ImportUnderWay, import_activities
from tests.exchange.iati.conftest import activity
from tests.exchange.iati.large_files import TRANSACTIONS, write_large_file
from tests.factories import EngagementFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

FILLED = ("engagement", "budget", "cost_line", "ledger_entry", "ledger_valuation", "indicator", "observation")


@pytest.fixture
def large(tmp_path):
    """A file of so many made-up activities."""
    return lambda activities, **options: write_large_file(tmp_path / "large.xml", activities, **options)


@pytest.fixture
def batches_of(monkeypatch):
    """Import so many activities at once."""
    return lambda number: monkeypatch.setattr(loader, "AT_ONCE", number)


def counted():
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def queries_of(act):
    """How many, without those that draw numbers from sequences: each draw is of twice as many."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured if "nextval" not in query["sql"]])


def rows_read_through():
    """By table: how many rows were read by going through all of it, since the transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


# The same for one as for many


def test_the_made_up_file_is_valid_and_loads_without_a_fault(large, schema):
    path = large(3)

    schema.assertValid(etree.parse(path))
    assert import_activities(path, commit=True).faults == ()
    assert LedgerEntry.objects.count() == 3 * TRANSACTIONS


def test_a_batch_costs_the_same_queries_for_two_activities_as_for_twelve(large):
    import_activities(large(1), commit=True)  # whoever is first makes the system users

    few = queries_of(lambda: import_activities(large(2, start=100), commit=True))
    many = queries_of(lambda: import_activities(large(12, start=200), commit=True))

    assert many == few


def test_each_further_batch_costs_three_dozen_queries(large, batches_of):
    batches_of(2)
    import_activities(large(1), commit=True)

    two = queries_of(lambda: import_activities(large(4, start=100), commit=True))
    five = queries_of(lambda: import_activities(large(10, start=200), commit=True))

    assert (five - two) / 3 <= 36  # a COPY for each kind of row, and what is looked up before and after


def test_the_same_file_again_changes_nothing_for_four_queries_a_batch(large, batches_of):
    batches_of(2)
    import_activities(large(8), commit=True)
    before = counted()

    two = queries_of(lambda: import_activities(large(4), commit=True))
    four = queries_of(lambda: import_activities(large(8), commit=True))

    assert (four - two) / 2 <= 4
    assert counted() == before


def test_numbers_are_drawn_many_at_once(large):
    import_activities(large(1), commit=True)

    with CaptureQueriesContext(connection) as captured:
        import_activities(large(12, start=100), commit=True)

    drawn = [query for query in captured if "nextval" in query["sql"] and "'audit_event'" in query["sql"]]
    assert AuditEvent.objects.count() > 600
    assert len(drawn) <= 7


def test_an_export_costs_the_same_queries_for_two_activities_as_for_twelve(large, tmp_path):
    def export():
        export_activities(scope="portfolio", path=tmp_path / "out.xml", by=system_author())

    import_activities(large(2), commit=True)
    few = queries_of(export)
    import_activities(large(10, start=100), commit=True)

    assert queries_of(export) == few


def test_what_a_file_fills_is_looked_up_by_index_however_empty_it_was_at_first(large, batches_of):
    batches_of(4)
    with connection.cursor() as cursor:
        # A command begins with none; those of earlier tests were made for tables that nobody fills.
        cursor.execute("DISCARD PLANS")
    before = rows_read_through()

    import_activities(large(24), commit=True)

    read = {table: rows - before.get(table, 0) for table, rows in rows_read_through().items()}
    assert {table: rows for table, rows in read.items() if rows and table in FILLED} == {}


def test_no_more_than_a_batch_is_in_memory(large, batches_of, monkeypatch):
    batches_of(3)
    held = []
    brought = loader._Importing._bring_in

    def counting(self, batch):
        gc.collect()
        held.append(sum(type(thing) is Activity for thing in gc.get_objects()))
        return brought(self, batch)

    monkeypatch.setattr(loader._Importing, "_bring_in", counting)
    import_activities(large(15), commit=True)

    assert len(held) == 5
    assert max(held) <= 6  # the batch, and the one before that is being let go


# Nothing else than by hand


def test_batches_make_no_difference(large, batches_of):
    def come_to(size):
        batches_of(size)
        with transaction.atomic():
            imported = import_activities(large(7), commit=True)
            rows = counted()
            sums = list(
                LedgerEntry.objects.values_list("engagement__ref", "kind", "currency")
                .annotate(Count("pk"), Sum("amount"))
                .order_by("engagement__ref", "kind", "currency")
            )
            organisations = set(Organisation.objects.values_list("code", "name", "kind", "iati_ref"))
            transaction.set_rollback(True)
        return imported, rows, sums, organisations

    assert come_to(1) == come_to(3) == come_to(100)


def test_every_act_is_in_the_audit_trail_and_nobody_approves_their_own(large):
    import_activities(large(2), commit=True)
    author, approver = system_author(), system_approver()
    engagement = Engagement.objects.order_by("pk").first()

    acts = AuditEvent.objects.filter(engagement_id=engagement.pk)
    assert dict(acts.values_list("verb").annotate(Count("pk"))) == {
        "engagement.set_up": 1,
        "engagement.brought_in": 1,
        "agreement.added": 1,
        "budget.drafted": 1,
        "budget.approved": 1,
        "ledger_entry.posted": TRANSACTIONS,
        "outcome.added": 2,
        "indicator.added": 4,
        "period.opened": 3,
    }
    assert set(acts.values_list("by", flat=True)) == {author.pk, approver.pk}
    assert acts.get(verb="budget.approved").by == approver
    assert AuditEvent.objects.filter(verb="progress_report.accepted", by=approver).count() == 6
    for entry in LedgerEntry.objects.filter(engagement=engagement):
        posted = acts.get(verb="ledger_entry.posted", target_id=entry.pk)
        assert Decimal(posted.data["amount"]) == entry.amount
    budget = Budget.objects.get(engagement=engagement)
    assert (budget.drafted_by, budget.approved_by, budget.state) == (author, approver, "approved")


def test_row_history_begins_with_the_row(large):
    import_activities(large(2), commit=True)

    for model in (Engagement, Organisation, CostLine, Observation):
        history = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
        begun = history.objects.filter(pgh_label="insert").values_list("pgh_obj_id", flat=True)
        assert sorted(begun) == sorted(model.objects.values_list("pk", flat=True))


def test_steps_to_the_status_are_on_record(load_one):
    load_one(status="4")

    steps = Engagement.objects.get().transitions.order_by("pk").values_list("from_status", "to_status")
    assert list(steps) == [
        ("pipeline", "appraisal"),
        ("appraisal", "approved"),
        ("approved", "active"),
        ("active", "completed"),
    ]


def test_entries_are_valued_at_rates_that_were_there_before_the_file(load_one, large):
    source = RateSource.objects.create(code="iati:XM-DAC-41114-A1", pivot_id="USD", frequency="monthly", grace_days=31)
    rate = ExchangeRate.objects.create(
        source=source, base_id="EUR", quote_id="USD", on_date="2020-06-01", value=Decimal("1.1")
    )
    entry = (
        '<transaction><transaction-type code="3"/><transaction-date iso-date="2020-06-05"/>'
        '<value currency="EUR" value-date="2020-06-05">10</value></transaction>'
    )

    loaded = load_one(more=entry)

    assert LedgerValuation.objects.get().rate == rate
    assert not any("no rate" in note for note in loaded.notes)


def test_a_source_of_rates_with_another_pivot_is_refused(load):
    RateSource.objects.create(code="iati:XM-DAC-41114-A1", pivot_id="EUR", frequency="monthly", grace_days=31)

    (fault,) = load(activity()).faults

    assert fault.code == "rate_source_differs"
    assert not Engagement.objects.exists()


def test_who_sees_one_country_sees_what_came_in_for_it_and_no_more(large, member):
    import_activities(large(5), commit=True)
    user = member(Role.VIEWER, country=Country.objects.get(pk="GE"))

    seen = Engagement.objects.permitted(user)

    assert [engagement.ref for engagement in seen] == ["XM-DAC-41114-S000001"]
    assert LedgerEntry.objects.permitted(user).count() == TRANSACTIONS
    assert Observation.objects.permitted(user).count() == 24


# What goes wrong


def test_what_only_the_database_refuses_is_told_with_its_activity_and_nothing_is_stored(load, monkeypatch):
    """A code that somebody takes while the file is read: no check here can know of it."""
    before = counted()
    looked_up = loader.look_up

    def outdated():
        known = looked_up()
        known.organisations.codes._taken.discard("TAKEN")
        known.organisations._by_code.pop("TAKEN", None)
        return known

    OrganisationFactory(code="TAKEN", name="Another")
    monkeypatch.setattr(loader, "look_up", outdated)
    second = '<participating-org role="1" ref="TAKEN" type="10"><narrative>One</narrative></participating-org>'

    imported = load(activity(), activity(identifier="XM-DAC-41114-B", organisations=second))

    (fault,) = imported.faults
    assert not imported.committed
    assert "XM-DAC-41114-B" in fault.place
    assert fault.message == "The database refuses it: organisation_code_key."
    assert not Engagement.objects.exists()
    assert counted()["organisation"] == before["organisation"] + 1


def test_faults_of_every_batch_are_told_and_nothing_of_any_is_stored(load, batches_of):
    batches_of(1)
    bad = '<sector code="99999"/>'

    imported = load(
        activity(),
        activity(identifier="XM-DAC-41114-B", sectors=bad),
        activity(identifier="XM-DAC-41114-C"),
        activity(identifier="XM-DAC-41114-D", sectors=bad),
    )

    assert ["-B" in imported.faults[0].place, "-D" in imported.faults[1].place] == [True, True]
    assert not imported.committed
    assert not Engagement.objects.exists()


def test_a_file_that_breaks_off_after_a_batch_leaves_nothing(file, batches_of):
    batches_of(1)
    whole = file(activity(), activity(identifier="XM-DAC-41114-B")).read_text("utf-8")
    path = file(raw=whole.replace("</iati-activities>", ""))

    with pytest.raises(Exception, match="not whole XML"):
        import_activities(path, commit=True)

    assert not Engagement.objects.exists()


def test_a_second_import_at_once_is_refused_in_a_sentence(load):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('iati'))")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(ImportUnderWay, match="Another file is being imported"):
            load(activity())
    finally:
        other.close()


def test_without_the_right_nothing_is_imported(load, monkeypatch, member):
    monkeypatch.setattr(loader, "system_approver", lambda: member(Role.VIEWER))

    with pytest.raises(NotPermitted, match=Permission.BUDGET_APPROVE.value):
        load(activity())

    assert not Engagement.objects.exists()


def test_identifiers_that_become_one_reference_stay_cheap(load):
    long = "XM-DAC-41114-" + "A" * 40
    EngagementFactory(ref=long[:40])

    imported = load(*(activity(identifier=f"{long}{number}") for number in range(12)))

    assert imported.activities[-1].ref == f"{long[:37]}-13"
    assert len({loaded.ref for loaded in imported.activities}) == 12


def test_an_identifier_of_one_letter_has_a_reference(load_one):
    assert load_one(identifier="A").ref == "IATI-A"
