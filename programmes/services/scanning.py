"""A scanner of the installation's own, which is asked about every file before it is kept (`EVIDENCE_SCANNER`)."""

import shlex
import subprocess

from django.conf import settings
from django.utils.translation import gettext as _

from programmes.domain.evidence import NotEvidence, Refusal
from ta_portal.errors import DomainError

CLEAN, FOUND = 0, 1
PATIENCE_SECONDS = 20


class ScannerUnavailable(DomainError):
    """The scanner gave no answer: what it has not seen is not taken."""

    code = "unavailable"
    status = 503


def scan(content: bytes) -> None:
    """Ask the scanner, if there is one. Raises NotEvidence for what it finds, ScannerUnavailable where it is silent."""
    command = shlex.split(settings.EVIDENCE_SCANNER)
    if not command:
        return
    try:
        # The command is a setting, never a caller's word.
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, check=False, timeout=PATIENCE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ScannerUnavailable(_silent()) from problem
    if done.returncode == FOUND:
        raise NotEvidence(Refusal.INFECTED)
    if done.returncode != CLEAN:
        raise ScannerUnavailable(_silent())


def _silent() -> str:
    return _("Files cannot be checked just now. Try again in a few minutes.")
