import io

import pytest
from django.core.management import call_command
from lxml import etree

from ta_portal.exchange.iati.loader import import_activities
from tests.conftest import SHARED_DATA

REAL = SHARED_DATA / "iati_real"

# A small activity that has all it needs; tests put in what they are about.
ACTIVITY = """
<iati-activity default-currency="USD" xml:lang="en">
 <iati-identifier>{identifier}</iati-identifier>
 <reporting-org ref="XM-DAC-41114" type="40"><narrative>A reporting body</narrative></reporting-org>
 <title>{title}</title>
 <description type="1"><narrative>To collect taxes</narrative></description>
 {organisations}
 <activity-status code="{status}"/>
 {dates}
 {recipients}
 {sectors}
 {more}
</iati-activity>"""

DEFAULTS = {
    "identifier": "XM-DAC-41114-A1",
    "title": "<narrative>Tax reform</narrative>",
    "organisations": (
        '<participating-org role="1" ref="XM-DAC-5" type="10"><narrative>A donor</narrative></participating-org>'
    ),
    "status": "2",
    "dates": '<activity-date type="1" iso-date="2020-01-01"/><activity-date type="3" iso-date="2022-12-31"/>',
    "recipients": '<recipient-country code="MD"/>',
    "sectors": '<sector code="15114"/>',
    "more": "",
}


def activity(**parts):
    return ACTIVITY.format(**(DEFAULTS | parts))


def wrapped(*activities, version="2.03"):
    inside = "".join(activities)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="{version}">{inside}\n</iati-activities>'


@pytest.fixture
def file(tmp_path):
    """A file of these activities, or of this very text or bytes."""

    def write(*activities, version="2.03", raw=None):
        path = tmp_path / "activities.xml"
        content = wrapped(*activities, version=version) if raw is None else raw
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture
def load(db, file):
    """Load such activities for good, and answer what came of it."""

    def load_all(*activities, commit=True, **options):
        return import_activities(file(*activities, **options), commit=commit)

    return load_all


@pytest.fixture
def load_one(load):
    """Load one activity with these parts, which must be without faults."""

    def one(**parts):
        imported = load(activity(**parts))
        assert imported.faults == ()
        return imported.activities[0]

    return one


@pytest.fixture
def refused(load):
    """The one sentence, with its place, for an activity with these parts."""

    def one(**parts):
        imported = load(activity(**parts))
        assert not imported.committed
        assert len(imported.faults) == 1
        return f"{imported.faults[0].place}: {imported.faults[0].message}"

    return one


@pytest.fixture(scope="session")
def schema():
    """The standard's own, which no file of the project holds."""
    return etree.XMLSchema(etree.parse(SHARED_DATA / "iati_schemas" / "iati-activities-schema.xsd"))


@pytest.fixture
def export(tmp_path):
    """The file that an export writes, its answer, and what it tells of."""

    def write(*arguments):
        path, out, err = tmp_path / "out.xml", io.StringIO(), io.StringIO()
        call_command("export_iati", "-o", str(path), *arguments, stdout=out, stderr=err)
        return etree.parse(path), out.getvalue(), err.getvalue()

    return write
