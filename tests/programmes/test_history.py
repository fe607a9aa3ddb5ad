"""Who did what, field by field: on an engagement's activity page, and over the whole portfolio."""

import ast
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from costing.domain.vocabulary import Category
from costing.services.cost_lines import add_cost_line, change_cost_line
from experts.services import change_deployment, deploy
from programmes.domain.vocabulary import Modality, RiskKind
from programmes.models import Programme
from programmes.selectors.history import Place, history, people_in, readable_acts
from programmes.services.amendments import change_engagement
from programmes.services.progress import open_period, record_observations
from programmes.services.readings import Reading
from programmes.services.risks import add_risk, change_risk, close_risk, remove_risk
from programmes.tables.history import changes_of, told_fields
from programmes.words.acts import FACTS
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.audit.services import record
from ta_portal.registry.acts import word_for
from ta_portal.registry.histories import histories, history_of
from tests import factories as f
from tests.web import Page

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parent.parent.parent
SERVICES = [
    path
    for app in ("programmes", "experts", "costing", "evaluations")
    for path in [*(PROJECT / app).glob("services.py"), *(PROJECT / app).glob("services/*.py")]
]
# An act as services name it, in the call that records it.
VERB = r"""(?:record\(\s*|verb=)"([a-z_]+\.[a-z_]+)\""""
PASSED_ON = {"target", "by", "changes", "verb", "sentences", "unsaid"}
# Tables whose states are kept and on which no act is: their rows are told of with the row that they are part of.
PARTS_OF_OTHERS = {
    "tranche",
    "indicator_target",
    "observation",
    "position",
    "engagement_recipient",
    "figure_change",
    "review_step",
}


def _is_kept(model):
    return hasattr(model, "pgh_tracked_model")


KEPT = [one for one in histories() if any(_is_kept(m) and m.pgh_tracked_model is one.model for m in apps.get_models())]


def facts_in(source):
    """The keywords with which acts are recorded."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in RECORDING:
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)


RECORDING = {"record", "save_changes", "remove_row"}


@pytest.fixture
def engagement():
    return f.EngagementFactory(ref="HIST-1")


@pytest.fixture
def administrator(member):
    return member(Role.ADMINISTRATOR)


@pytest.fixture
def auditor(member):
    return member(Role.AUDITOR)


@pytest.fixture
def risk(engagement, administrator):
    return add_risk(
        engagement_id=engagement.pk,
        code="R01",
        kind=RiskKind.POLITICAL,
        title="Elections",
        likelihood=2,
        impact=3,
        by=administrator,
    )


def acts_in(response):
    """The words of the history on a page."""
    return " ".join(" ".join(row) for row in Page(response).table("Audit trail").rows).replace("\xa0", " ")


def words(change):
    """A change as a reader finds it."""
    shown = [None if one is None else Page.words_of(one) for one in (change.was, change.now)]
    return (change.label, *shown)


def told(user, verb=None):
    """The changes of the newest act (of a kind), as (field, from, to)."""
    found = history(readable_acts(user).filter(**({"verb": verb} if verb else {})), user=user)
    return [words(change) for change in changes_of(found.acts[0], found.related)]


def test_what_was_added_is_told_field_by_field(risk, auditor):
    assert told(auditor, "risk.added") == [
        ("Code", None, "R01"),
        ("Kind", None, "Political"),
        ("Risk", None, "Elections"),
        ("Likelihood", None, "2"),
        ("Impact", None, "3"),
        ("Status", None, "Open"),
        ("Score", None, "6"),
    ]


def test_a_change_is_told_from_what_to_what(risk, administrator, auditor):
    owner = f.UserFactory(full_name="Ada Lovelace")
    change_risk(
        risk_id=risk.pk,
        by=administrator,
        kind=RiskKind.SECURITY,
        likelihood=4,
        owner=owner,
        review_on=dt.date(2026, 3, 1),
    )

    assert told(auditor, "risk.changed") == [
        ("Kind", "Political", "Security"),
        ("Likelihood", "2", "4"),
        ("Owner", None, "Ada Lovelace"),
        ("Review on", None, "1 Mar 2026"),
    ]


def test_an_act_that_says_nothing_of_its_fields_is_told_from_the_states_of_the_row(risk, administrator, auditor):
    close_risk(risk_id=risk.pk, by=administrator)

    assert told(auditor, "risk.closed") == [("Status", "Open", "Closed")]


def test_what_was_removed_is_told_with_what_it_was(risk, administrator, auditor):
    remove_risk(risk_id=risk.pk, reason="Entered twice", by=administrator)

    found = told(auditor, "risk.removed")
    assert ("Risk", "Elections", None) in found
    assert ("Reason", None, "Entered twice") in found


def test_an_act_that_did_not_write_its_row_is_not_told_with_an_earlier_change(risk, administrator, auditor):
    change_risk(risk_id=risk.pk, by=administrator, likelihood=5)
    record("risk.looked_at", target=risk, by=administrator, reason="Again")

    assert told(auditor) == [("Reason", None, "Again")]


def test_a_change_without_an_act_is_not_told_as_part_of_a_later_addition(risk, administrator, auditor):
    close_risk(risk_id=risk.pk, by=administrator)
    change_risk(risk_id=risk.pk, by=administrator, impact=5)

    assert told(auditor, "risk.changed") == [("Impact", "3", "5")]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ("Type", "Politique", "Sécurité")),
        ("ar", None),
    ],
)
def test_it_is_told_in_the_readers_language(risk, administrator, auditor, language, expected):
    change_risk(risk_id=risk.pk, by=administrator, kind=RiskKind.SECURITY)

    with translation.override(language):
        label, was, now = told(auditor, "risk.changed")[0]
    assert label != "Kind"
    assert (was, now) != ("Political", "Security")
    if expected:
        assert (was, now) == expected[1:]


def test_related_rows_are_links_and_dates_and_areas_are_words(engagement, administrator, auditor):
    institution = f.InstitutionFactory(code="MOF-9", name="Ministry of Sums", country=engagement.institution.country)
    change_engagement(
        engagement_id=engagement.pk,
        by=administrator,
        reason="Agreed",
        institution=institution,
        practice_area=f.programmes.PracticeArea.objects.get(pk="DEB"),
        planned_from=dt.date(2024, 2, 1),
        planned_to=dt.date(2025, 1, 31),
    )
    found = history(readable_acts(auditor).filter(verb="engagement.changed"), user=auditor)
    changes = {change.label: change for change in changes_of(found.acts[0], found.related)}

    assert '<a href="/institutions/MOF-9/">' in changes["Works with"].now
    assert Page.words_of(changes["Practice area"].now) == "DEB Debt management"
    assert Page.words_of(changes["Planned from and to"].now) == "1 Feb 2024 to 31 Jan 2025"


def test_shares_are_said_in_words(engagement, administrator, auditor):
    tax, audit = (f.programmes.Sector.objects.get(pk=code) for code in ("15116", "15118"))
    change_engagement(
        engagement_id=engagement.pk, by=administrator, reason="Wider", sectors={tax: Decimal(60), audit: Decimal(40)}
    )

    assert ("Sectors", None, "Tax collection 60%, National audit 40%") in told(auditor, "engagement.changed")


def test_an_amendment_is_said_in_words(engagement, administrator, signed_in):
    change_engagement(engagement_id=engagement.pk, by=administrator, reason="Late", planned_to=dt.date(2029, 1, 31))

    rows = Page(signed_in(Role.VIEWER).get("/engagements/HIST-1/activity/")).table("Amendments").rows
    assert rows[1][1] == "Planned from and to"
    assert rows[1][3].endswith("to 31 Jan 2029")


def test_what_the_reader_may_not_see_is_not_told_by_a_relation(engagement, administrator, member):
    elsewhere = f.InstitutionFactory(code="SECRET-9", name="Hidden Ministry")
    risk = record("engagement.changed", target=engagement, by=administrator)
    assert risk.engagement_id == engagement.pk
    change_engagement(engagement_id=engagement.pk, by=administrator, reason="Moved", institution=elsewhere)
    scoped = member(Role.AUDITOR, engagement=engagement)

    # It is the engagement's institution now, so it is seen; the former one is no more.
    was = engagement.institution.name
    assert was not in str(told(scoped, "engagement.changed"))


class TestFigures:
    @pytest.fixture
    def report(self, engagement, administrator):
        period = open_period(
            engagement_id=engagement.pk,
            starts=dt.date(2024, 1, 1),
            ends=dt.date(2024, 3, 31),
            due=dt.date(2024, 4, 15),
            by=administrator,
        )
        return period.report

    @pytest.fixture
    def indicator(self, engagement):
        outcome = f.OutcomeFactory(engagement=engagement)
        return f.IndicatorFactory(outcome=outcome, code="I01", title="On-time filing rate")

    def record(self, report, indicator, by, **figure):
        record_observations(report_id=report.pk, readings=[Reading(indicator, **figure)], by=by)

    def test_a_figure_is_told_from_what_to_what(self, report, indicator, administrator, auditor):
        self.record(report, indicator, administrator, value=Decimal("1234.5"))
        assert ("I01 On-time filing rate", None, "1,234.5") in told(auditor, "observations.recorded")

        self.record(report, indicator, administrator, value=Decimal(1300))
        newest = told(auditor, "observations.recorded")
        assert ("I01 On-time filing rate", "1,234.5", "1,300") in newest
        assert len([change for change in newest if change[0].startswith("I01")]) == 1

    def test_it_stands_in_the_history_of_its_engagement(self, report, indicator, engagement, administrator, signed_in):
        self.record(report, indicator, administrator, value=Decimal(1300))

        assert "I01 On-time filing rate 1,300" in acts_in(signed_in(Role.AUDITOR).get("/engagements/HIST-1/activity/"))


class TestRates:
    @pytest.fixture
    def line(self, engagement, administrator):
        budget = f.BudgetFactory(engagement=engagement, version=1, state="draft", approved_by=None, approved_at=None)
        made = add_cost_line(
            budget=budget,
            code="S1",
            category=Category.SALARIES,
            quantity=Decimal(19),
            unit="days",
            unit_cost=Decimal(457),
            currency="USD",
            first_day=dt.date(2024, 1, 1),
            description="Adviser at 457 a day",
            by=administrator,
        )
        return change_cost_line(line=made, quantity=Decimal(21), by=administrator)

    @pytest.fixture
    def deployment(self, engagement, administrator):
        made = deploy(
            engagement_id=engagement.pk,
            code="D1",
            expert=f.ExpertFactory(code="E-9001"),
            modality=Modality.RESIDENT,
            first_day=dt.date(2024, 1, 1),
            last_day=dt.date(2024, 6, 30),
            fte=Decimal("0.43"),
            planned_days=Decimal(121),
            by=administrator,
        )
        return change_deployment(deployment_id=made.pk, planned_days=Decimal(117), by=administrator)

    SECRETS = ("457", "8,683", "9,597", "121", "117", "0.43")

    @pytest.mark.parametrize("address", ["/engagements/HIST-1/activity/", "/history/"])
    def test_an_auditor_is_told_that_figures_changed_and_not_from_what_to_what(
        self, address, line, deployment, signed_in
    ):
        page = acts_in(signed_in(Role.AUDITOR).get(address))

        assert [secret for secret in self.SECRETS if secret in page] == []
        assert "Planned days not shown" in page
        assert "Resident adviser" in page

    @pytest.mark.parametrize("address", ["/engagements/HIST-1/activity/", "/history/"])
    def test_who_may_know_rates_is_told_what_is_kept_out_of_the_trail_itself(
        self, address, line, deployment, signed_in
    ):
        page = acts_in(signed_in(Role.ADMINISTRATOR).get(address))

        assert [secret for secret in self.SECRETS if secret not in page] == []
        assert "121 → became 117" in page
        assert "USD 8,683 → became USD 9,597" in page
        assert "not shown" not in page

    def test_a_line_of_the_budget_is_in_its_engagements_history(self, line, engagement):
        assert AuditEvent.objects.filter(verb="cost_line.changed", engagement_id=engagement.pk).count() == 1

    def test_on_which_engagement_rates_are_known_decides_act_by_act(self, line, engagement, member):
        other = f.EngagementFactory(ref="HIST-2")
        record("deployment.added", target=other, by=None, planned_days=Decimal(333))
        record("deployment.added", target=engagement, by=None, planned_days=Decimal(444))
        user = member(Role.AUDITOR)
        f.MembershipFactory(user=user, role="administrator", scope_kind="engagement", engagement=other)

        found = history(readable_acts(user).filter(verb="deployment.added"), user=user)
        days = {
            act.engagement.ref: words(change)[2]
            for act in found.acts
            for change in changes_of(act, found.related)
            if change.label == "Planned days"
        }
        assert days == {"HIST-2": "333", "HIST-1": None}


class TestWhoReadsIt:
    @pytest.fixture
    def elsewhere(self, administrator):
        made = f.EngagementFactory(ref="ELSE-1")
        record("risk.added", target=made, by=administrator, code="R77")
        return made

    def test_only_the_auditors_engagements_are_in_it(self, risk, elsewhere, engagement, signed_in):
        page = Page(signed_in(Role.AUDITOR, engagement=engagement).get("/history/"))

        assert "HIST-1" in page.text
        assert "ELSE-1" not in page.text
        assert "R77" not in page.text

    def test_an_auditor_of_all_reads_all_and_what_belongs_to_no_engagement(self, risk, elsewhere, signed_in):
        record("programme.changed", target=Programme.objects.first(), by=None, reason="Renamed")

        page = Page(signed_in(Role.AUDITOR).get("/history/"))

        assert {"HIST-1", "ELSE-1", "Renamed"} <= set(page.text.split())

    def test_an_auditor_of_one_reads_nothing_that_belongs_to_none(self, engagement, signed_in):
        record("programme.changed", target=engagement.programme, by=None, reason="Renamed")

        assert "Renamed" not in Page(signed_in(Role.AUDITOR, engagement=engagement).get("/history/")).text

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.PROGRAMME_OFFICER, Role.LIAISON])
    def test_others_are_refused_and_are_not_led_there(self, role, engagement, signed_in):
        client = signed_in(role, engagement=engagement)

        assert client.get("/history/").status_code == 403
        assert 'href="/history/"' not in client.get("/engagements/").content.decode()

    def test_an_auditor_is_led_there(self, signed_in, db):
        assert 'href="/history/"' in signed_in(Role.AUDITOR).get("/engagements/").content.decode()

    def test_who_did_what_elsewhere_is_not_offered_as_a_choice(self, risk, engagement, elsewhere, member):
        stranger = f.UserFactory(full_name="Nobody Here")
        record("risk.added", target=elsewhere, by=stranger)

        assert stranger not in people_in(readable_acts(member(Role.AUDITOR, engagement=engagement)))
        assert stranger in people_in(readable_acts(member(Role.AUDITOR)))


class TestChoosing:
    @pytest.fixture
    def acts(self, risk, engagement, administrator):
        other = f.EngagementFactory(ref="OTHER-2")
        colleague = f.UserFactory(full_name="Grace Hopper")
        record("milestone.added", target=f.MilestoneFactory(engagement=other), by=colleague, reason="Grace's")
        record("engagement.changed", target=engagement, by=None, reason="Nightly")
        return {"administrator": administrator, "colleague": colleague}

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"kind": "risk"}, {"Risk added"}),
            ({"kind": "milestone"}, {"Milestone added"}),
            ({"by": "colleague"}, {"Milestone added"}),
            ({"by": "portal"}, {"Engagement changed"}),
            ({"engagement": "hist"}, {"Risk added", "Engagement changed"}),
            ({"since": "2999-01-01"}, set()),
            ({"until": "2000-01-01"}, set()),
            ({"kind": "no such"}, {"Risk added", "Milestone added", "Engagement changed"}),
            (
                {"since": "nonsense", "by": "99999999999999999999"},
                {"Risk added", "Milestone added", "Engagement changed"},
            ),
        ],
    )
    def test_the_portfolios_history_is_narrowed_down(self, acts, asked, expected, signed_in):
        asked = {name: acts[value].pk if value in acts else value for name, value in asked.items()}

        page = Page(signed_in(Role.AUDITOR).get("/history/", asked))

        known = ("Risk added", "Milestone added", "Engagement changed")
        assert {
            word for word in known if word in " ".join(row[2] for table in page.tables for row in table.rows)
        } == expected

    def test_an_engagements_history_offers_only_who_acted_there(self, acts, signed_in):
        page = signed_in(Role.AUDITOR).get("/engagements/HIST-1/activity/").content.decode()

        assert "Grace Hopper" not in page

    def test_days_are_whole_and_of_the_readers_time_zone(self, acts, signed_in):
        today = dt.datetime.now(tz=dt.UTC).date().isoformat()

        page = Page(signed_in(Role.AUDITOR).get("/history/", {"since": today, "until": today}))

        assert "Risk added" in page.text


class TestPages:
    @pytest.fixture
    def many(self, engagement):
        return [record("risk.added", target=engagement, by=None, code=f"N{number:03}") for number in range(120)]

    def codes(self, found):
        return [act.event.data["code"] for act in found.acts]

    def test_every_act_is_on_one_page_whichever_way_one_goes(self, many, auditor):
        newest_first = [f"N{number:03}" for number in reversed(range(120))]
        place, read = Place(), []
        for _page in range(3):
            found = history(readable_acts(auditor), user=auditor, place=place)
            read += self.codes(found)
            last, place = found, Place(before=found.older)
        assert (read, last.older) == (newest_first, None)

        back = history(readable_acts(auditor), user=auditor, place=Place(after=last.newer))
        assert self.codes(back) == newest_first[50:100]
        first = history(readable_acts(auditor), user=auditor, place=Place(after=back.newer))
        assert (self.codes(first), first.newer) == (newest_first[:50], None)

    def test_what_is_written_meanwhile_moves_no_page(self, many, engagement, auditor):
        first = history(readable_acts(auditor), user=auditor)
        record("risk.added", target=engagement, by=None, code="NEW")

        assert self.codes(history(readable_acts(auditor), user=auditor, place=Place(before=first.older)))[0] == "N069"

    def test_the_links_keep_the_filters(self, many, signed_in):
        page = Page(signed_in(Role.AUDITOR).get("/history/", {"engagement": "HIST-1"}))

        older = [link for link in page.links if "before=" in link]
        assert len(older) == 1
        assert "engagement=HIST-1" in older[0]

    @pytest.mark.parametrize("address", ["/history/", "/engagements/HIST-1/activity/"])
    def test_the_queries_do_not_grow_with_the_acts(self, address, engagement, administrator, signed_in):
        client = signed_in(Role.AUDITOR)

        def write(first, last):
            for number in range(first, last):
                made = add_risk(
                    engagement_id=engagement.pk,
                    code=f"Q{number}",
                    kind=RiskKind.POLITICAL,
                    title="Elections",
                    likelihood=2,
                    impact=3,
                    owner=administrator,
                    by=administrator,
                )
                change_risk(risk_id=made.pk, likelihood=4, by=administrator)

        def asked():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            return len(queries)

        write(0, 5)
        asked()
        few = asked()
        write(5, 250)
        assert AuditEvent.objects.count() >= 500
        assert asked() == few


class TestEveryKindOfRow:
    def test_every_kind_that_acts_are_recorded_on_has_a_name(self):
        assert all(str(one.name) for one in histories())
        assert history_of("no_such_table") is None

    @pytest.mark.parametrize("kept", KEPT, ids=lambda one: one.table)
    @pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar"])
    def test_every_field_that_is_kept_is_called_something(self, kept, language):
        with translation.override(language):
            unnamed = [name for name in told_fields(kept.model) if name not in kept.left_out]
            unnamed = [name for name in unnamed if kept.label(name) == name]

        assert unnamed == []

    def test_every_table_whose_states_are_kept_is_told_of_or_part_of_one_that_is(self):
        tables = {model._meta.db_table.removesuffix("_event") for model in apps.get_models() if _is_kept(model)}

        assert tables - {one.table for one in histories()} == PARTS_OF_OTHERS

    def test_every_fact_that_a_service_records_is_called_something(self):
        given = {keyword for path in SERVICES for keyword in facts_in(path.read_text("utf-8"))}

        assert len(given) > 20
        assert sorted(given - FACTS.keys() - PASSED_ON) == []

    def test_every_act_that_a_service_records_is_called_something(self):
        paths = [*SERVICES, *(PROJECT / "ta_portal").rglob("*.py")]
        verbs = {verb for path in paths for verb in re.findall(VERB, path.read_text("utf-8"))}

        assert len(verbs) > 50
        assert sorted(verb for verb in verbs if word_for(verb) == verb) == []

    @pytest.mark.parametrize("kept", histories(), ids=lambda one: one.table)
    def test_the_page_that_shows_it_is_there(self, kept):
        assert not kept.tab or reverse(kept.tab, args=["HIST-1"])
