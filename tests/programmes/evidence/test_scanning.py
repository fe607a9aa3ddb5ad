"""A scanner of the installation's own is asked about every file; without its word none is kept."""

import shlex
import sys

import pytest

from programmes.models import Evidence
from programmes.services import scanning
from programmes.services.scanning import ScannerUnavailable
from ta_portal.errors import InvalidInput
from tests.programmes.evidence.files import PDF, PNG

pytestmark = pytest.mark.django_db

# Finds what holds this word, as a scanner finds what it knows.
FINDS = "import sys; sys.exit(b'harmful' in sys.stdin.buffer.read())"


def program(code):
    return shlex.join([sys.executable, "-c", code])


def test_what_it_finds_is_refused_and_what_is_clean_is_kept(add, settings, stored):
    settings.EVIDENCE_SCANNER = program(FINDS)
    with pytest.raises(InvalidInput, match="holds something harmful") as refusal:
        add(PDF + b"harmful", "minutes.pdf")
    assert refusal.value.faults[0].code == "infected"
    assert stored() == {}

    assert add(PNG, "screen.png").name == "screen.png"


@pytest.mark.parametrize("command", ["/no/such/scanner", program("import sys; sys.exit(2)")])
def test_while_it_cannot_be_asked_nothing_is_kept(command, add, settings, stored):
    settings.EVIDENCE_SCANNER = command

    with pytest.raises(ScannerUnavailable):
        add()
    assert (stored(), Evidence.objects.exists()) == ({}, False)


def test_one_that_takes_too_long_is_not_waited_for(add, settings, monkeypatch):
    monkeypatch.setattr(scanning, "PATIENCE_SECONDS", 0.2)
    settings.EVIDENCE_SCANNER = program("import time; time.sleep(30)")

    with pytest.raises(ScannerUnavailable):
        add()
