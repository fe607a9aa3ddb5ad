import io

from django.db import connection

from programmes.models import Institution
from ta_portal.audit.bulk import bulk_load
from ta_portal.audit.models import AuditEvent
from tests.factories import CountryFactory, UserFactory


def history_of_institutions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM institution_event")
        return cursor.fetchone()[0]


def test_copied_rows_are_stamped_leave_no_history_and_one_audit_event(db):
    CountryFactory(iso2="MD")
    rows = io.StringIO("A-1\tOne\tcentral_bank\tMD\t\nA-2\tTwo\tcentral_bank\tMD\t\n")

    with bulk_load("institutions.loaded", Institution, by=UserFactory(), count=2) as cursor:
        cursor.copy_expert('COPY institution (code, name, kind, country_id, "union") FROM STDIN', rows)

    assert history_of_institutions() == 0
    assert list(Institution.objects.values_list("code", "row_version").order_by("code")) == [("A-1", 1), ("A-2", 1)]
    assert AuditEvent.objects.get().data == {"count": 2}


def test_after_a_bulk_load_history_is_kept_again(db):
    country = CountryFactory(iso2="MD")
    with bulk_load("institutions.loaded", Institution, by=UserFactory()):
        pass

    Institution.objects.create(code="A-3", name="Three", kind="central_bank", country=country)

    assert history_of_institutions() == 1
