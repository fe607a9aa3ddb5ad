"""A report that is open, with whoever writes it, decides on it, reads it, or has nothing to do with it."""

import io

import pytest

from programmes.services.evidence import add_evidence
from ta_portal.access.permissions import Role
from tests.factories import CountryFactory, InstitutionFactory
from tests.programmes.evidence.files import PDF
from tests.programmes.progress.conftest import (  # noqa: F401 - fixtures
    accounts,
    browse,
    engagement,
    fill,
    liaison,
    officer,
    report,
)


@pytest.fixture
def add(report, liaison):  # noqa: F811
    def make(content=PDF, name="minutes.pdf", *, by=liaison, **more):
        return add_evidence(report_id=report.pk, content=io.BytesIO(content), name=name, by=by, **more)

    return make


@pytest.fixture
def elsewhere(member):
    """The liaison of another country's ministry."""
    return member(Role.LIAISON, institution=InstitutionFactory(country=CountryFactory(iso2="KE")))


@pytest.fixture
def stored(settings):
    """What lies in the store, by hash."""

    def look():
        return {path.name: path for path in settings.FILES_DIR.glob("sha256/??/*")}

    return look
