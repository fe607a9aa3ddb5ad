"""What every mutable table stands on: a public id, a version to compare and set, and a place in the feed of changes.

`row_version` and `change_xid` are stamped by triggers, so a bulk statement or plain SQL cannot forget them. The feed
(`updated_since`) serves only rows below the oldest running transaction: what commits late is late, never lost
(traps 1). A deleted row leaves a tombstone with the ids that decided who could see it (traps 20).
"""

import uuid
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func
from django.db.models.functions import Now

# What a field takes and gives: with `null=True` None as well.
Set = TypeVar("Set")
Get = TypeVar("Get")


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's xid8: the transaction that last wrote the row. 64 bits, never wraps."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class ExactField(models.DecimalField[Set, Get]):
    """A number that is one: PostgreSQL's numeric would take NaN, and NaN is above every bound of a check."""

    digits: ClassVar[tuple[int, int]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = self.digits
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def db_check(self, connection: Any) -> str:
        return f"{connection.ops.quote_name(self.column)} <> 'NaN'"


class MoneyField(ExactField[Set, Get]):
    """An amount in some currency, and any figure of an indicator."""

    digits = (24, 4)


class QuantityField(ExactField[Set, Get]):
    """Days, trips, nights; weights."""

    digits = (14, 4)


class RateField(ExactField[Set, Get]):
    """A rate as quoted, never its reciprocal."""

    digits = (30, 15)


class PercentField(ExactField[Set, Get]):
    digits = (7, 4)


class CurrentTransactionId(Func):
    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()


class CodeField(models.CharField[Set, Get]):
    """A short code. It sorts by bytes, the same on every server, whatever its locale (traps 15)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


# Named to fire after triggers that change the row: PostgreSQL goes by the alphabet.
STAMP = pgtrigger.Trigger(
    name="zz_stamp",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF TG_OP = 'UPDATE' THEN
            NEW.row_version := OLD.row_version + 1;
            NEW.updated_at := statement_timestamp();
        ELSE
            NEW.row_version := 1;
        END IF;
        NEW.change_xid := pg_current_xact_id();
        RETURN NEW;
    """,
)


def bury(*kept: str, public_id: str = "OLD.public_id") -> pgtrigger.Trigger:
    """Leave a tombstone with the row's ids, and with the columns `kept`: the code that clients know it by, and such."""
    own = "".join(f" OR key = '{column}'" for column in kept)
    return pgtrigger.Trigger(
        name="zz_bury",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=f"""
        INSERT INTO tombstone (kind, public_id, scope, change_xid, at)
        SELECT TG_TABLE_NAME, {public_id}, coalesce(jsonb_object_agg(key, value), '{{}}'),
               pg_current_xact_id(), statement_timestamp()
        FROM jsonb_each(to_jsonb(OLD))
        WHERE key = 'id'{own} OR (key LIKE '%\\_id' AND key NOT IN ('public_id', 'created_by_id', 'updated_by_id'));
        RETURN NULL;
    """,
    )


BURY = bury()


def touches(table: str, column: str) -> pgtrigger.Trigger:
    """A row below another is part of what the other shows: writing it is a change of the other, which the feed tells.

    Not where the same transaction has written the other already: it is stamped then, and its history needs no second
    event.
    """
    return pgtrigger.Trigger(
        name=f"touches_{table}",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            UPDATE {table} SET row_version = row_version
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.{column} ELSE NEW.{column} END
              AND change_xid <> pg_current_xact_id();
            RETURN NULL;
        """,
    )


def append_only(name: str = "append_only") -> pgtrigger.Protect:
    """Rows that are written once. An owner can still TRUNCATE, which test runs need (traps 4)."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Versioned(models.Model):
    """Base of every mutable table."""

    public_id = models.UUIDField(unique=True, editable=False, default=uuid.uuid4, db_default=RandomUUID())
    row_version = models.IntegerField(editable=False, default=1, db_default=1)
    change_xid = TransactionIdField(editable=False, db_default=CurrentTransactionId())
    created_at = models.DateTimeField(editable=False, db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(editable=False, db_default=Now())
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [STAMP, BURY]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["change_xid", "id"], name="%(class)s_feed")]


class Tombstone(models.Model):
    """What is gone: its kind (the table), its public id, and the ids that said who could see it."""

    kind = CodeField()
    public_id = models.UUIDField()
    scope = models.JSONField()
    change_xid = TransactionIdField(db_default=CurrentTransactionId())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "tombstone"
        indexes = [models.Index(fields=["kind", "change_xid", "id"], name="tombstone_feed")]
        triggers = [append_only()]


class FeedGeneration(models.Model):
    """Transaction ids mean nothing in another cluster: a restore begins a new generation; old cursors answer 410."""

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID())
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "feed_generation"
