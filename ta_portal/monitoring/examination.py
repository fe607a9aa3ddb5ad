"""What `manage.py doctor` looks at: each part of an installation, whether it is well, and what to do if not."""

from collections.abc import Iterator

from django.db import transaction
from django.db.utils import Error as DatabaseFailed

from ta_portal.monitoring import database, installation
from ta_portal.registry.checks import Check, Finding, registered_checks

OF_THE_INSTALLATION: tuple[Check, ...] = (
    installation.python,
    installation.packages,
    installation.driver,
    installation.secret_key,
    installation.disk,
    installation.static_files,
    installation.broker,
)
OF_THE_DATABASE: tuple[Check, ...] = (
    database.dump_program,
    database.functions,
    database.triggers,
    database.reference_data,
    database.feed_horizon,
)


def examine() -> Iterator[Finding]:
    """Every part in turn. What rests on the database, or on its tables, is left out where these are missing."""
    for check in OF_THE_INSTALLATION:
        yield from check()
    for first in (database.database, database.migrations):
        found = list(first())
        yield from found
        if not all(finding.is_well for finding in found):
            return
    for check in (*OF_THE_DATABASE, *registered_checks()):
        yield from _asked(check)


def _asked(check: Check) -> list[Finding]:
    try:
        # A statement that fails must not spoil the transaction for the checks after it.
        with transaction.atomic():
            return list(check())
    except DatabaseFailed as problem:
        part = check.__name__.replace("_", " ").capitalize()
        said = str(problem).strip().splitlines()[0]
        return [Finding(part, f"cannot be looked at: {said}", "manage.py migrate, then ask again.")]
