"""For `manage.py doctor`: can files be kept, and is what was kept still there."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from programmes.models import Evidence
from programmes.services.file_store import is_kept
from ta_portal.registry.checks import Finding

# The newest are looked for: a folder that was lost, or not put back, is told by them.
LOOKED_AT = 1000


def files() -> Iterator[Finding]:
    folder = Path(settings.FILES_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    newest = Evidence.objects.order_by("-pk").values_list("sha256", flat=True)[:LOOKED_AT]
    missing = sorted({digest for digest in newest if not is_kept(digest)})
    if not os.access(nearest, os.W_OK | os.X_OK) or not nearest.is_dir():
        yield Finding("Files", f"{nearest} cannot be written to", f"Give {folder} to whoever runs the portal.")
    elif missing:
        state = f"{len(missing)} of the newest {len(newest)} are not in {folder}, such as {missing[0]}"
        yield Finding("Files", state, "Put the folder back from its backup: docs/operations.md.")
    else:
        yield Finding("Files", str(folder))
