"""`import_iati`: dry run, commit, twice, and other content under the same identifier."""

import io
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from costing.domain.vocabulary import Basis, By
from costing.selectors import costs as selectors
from programmes.models import Engagement, Membership
from ta_portal.access.permissions import Role
from ta_portal.exchange.iati.loader import import_activities
from tests.conftest import SHARED_DATA
from tests.exchange.iati.conftest import REAL, activity
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db

FILE = REAL / "08_nl_afritac_west1_east.xml"


def counted():
    """How many rows every table has."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_iati", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def test_a_dry_run_says_what_would_be_loaded_and_changes_nothing():
    before = counted()

    out, err = run(FILE)

    assert out[0] == "XM-DAC-7-PPR-4000004244: would be XM-DAC-7-PPR-4000004244."
    assert "     3  budget: EUR 7000000" in out
    assert "     1  commitment: EUR 7000000" in out
    assert out[-1] == "A dry run: nothing was changed. Load it with --commit."
    assert "planned-disbursement (2)" in err
    assert counted() == before


def test_a_commit_loads_what_the_dry_run_said():
    dry, _err = run(FILE, "--json")
    said, _err = run(FILE, "--json", "--commit")

    assert json.loads(said[0]) == json.loads(dry[0]) | {"committed": True}
    assert Engagement.objects.get().iati_id == "XM-DAC-7-PPR-4000004244"


def test_a_second_run_says_that_it_did_nothing():
    run(FILE, "--commit")
    before = counted()

    out, _err = run(FILE, "--commit")

    assert out == [
        "XM-DAC-7-PPR-4000004244: here already as XM-DAC-7-PPR-4000004244, nothing changed.",
        "All of it is here already: nothing changed.",
    ]
    assert counted() == before


def test_other_content_under_the_same_identifier_is_refused_with_the_differences(load, file):
    load(activity())
    before = counted()

    with pytest.raises(CommandError) as refusal:
        run(file(activity(status="4", title="<narrative>Another</narrative>")), "--commit")

    said = str(refusal.value)
    assert refusal.value.returncode == 1
    assert "line 3, XM-DAC-41114-A1: It was loaded as XM-DAC-41114-A1 with other content" in said
    assert 'status was "active" and is now "completed"' in said
    assert 'was "Tax reform" and is now "Another"' in said
    assert counted() == before


def test_contacts_and_layout_are_no_other_content(load):
    load(activity())

    again = load(activity(more="  \n  ").replace("<title>", "<!-- new --><title>"))

    assert [loaded.is_new for loaded in again.activities] == [False]


def test_an_engagement_that_no_file_made_is_not_overwritten(load):
    EngagementFactory(ref="MINE", iati_id="XM-DAC-41114-A1")

    (fault,) = load(activity()).faults

    assert fault.message == "It is here already as MINE, and not from an IATI file."


def test_a_real_activity_that_came_as_a_scenario_is_not_doubled():
    call_command(
        "load_scenario", str(SHARED_DATA / "moldova" / "moldova.json"), stdout=io.StringIO(), stderr=io.StringIO()
    )

    with pytest.raises(CommandError, match="here already as MDA-TAX-2015"):
        run(REAL / "01_wbtf_tax_administration_modernization.xml", "--commit")


def test_every_fault_is_in_the_refusal_and_exit_is_1(file):
    with pytest.raises(CommandError) as refusal:
        run(file(activity(status="9"), activity(identifier="XM-DAC-41114-B", recipients="<recipient-country/>")))

    assert refusal.value.returncode == 1
    assert "XM-DAC-41114-A1, activity-status" in str(refusal.value)
    assert "XM-DAC-41114-B, recipient-country" in str(refusal.value)


@pytest.mark.parametrize("name", ["nowhere.xml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(CommandError, match="cannot be read") as refusal:
        run(tmp_path / name)

    assert refusal.value.returncode == 1


def test_what_came_in_is_on_the_pages_and_in_the_costs(signed_in):
    import_activities(FILE, commit=True)
    engagement = Engagement.objects.get()
    summary = selectors.cost_summaries(
        [engagement.pk], basis=Basis.ACTUAL, by=By.CATEGORY, as_of=timezone.localdate(), cut_off=timezone.now()
    )[engagement.pk]
    browser = signed_in(Role.VIEWER)

    assert str(summary.uncategorised).startswith("4000000")
    for page in ("", "costs/", "results/", "workplan/", "activity/"):
        answer = browser.get(f"/engagements/{engagement.ref}/{page}")
        assert answer.status_code == 200
    assert "Afritac West" in browser.get("/engagements/").content.decode()
    assert Membership.objects.filter(user__is_service=True).exists()
