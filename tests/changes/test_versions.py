import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import InternalError

from programmes.models import EngagementTransition, Workstream
from ta_portal.changes.models import Tombstone
from tests.factories import EngagementFactory, UserFactory, WorkstreamFactory


def test_every_update_raises_the_row_version_whatever_wrote_it(db):
    stream = WorkstreamFactory()

    Workstream.objects.filter(pk=stream.pk).update(title="By a queryset")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workstream SET title = 'By SQL', row_version = 99 WHERE id = %s", [stream.pk])

    stream.refresh_from_db()
    assert stream.row_version == 3


def test_an_update_carries_the_transaction_that_wrote_it(db):
    stream = WorkstreamFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workstream SET change_xid = '1' WHERE id = %s", [stream.pk])
        cursor.execute("SELECT pg_current_xact_id()::text")
        current = int(cursor.fetchone()[0])

    stream.refresh_from_db()
    assert stream.change_xid == current


def test_a_deleted_row_leaves_a_tombstone_with_the_ids_of_its_scope(db):
    stream = WorkstreamFactory()
    key, public_id, engagement_id = stream.pk, stream.public_id, stream.engagement_id

    stream.delete()

    tombstone = Tombstone.objects.get(kind="workstream")
    assert tombstone.public_id == public_id
    assert tombstone.scope == {"id": key, "engagement_id": engagement_id}


@pytest.mark.parametrize("act", ["UPDATE engagement_transition SET reason = 'x'", "DELETE FROM engagement_transition"])
def test_append_only_rows_can_be_neither_changed_nor_deleted(db, act):
    EngagementTransition.objects.create(
        engagement=EngagementFactory(), from_status="pipeline", to_status="appraisal", by=UserFactory()
    )

    with (
        pytest.raises((DatabaseError, InternalError), match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)


def test_history_keeps_each_state_of_a_row(db):
    stream = WorkstreamFactory(title="First")
    stream.title = "Second"
    stream.save()
    stream.delete()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, title FROM workstream_event ORDER BY pgh_id")
        assert cursor.fetchall() == [("insert", "First"), ("update", "Second"), ("delete", "Second")]
