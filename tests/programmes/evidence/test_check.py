"""What the doctor says of the folder in which files are kept."""

import pytest

from programmes.services.file_check import files
from tests.factories import EvidenceFactory

pytestmark = pytest.mark.django_db


def test_a_folder_that_holds_what_it_should_is_well(add, settings):
    add()

    [finding] = files()
    assert (finding.part, finding.state, finding.is_well) == ("Files", str(settings.FILES_DIR), True)


def test_before_the_first_file_there_need_be_no_folder(settings):
    assert not settings.FILES_DIR.exists()
    [finding] = files()
    assert finding.is_well


def test_what_is_on_record_and_not_there_is_told_with_what_to_do(add):
    add()
    EvidenceFactory(sha256="a" * 64)

    [finding] = files()
    assert finding.state.startswith("1 of the newest 2 are not in ")
    assert finding.state.endswith("a" * 64)
    assert "backup" in finding.remedy


def test_a_folder_that_cannot_be_written_to_is_told(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "in the way"
    settings.FILES_DIR.write_text("")

    [finding] = files()
    assert "cannot be written to" in finding.state
    assert str(settings.FILES_DIR) in finding.remedy
