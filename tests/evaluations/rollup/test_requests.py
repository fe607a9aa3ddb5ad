"""Asking for a report: the job, the nightly one, and the command in the foreground."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluations.api.report_answers import report_answer
from evaluations.models import ImpactReport
from evaluations.services.roll_up import request_report, roll_up
from evaluations.tasks import request_nightly_report
from programmes.models import Observation
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from ta_portal.api.rendering import dumps
from ta_portal.errors import InvalidInput
from ta_portal.jobs import outbox
from ta_portal.jobs.models import Job
from ta_portal.jobs.running import run_ready_jobs
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write
from tests.factories import CurrencyFactory

NO_SCOPE = "scope: write portfolio, or engagement:, programme:, country:, area: or donor: and a code, not "


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "wake_workers", lambda: None)


@pytest.mark.django_db(transaction=True)
def test_a_job_makes_the_report_as_known_when_it_was_asked_for(member):
    write(random_portfolio(2, engagements=2, currency="USD"), "USD", 2)
    officer = member(Role.EVALUATOR)
    job = request_report(scope="programme:P-A", as_of=AS_OF, by=officer)

    assert run_ready_jobs() == 1

    job.refresh_from_db()
    report = ImpactReport.objects.get()
    assert (job.state, job.result, job.error) == ("done", {"impact_report": str(report.public_id)}, "")
    assert (report.scope, report.as_of, report.currency_id) == ("programme:P-A", AS_OF, "USD")
    assert (report.cut_off, report.job, report.created_by) == (job.created_at, job.public_id, officer)
    assert report.rows.filter(level="portfolio", key="programme:P-A").exists()


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_right_meanwhile_gets_no_report(member):
    CurrencyFactory()
    officer = member(Role.EVALUATOR)
    job = request_report(by=officer)
    officer.memberships.all().delete()

    run_ready_jobs()

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("failed", 1)
    assert "needs the right" in job.error
    assert not ImpactReport.objects.exists()


@pytest.mark.django_db
def test_the_night_asks_for_one_report_on_the_portfolio_however_often_it_strikes():
    CurrencyFactory()

    for _ in range(3):
        request_nightly_report()

    job = Job.objects.get()
    assert (job.kind, job.args["scope"], job.by.is_service) == ("roll_up", "portfolio", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scope": "planet:EARTH"}, NO_SCOPE + "'planet:EARTH'."),
        ({"scope": "programme:P-9"}, "scope: There is no programme P-9."),
        ({"scope": "country:QQ"}, "scope: There is no country QQ."),
        ({"scope": "area:QQQ"}, "scope: There is no area QQQ."),
        ({"scope": "donor:NOBODY"}, "scope: There is no donor NOBODY."),
        ({"scope": "engagement:FIN\x00"}, NO_SCOPE + "'engagement:FIN\\x00'."),
        ({"currency": "QQQ"}, "currency: There is no currency QQQ."),
    ],
)  # fmt: skip
def test_what_cannot_be_reported_on_is_refused_in_one_sentence_at_its_place(asked, said):
    CurrencyFactory()

    with pytest.raises(InvalidInput) as refusal:
        request_report(**asked, by=system_author())

    assert str(refusal.value) == said
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_report_counts_in_its_programmes_currency_unless_told_otherwise():
    write(random_portfolio(2, engagements=2, currency="KWD"), "KWD", 3)
    CurrencyFactory(code="USD")

    jobs = [
        request_report(scope=scope, by=system_author()) for scope in ("programme:P-A", "engagement:ENG-0", "portfolio")
    ]

    assert [job.args["currency"] for job in jobs] == ["KWD", "KWD", "USD"]


# --- The command ---


def command(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("roll_up", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_the_command_prints_the_bytes_that_rest_gives():
    write(random_portfolio(4, engagements=3, currency="USD"), "USD", 2)

    out, err = command("--as-of", AS_OF.isoformat(), "--currency", "USD", "--json")

    report = ImpactReport.objects.get()
    assert out == dumps(report_answer(report)).decode() + "\n"
    answer = json.loads(out)
    assert list(answer) == ["scope", "as_of", "cut_off", "currency", "fingerprint", "rows"]
    assert list(answer["rows"][0]) == [
        "level", "key", "metric", "value", "num", "den", "reported", "expected", "weight_basis",
    ]  # fmt: skip
    assert (answer["scope"], answer["as_of"], answer["currency"]) == ("portfolio", AS_OF.isoformat(), "USD")
    assert len(answer["rows"]) == report.rows.count() > 100
    assert err == ""


@pytest.mark.django_db
def test_the_command_prints_its_rows_for_a_person():
    write(random_portfolio(4, engagements=1, currency="USD"), "USD", 2)

    out, err = command("--scope", "engagement:ENG-0", "--as-of", AS_OF.isoformat())

    report = ImpactReport.objects.get()
    assert len(out.splitlines()) == 1 + report.rows.count()
    assert report.fingerprint in err


@pytest.mark.django_db
def test_the_command_refuses_in_one_line_and_changes_nothing():
    CurrencyFactory()

    with pytest.raises(CommandError, match=r"^scope: There is no programme P-9\.$") as refusal:
        command("--scope", "programme:P-9")

    assert refusal.value.returncode == 1
    assert not ImpactReport.objects.exists()


# --- Known when ---


def correct_every_reading():
    """Somebody finds that each reading was too low; what was known before stays on record."""
    for observation in Observation.objects.exclude(value=None):
        last = observation.revisions.order_by("-seq").first()
        last.pk, last.seq, last.value, last.known_at = None, last.seq + 1, last.value + 1, timezone.now()
        last.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_an_old_cut_off_gives_the_old_rows_after_corrections():
    write(random_portfolio(4, engagements=2, currency="USD"), "USD", 2)
    asked = {"as_of": AS_OF, "currency": "USD", "by": system_author()}
    before = timezone.now()
    first = roll_up(**asked)
    correct_every_reading()

    request_report(**asked, cut_off=before)
    run_ready_jobs()
    out, _err = command("--as-of", AS_OF.isoformat(), "--currency", "USD", "--cut-off", before.isoformat(), "--json")
    now = roll_up(**asked)

    by_job = ImpactReport.objects.exclude(job=None).get()
    assert by_job.cut_off == before
    assert by_job.fingerprint == json.loads(out)["fingerprint"] == first.fingerprint
    assert now.fingerprint != first.fingerprint


@pytest.mark.django_db
def test_a_cut_off_in_the_future_is_refused(capsys):
    CurrencyFactory()
    tomorrow = timezone.now() + dt.timedelta(days=1)

    with pytest.raises(InvalidInput, match="cut_off: The cut-off lies in the future"):
        request_report(cut_off=tomorrow, by=system_author())
    with pytest.raises(CommandError, match="lies in the future"):
        command("--cut-off", tomorrow.isoformat())
    with pytest.raises(CommandError, match="no instant with a time zone"):
        command("--cut-off", "2025-01-01T00:00")
