"""The form asks for parts, asks once about a figure that looks wrong, and keeps the language of its texts."""

from decimal import Decimal

import pytest

from programmes.models import Observation
from programmes.services.progress import change_observation, record_observations, write_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from ta_portal.errors import InvalidInput
from tests.factories import IndicatorFactory
from tests.programmes.progress.conftest import ADDRESS, Q1
from tests.web import Page

D = Decimal
pytestmark = pytest.mark.django_db


def figure(report, indicator, disagg=""):
    return Observation.objects.filter(report=report, indicator=indicator, disagg=disagg).first()


@pytest.fixture
def trained(accounts, report):
    """People trained, by sex in the first quarter."""
    row = IndicatorFactory(outcome=accounts.outcome, code="I02", method="sum", frequency="quarterly", baseline=None)
    for disagg, value in (("", 30), ("sex=f", 12), ("sex=m", 18)):
        given = {"period_start": Q1[0], "period_end": Q1[1], "status": "accepted", "reported": True}
        Observation.objects.create(indicator=row, disagg=disagg, value=D(value), **given)
    return row


# --- parts ---


def test_what_was_told_by_parts_is_asked_for_by_parts(browse, liaison, trained, accounts):
    groups = browse(liaison).get(ADDRESS).context["form"].figures()

    parts = {one.figure.indicator.code: [field.field.short for field in one.parts] for one in groups}
    assert parts == {"I01": [], "I02": ["Women", "Men"]}


def test_parts_are_kept_and_sent_where_they_make_the_total(fill, report, accounts, trained):
    typed = {f"value_{accounts.pk}": "341", f"value_{trained.pk}": "40", "done": "Much"}
    parts = {f"value_{trained.pk}__sex=f": "15", f"value_{trained.pk}__sex=m": "24"}

    assert fill(**typed, **parts).status_code == 302
    assert figure(report, trained, "sex=m").value == D(24)
    response = fill("send", **typed, **parts)
    assert response.status_code == 422
    said = {f"value_{trained.pk}": ["The parts by sex add up to 39, the total is 40."]}
    assert response.context["form"].errors == said
    report.refresh_from_db()
    assert report.state == "draft"

    assert fill("send", **typed, **parts | {f"value_{trained.pk}__sex=m": "25"}).status_code == 302
    assert figure(report, trained, "sex=m").status == "submitted"


def test_a_part_that_is_no_number_is_said_at_its_field(fill, accounts, trained):
    response = fill(**{f"value_{trained.pk}__sex=f": "many"})

    assert set(response.context["form"].errors) == {f"value_{trained.pk}__sex=f"}
    assert "<details open>" in response.content.decode()


def test_parts_over_rest_must_make_their_total_too(rest, engagement, report, trained, accounts):
    caller = rest(Role.LIAISON, institution=engagement.institution)
    given = {"progress_report": str(report.public_id), "indicator": "I02"}
    for more in ({"value": "40"}, {"value": "15", "disagg": "sex=f"}, {"value": "24", "disagg": "sex=m"}):
        assert caller.post("observations/", given | more).status_code == 201

    address = f"progress-reports/{report.public_id}/"
    response = caller.post(f"{address}submit/", etag=caller.etag(address))

    assert response.status_code == 400, response.content
    assert "add up to 39" in response.content.decode()


# --- a question ---


def test_a_figure_that_looks_wrong_is_asked_about_once(fill, report, accounts):
    name = f"value_{accounts.pk}"
    typed = {name: "3410", "done": "Much"}

    response = fill("send", **typed)
    assert response.status_code == 422
    assert "10 times the last figure" in response.context["form"].errors[name][0]
    assert f'name="sure_{accounts.pk}" value="3410"' in response.content.decode()
    assert figure(report, accounts) is None

    assert fill("send", **typed, **{f"sure_{accounts.pk}": "3410"}).status_code == 302
    row = figure(report, accounts)
    assert (row.value, row.confirmed) == (D(3410), ["times_10", "worse"])


def test_the_question_stands_under_its_figure_and_its_reason_is_said_once(fill, browse, liaison, report, accounts):
    """Where it was to be sent, beside the figure; where it is a draft, with the tick. In the list on top besides."""
    why, tick, because = (
        "10 times the last figure",
        f'name="sure_{accounts.pk}"',
        f'name="not_reported_reason_{accounts.pk}"',
    )
    typed = {f"value_{accounts.pk}": "3410", "done": "Much"}

    sent = fill("send", **typed).content.decode()
    fill(**typed)
    draft = browse(liaison).get(ADDRESS).content.decode()

    for html in (sent, draft):
        form = html[html.index('class="ind"') :]
        assert form.count(why) == 1
        assert form.index(f'name="value_{accounts.pk}"') < form.index(tick) < form.index(because)
    assert sent.count(why) == 2


def test_a_tick_is_about_one_figure_and_no_other(fill, report, accounts):
    typed = {f"value_{accounts.pk}": "34100", f"sure_{accounts.pk}": "3410", "done": "Much"}

    assert fill("send", **typed).status_code == 422
    assert fill("send", **typed | {f"value_{accounts.pk}": "341"}).status_code == 302
    assert figure(report, accounts).confirmed == []


def test_a_draft_is_not_held_up_and_shows_what_will_be_asked(fill, browse, liaison, report, accounts):
    assert fill(**{f"value_{accounts.pk}": "3410"}).status_code == 302

    page = Page(browse(liaison).get(ADDRESS))
    assert "It is about 10 times the last figure." in page.text
    assert "Yes, this figure is right" in page.text
    assert "checked" not in page.html[page.html.index(f"sure_{accounts.pk}") :][:60]


def test_who_reviews_sees_what_was_confirmed(fill, browse, officer, report, accounts):
    fill("send", done="Much", **{f"value_{accounts.pk}": "3410", f"sure_{accounts.pk}": "3410"})

    page = Page(browse(officer).get(f"{ADDRESS}review/"))

    assert "Its author was asked whether this figure is right, and said yes. It is about 10 times" in page.text


def test_another_figure_is_not_confirmed_by_the_tick_of_the_first(report, accounts, liaison):
    said = Reading(indicator=accounts, value=D(3410), confirmed=["times_10"])
    row = record_observations(report_id=report.pk, readings=[said], by=liaison)[0]

    assert change_observation(observation_id=row.pk, source="Register", by=liaison).confirmed == ["times_10"]
    record_observations(report_id=report.pk, readings=[said], by=liaison)
    again = Reading(indicator=accounts, value=D(3410))
    assert record_observations(report_id=report.pk, readings=[again], by=liaison)[0].confirmed == ["times_10"]
    other = Reading(indicator=accounts, value=D(3411))
    assert record_observations(report_id=report.pk, readings=[other], by=liaison)[0].confirmed == []


# --- a language ---


def test_texts_are_kept_with_their_language_and_shown_in_it(fill, browse, officer, report, accounts, liaison):
    liaison.language = "fr"
    liaison.save()
    form = browse(liaison).get(ADDRESS).context["form"]
    assert form["language"].value() == "fr"

    typed = {f"value_{accounts.pk}": "341", "done": "تم الكثير", "language": "ar"}
    assert fill("send", **typed).status_code == 302
    report.refresh_from_db()
    assert report.language == "ar"
    for address in (ADDRESS, f"{ADDRESS}review/"):
        assert '<div lang="ar" dir="rtl"><p>تم الكثير</p></div>' in browse(officer).get(address).content.decode()


def test_a_language_that_the_portal_does_not_speak_is_refused(report, liaison, fill):
    with pytest.raises(InvalidInput) as refused:
        write_report(report_id=report.pk, language="tlh", by=liaison)
    assert refused.value.faults[0].place == "language"
    assert fill(language="tlh").status_code == 422
