"""Do the reports still say what they said when they were sealed?"""

from collections.abc import Iterator

from django.db import connection

from ta_portal.registry.checks import Finding

LATEST = 20


def sealed_reports() -> Iterator[Finding]:
    """For `manage.py doctor`: the latest reports, each fingerprint computed anew from its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT public_id, fingerprint = ta_report_fingerprint(id)
            FROM impact_report WHERE state = 'complete' ORDER BY id DESC LIMIT %s
            """,
            [LATEST],
        )
        found = cursor.fetchall()
    changed = [str(public_id) for public_id, verifies in found if not verifies]
    if changed:
        state = f"{len(changed)} of the latest {len(found)} do not verify: {', '.join(changed)}"
        yield Finding("Impact reports", state, "Their rows were changed behind the portal: restore them from a backup.")
    else:
        yield Finding("Impact reports", f"the latest {len(found)} verify" if found else "none yet")
