"""Whatever changes after a report: asked for again with its cut-off it says what it said, and still explains it."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from evaluations.selectors.reports import report_rows
from evaluations.services.roll_up import roll_up
from evaluations.tables.reports import figure_address, is_explained
from programmes.models import Engagement
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.evaluations.rollup.later_edits import EDITS
from tests.web import Page

# Each edit is a transaction of its own: an instant on record is that of a transaction.
pytestmark = pytest.mark.django_db(transaction=True)


def report(cut_off):
    return roll_up(as_of=dt.date(2025, 12, 31), currency="USD", cut_off=cut_off, by=system_author())


def figures_that_do_not_come_to_themselves(made, client):
    rows = [row for row in report_rows(made) if is_explained(row)]
    # Of the indicators those that are changed stand for all.
    few = [row for row in rows if row.level != "indicator" or row.key.endswith(("/I01", "/I02", "/I11"))]
    assert len(few) > 80
    pages = ((row, Page(client.get(figure_address(made, row), follow=True))) for row in few)
    return [
        (row.level, row.key, row.metric, page.status)
        for row, page in pages
        if page.status != 200 or page.shown_at("figure") != page.shown_at("foot")
    ]


def test_a_report_with_an_old_cut_off_is_moved_by_nothing_and_explained_as_it_was(signed_in):
    call_command("load_scenario", str(SHARED_DATA / "financia" / "financia.json"), stdout=io.StringIO())
    before = timezone.now()
    first = last = report(before)

    for edit in EDITS:
        edit(Engagement.objects.get(ref="FIN-TAX-2024"))
        again, now = report(before), report(timezone.now())
        assert again.fingerprint == first.fingerprint, edit.__name__
        assert now.fingerprint != last.fingerprint, edit.__name__
        last = now

    client = signed_in(Role.PROGRAMME_OFFICER)
    assert figures_that_do_not_come_to_themselves(again, client) == []
    assert figures_that_do_not_come_to_themselves(now, client) == []
