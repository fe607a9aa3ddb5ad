"""What is typed into a report is kept while it is typed: once, for its author alone, and told where there are two."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.test import Client

from programmes.models import Observation
from programmes.services.progress import draft_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.ui.models import KeptForm
from tests.programmes.progress.conftest import ADDRESS
from tests.web import Page

pytestmark = pytest.mark.django_db

BACK = "stands here again"


class Device:
    """One browser with the form open in it."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)
        self.open()

    def open(self):
        self.page = self.client.get(ADDRESS)
        html = self.page.content.decode()
        self.ticket = unescape(re.search(r'name="form_ticket" value="([^"]+)"', html)[1])
        self.after = re.search(r'name="draft_after" value="([^"]*)"', html)[1]
        self.form = self.page.context["form"]
        self.version = str(self.form["row_version"].value())
        return self

    def send(self, **typed):
        known = {"form_ticket": self.ticket, "draft_after": self.after, "row_version": self.version}
        return self.client.post(ADDRESS, {**known, **typed})

    def type(self, key, **typed):
        answer = self.send(draft_key=key, **typed)
        if answer.status_code == 200:
            self.after = answer.json()["key"]
        return answer


@pytest.fixture
def device(liaison, report):
    return lambda user=liaison: Device(user)


def test_what_is_typed_is_found_again_on_another_device_and_nothing_is_recorded(device, report, accounts):
    acts = AuditEvent.objects.count()

    with time_machine.travel(dt.datetime(2024, 7, 20, 22, 42, tzinfo=dt.UTC), tick=False):
        answer = device().type("k1", done="The bank", **{f"value_{accounts.pk}": "34x"})
    assert (answer.status_code, answer.json()["key"]) == (200, "k1")
    assert answer.json()["said"] == "Kept at 22:42."

    with time_machine.travel(dt.datetime(2024, 8, 20, tzinfo=dt.UTC)):
        other = device()
    assert BACK in Page(other.page).text
    assert other.form["done"].value() == "The bank"
    assert other.form[f"value_{accounts.pk}"].value() == "34x"
    assert AuditEvent.objects.count() == acts
    assert not Observation.objects.filter(report=report).exists()


def test_after_what_was_wrong_is_said_the_draft_goes_on_from_where_it_is(device, report, accounts):
    ours, name = device(), f"value_{accounts.pk}"
    ours.type("k1", **{name: "34x"})
    refused = ours.send(act="save", **{name: "34x"})
    ours.after = re.search(r'name="draft_after" value="([^"]*)"', refused.content.decode())[1]

    assert refused.status_code == 422
    assert ours.type("k2", **{name: "341"}).status_code == 200


def test_nobody_else_sees_it(device, member, engagement, report):
    device().type("k1", done="Between us")

    other = device(member(Role.LIAISON, institution=engagement.institution))
    assert "Between us" not in other.page.content.decode()
    assert b"Between us" not in bytes(KeptForm.objects.get().typed)


def test_the_same_saving_twice_is_one_and_has_the_same_answer(device):
    ours = device()
    known = {"form_ticket": ours.ticket, "row_version": ours.version, "done": "Once", "draft_key": "k1"}

    first, again = ours.client.post(ADDRESS, known), ours.client.post(ADDRESS, known)

    assert first.json() == again.json()
    assert KeptForm.objects.count() == 1


def test_two_devices_of_one_person_are_told_about_each_other_and_both_versions_stand(device, report):
    first, second = device(), device()
    first.type("k1", done="On the phone", obstacles="None")

    told = second.type("k2", done="On the computer", obstacles="None")

    assert told.status_code == 409
    assert "in another place" in told.json()["said"]
    assert device().form["done"].value() == "On the phone"
    page = second.send(compare_draft="1", done="On the computer", obstacles="None")
    said = [(one.name, one.yours, one.theirs) for one in page.context["differences"]]
    assert (page.status_code, said) == (409, [("done", "On the computer", "On the phone")])
    assert "You typed this in two places" in Page(page).text
    sent = {"drafted": "1", "keep_done": "theirs", "done": "On the computer", "obstacles": "None"}
    assert second.send(**sent).status_code == 302
    report.refresh_from_db()
    assert (report.done, report.obstacles) == ("On the phone", "None")
    assert not KeptForm.objects.exists()


def test_a_draft_that_was_saved_elsewhere_does_not_come_back(device, report):
    """A saving that comes late, after the form was sent, would stand over what was saved."""
    late, ours = device(), device()
    ours.type("k1", done="First")
    late.after = "k1"
    ours.send(done="Second", act="save")

    assert late.type("k2", done="First, late").status_code == 409
    assert BACK not in Page(device().page).text


def test_who_types_is_told_who_saved_meanwhile_and_sees_both_versions(device, member, engagement, report, accounts):
    ours = device()
    other = member(Role.LIAISON, institution=engagement.institution)
    readings = [Reading(indicator=accounts, value=Decimal(350))]
    draft_report(report_id=report.pk, words={"done": "Theirs"}, readings=readings, by=other)

    told = ours.type("k1", done="Ours")

    assert told.status_code == 200
    assert f"{other} saved this at" in told.json()["said"]
    again = device()
    assert again.form["done"].value() == "Ours"
    page = again.send(done="Ours", act="save")
    assert page.status_code == 409
    assert {one.name: one.theirs for one in page.context["differences"]}["done"] == "Theirs"


def test_a_draft_of_a_sign_in_that_ended_is_kept_for_its_author(device, liaison):
    ours = device()
    ours.client.logout()

    assert ours.send(draft_key="k1", done="Still there").status_code == 302
    assert device().form["done"].value() == "Still there"
    stale = {"form_ticket": ours.ticket, "draft_after": "", "draft_key": "k0", "done": "Older"}
    Client().post(ADDRESS, stale)
    assert device().form["done"].value() == "Still there"


def test_without_a_ticket_of_ones_own_nothing_is_kept(device, member, engagement):
    ours, theirs = device(), device(member(Role.LIAISON, institution=engagement.institution))
    ours.ticket = theirs.ticket

    assert ours.type("k1", done="x").status_code == 413
    assert not KeptForm.objects.exists()


def test_who_may_only_read_keeps_nothing(signed_in, report):
    assert signed_in(Role.VIEWER).post(ADDRESS, {"draft_key": "k1", "done": "x"}).status_code == 403
