"""Two roles of a database: the owner, who migrates, and the application's, who can neither drop nor rewrite history.

The owner of a table can switch its triggers off and empty it (traps 4). The portal therefore runs as another role,
which reads and writes rows, has no right to change or delete what is append-only, and owns nothing.
"""

import pgtrigger
from django.db import connection, transaction
from psycopg2.sql import SQL, Composable, Identifier, Literal

# Only the owner's migrations write here.
READ_ONLY = ("django_migrations",)


@transaction.atomic
def secure_database(role: str, password: str) -> list[str]:
    """Make the application's role where it is missing, and grant it what it needs and no more. Safe to repeat.

    Gives the append-only tables: rows of those it may add and read, never change or delete. Call it as the owner,
    after migrating.
    """
    append_only = sorted(_append_only_tables())
    known = {"role": Identifier(role), "database": Identifier(connection.settings_dict["NAME"])}
    _run(_make_role(role), **known, password=Literal(password))
    for statement in _GRANTS:
        _run(statement, **known)
    for table in append_only:
        _run("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", **known, table=Identifier(table))
    for table in READ_ONLY:
        _run("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", **known, table=Identifier(table))
    return append_only


_GRANTS = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # `doctor` and the metrics say which transaction holds the feed back, whoever runs it.
    "GRANT pg_read_all_stats TO {role}",
)


def _make_role(role: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            return "ALTER ROLE {role} LOGIN PASSWORD {password}"
    return "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {password}"


def _append_only_tables() -> set[str]:
    """Those whose rows a trigger protects from UPDATE and DELETE alike, whatever they hold."""
    return {
        model._meta.db_table
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect)
        and str(trigger.operation) == str(pgtrigger.Update | pgtrigger.Delete)
        and trigger.condition is None
    }


def _run(statement: str, **names: Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL(statement).format(**names))
