"""Setting up in forms: what is typed is kept, said in its place when wrong, and saved through the services."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from programmes.models import (
    CatalogueIndicator,
    Engagement,
    Indicator,
    Institution,
    Milestone,
    Organisation,
    Programme,
    Risk,
    Sector,
)
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from tests.factories import (
    CountryFactory,
    CurrencyFactory,
    EngagementFactory,
    IndicatorFactory,
    InstitutionFactory,
    MilestoneFactory,
    OrganisationFactory,
    OutcomeFactory,
    ProgrammeFactory,
    RiskFactory,
    WorkstreamFactory,
)
from tests.web import Page

pytestmark = pytest.mark.django_db

RISK = {"code": "R1", "kind": "ownership", "title": "The law is not passed", "likelihood": "3", "impact": "4"}


@pytest.fixture
def engagement():
    return EngagementFactory()


def form_of(engagement, kind):
    return reverse("programmes:add", args=[engagement.ref, kind])


def test_a_risk_is_added_and_the_reader_comes_back_to_the_register(signed_in, engagement):
    response = signed_in(Role.PROGRAMME_OFFICER).post(form_of(engagement, "risks"), RISK, follow=True)

    assert response.redirect_chain == [(reverse("programmes:risks", args=[engagement.ref]), 302)]
    assert Risk.objects.get(engagement=engagement).score == 12
    assert "was added" in response.content.decode()


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(signed_in, engagement):
    response = signed_in(Role.PROGRAMME_OFFICER).post(form_of(engagement, "risks"), {**RISK, "impact": "9"})

    assert response.status_code == 422
    assert "Error: Add a risk" in Page(response).text
    assert "The law is not passed" in response.content.decode()
    assert not Risk.objects.exists()


def test_what_only_the_service_knows_is_said_at_its_field(signed_in, engagement):
    client = signed_in(Role.PROGRAMME_OFFICER)
    client.post(form_of(engagement, "risks"), RISK)

    response = client.post(form_of(engagement, "risks"), RISK)

    assert response.status_code == 422
    assert "R1" in response.context["form"].errors["code"][0]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE_OFFICER, Role.EVALUATOR, Role.AUDITOR])
def test_who_may_not_change_results_is_told_so_before_and_after_typing(signed_in, engagement, role):
    client = signed_in(role)

    assert client.get(form_of(engagement, "milestones")).status_code == 403
    assert client.post(form_of(engagement, "milestones"), {"code": "M1"}).status_code == 403


def test_an_engagement_that_one_may_not_see_has_no_forms(signed_in, engagement):
    client = signed_in(Role.PROGRAMME_OFFICER, institution=InstitutionFactory())

    for kind in ("risks", "milestones", "no-such-kind"):
        assert client.get(form_of(engagement, kind)).status_code == 404


def test_an_indicator_of_the_catalogue_takes_from_it_what_is_left_open(signed_in, engagement):
    catalogue = (
        CatalogueIndicator.objects.filter(area=engagement.practice_area).exclude(method="ordinal_latest").first()
    )
    response = signed_in(Role.PROGRAMME_OFFICER).post(
        form_of(engagement, "indicators"),
        {
            "code": "I1",
            "catalogue": catalogue.pk,
            "frequency": "quarterly",
            "weight": "1",
            "baseline": "60,5",
            "baseline_kind": "stock",
            "target_1_due": "2027-12-31",
            "target_1_value": "78",
            "target_2_due": "2026-12-31",
            "target_2_value": "70.25",
        },
    )

    assert response.status_code == 302, response.context["form"].errors
    made = Indicator.objects.get(engagement=engagement)
    assert (made.title, made.method, made.unit) == (catalogue.title, catalogue.method, catalogue.unit)
    assert made.baseline == Decimal("60.5")
    assert dict(made.targets.values_list("due", "value")) == {
        dt.date(2026, 12, 31): Decimal("70.25"),
        dt.date(2027, 12, 31): Decimal(78),
    }


def test_a_number_with_two_readings_is_asked_about_and_the_answer_is_taken(signed_in, engagement):
    client, address = signed_in(Role.PROGRAMME_OFFICER), form_of(engagement, "outcomes")
    typed = {"code": "O1", "title": "They audit by risk", "weight": "1,234"}

    asked = client.post(address, typed)
    answered = client.post(address, {**typed, "weight__asked": "1,234", "weight__meant": "1234"})

    assert asked.status_code == 422
    assert 'name="weight__meant"' in asked.content.decode()
    assert answered.status_code == 302
    assert engagement.outcomes.get().weight == 1234


def test_a_target_with_two_readings_is_asked_about_and_one_without_a_day_is_told_once(signed_in, engagement):
    client, address = signed_in(Role.PROGRAMME_OFFICER), form_of(engagement, "indicators")
    typed = {
        "code": "I1", "title": "Returns", "method": "sum", "direction": "increase", "frequency": "quarterly",
        "weight": "1", "baseline_kind": "stock", "target_1_due": "2026-12-31", "target_1_value": "1,234",
    }  # fmt: skip

    asked = client.post(address, typed).content.decode()
    no_day = client.post(address, {**typed, "target_1_due": "2026-02-30", "target_1_value": "5"})

    assert 'name="target_1_value__meant"' in asked
    assert no_day.context["form"].errors["target_1_due"] == ["Enter a valid date."]


def test_what_is_too_long_is_said_to_be_and_is_not_cut(signed_in, engagement):
    client, address = signed_in(Role.PROGRAMME_OFFICER), form_of(engagement, "outcomes")

    page = client.post(address, {"code": "O1", "title": "x" * 501, "weight": "1"})

    assert "at most 500 characters (it has 501)" in page.content.decode()
    assert "x" * 501 in page.content.decode()
    assert "maxlength" not in client.get(address).content.decode()


def test_a_milestone_is_of_a_workstream_of_the_same_engagement(signed_in, engagement):
    elsewhere = WorkstreamFactory()
    typed = {"code": "M1", "title": "The law is passed", "due": "2027-01-31", "workstream": elsewhere.pk}

    response = signed_in(Role.PROGRAMME_OFFICER).post(form_of(engagement, "milestones"), typed)

    assert response.status_code == 422
    assert "workstream" in response.context["form"].errors
    assert not Milestone.objects.exists()


def test_from_an_empty_portfolio_to_an_engagement_in_two_forms(signed_in):
    client = signed_in(Role.PROGRAMME_OFFICER)
    lead = OrganisationFactory()
    first = client.post(
        reverse("programmes:new-programme"),
        {
            "code": "REV-EAST",
            "title": "Revenue in the east",
            "lead": lead.pk,
            "currency": CurrencyFactory(code="USD").pk,
            "rate_source": "imf-monthly",
        },
    )
    programme = Programme.objects.get(code="REV-EAST")
    country, institution = CountryFactory(), InstitutionFactory()
    sector = Sector.objects.filter(status="active").first()

    second = client.post(
        reverse("programmes:new-engagement"),
        {
            "ref": "FIN-TAX-2027",
            "title": "Tax administration",
            "programme": programme.pk,
            "institution": institution.pk,
            "form_of_aid": "hard_ta",
            "modality": "hybrid",
            "planned_from": "2027-01-01",
            "planned_to": "2028-12-31",
            "country_1": country.pk,
            "sector_1": sector.pk,
            "sector_1_pct": "100",
        },
    )

    assert (first.status_code, second.status_code) == (302, 302), second.context and second.context["form"].errors
    made = Engagement.objects.get(ref="FIN-TAX-2027")
    assert second.url == reverse("programmes:engagement", args=[made.ref])
    assert [(one.country, one.pct) for one in made.recipients.all()] == [(country, 100)]
    assert (made.planned.lower, made.planned.upper) == (dt.date(2027, 1, 1), dt.date(2029, 1, 1))


def test_shares_that_do_not_add_up_are_said_at_the_shares(signed_in):
    programme = ProgrammeFactory()
    response = signed_in(Role.PROGRAMME_OFFICER).post(
        reverse("programmes:new-engagement"),
        {
            "ref": "FIN-TAX-2027",
            "title": "Tax administration",
            "programme": programme.pk,
            "form_of_aid": "hard_ta",
            "modality": "hybrid",
            "planned_from": "2027-01-01",
            "country_1": CountryFactory(iso2="KE").pk,
            "country_1_pct": "60",
            "country_2": CountryFactory(iso2="UG").pk,
            "country_2_pct": "30",
        },
    )

    assert response.status_code == 422
    assert "90" in response.context["form"].errors["country_1"][0]
    assert not Engagement.objects.exists()


# --- change, conflict, removal ---


@pytest.fixture
def risk(engagement):
    return RiskFactory(engagement=engagement, code="R1", title="The law is late", likelihood=3, impact=4)


def typed_over(risk, **other):
    return {**RISK, "title": risk.title, "kind": risk.kind, "row_version": risk.row_version, **other}


def edit(risk):
    return reverse("programmes:change", args=[risk.engagement.ref, "risks", risk.code])


def test_what_stands_is_shown_and_what_is_changed_is_saved(signed_in, risk):
    client = signed_in(Role.PROGRAMME_OFFICER)

    assert 'value="The law is late"' in client.get(edit(risk)).content.decode()
    response = client.post(edit(risk), typed_over(risk, impact="5"))

    assert response.status_code == 302, response.context["form"].errors
    risk.refresh_from_db()
    assert (risk.impact, risk.row_version) == (5, 2)


def test_the_second_of_two_sees_both_versions_and_loses_nothing(signed_in, risk):
    first, second = signed_in(Role.PROGRAMME_OFFICER), signed_in(Role.PROGRAMME_OFFICER)
    first.post(edit(risk), typed_over(risk, title="The law is very late"))

    stale = typed_over(risk, title="The law comes too late", mitigation="A decree in the meantime")
    refused = second.post(edit(risk), stale)

    assert refused.status_code == 409
    text = Page(refused).text
    assert "Yours : The law comes too late" in text.replace("Yours:", "Yours :")
    assert "The law is very late" in text
    assert 'name="mitigation" value="A decree in the meantime"' not in text
    risk.refresh_from_db()
    assert risk.title == "The law is very late"

    settled = {**stale, "row_version": risk.row_version, "keep_title": "theirs", "keep_mitigation": "mine"}
    assert second.post(edit(risk), settled).status_code == 302
    risk.refresh_from_db()
    assert (risk.title, risk.mitigation) == ("The law is very late", "A decree in the meantime")


def test_a_removal_asks_why_and_leaves_the_reason_in_the_history(signed_in, risk):
    client = signed_in(Role.PROGRAMME_OFFICER)
    address = reverse("programmes:remove", args=[risk.engagement.ref, "risks", risk.code])

    without_reason = client.post(address, {"row_version": risk.row_version, "reason": " "})
    removed = client.post(address, {"row_version": risk.row_version, "reason": "It did not happen"})

    assert (without_reason.status_code, removed.status_code) == (422, 302)
    assert not Risk.objects.exists()
    assert AuditEvent.objects.get(verb="risk.removed").data["reason"] == "It did not happen"


def test_what_is_gone_or_of_another_engagement_has_no_form(signed_in, risk, engagement):
    client, other = signed_in(Role.PROGRAMME_OFFICER), EngagementFactory()

    assert client.get(reverse("programmes:change", args=[engagement.ref, "risks", "R99"])).status_code == 404
    assert client.get(reverse("programmes:change", args=[other.ref, "risks", risk.code])).status_code == 404


def test_an_engagement_that_was_agreed_on_is_amended_with_a_reason(signed_in):
    engagement = EngagementFactory(status="active")
    client = signed_in(Role.PROGRAMME_OFFICER)
    address = reverse("programmes:change-engagement", args=[engagement.ref])
    shown = client.get(address).context["form"]
    typed = {name: shown[name].value() for name in shown.fields}
    typed = {name: "" if value is None else value for name, value in typed.items()} | {
        "form_of_aid": "hard_ta",
        "modality": "hybrid",
        "planned_to": "2031-12-31",
        "objective": "They do it alone",
    }

    refused = client.post(address, typed)
    saved = client.post(address, {**typed, "reason": "The law came a year late"})

    assert refused.status_code == 422
    assert "reason" in refused.context["form"].errors
    assert saved.status_code == 302, saved.context["form"].errors
    assert engagement.amendments.filter(field="planned", reason="The law came a year late").exists()


def test_a_step_says_what_is_missing_and_where_it_is_mended_and_is_taken_when_nothing_is(signed_in):
    engagement = EngagementFactory(status="pipeline", objective="")
    client = signed_in(Role.PROGRAMME_OFFICER)
    address = reverse("programmes:status", args=[engagement.ref])

    page = client.get(address)
    refused = client.post(address, {"to": "appraisal", "row_version": engagement.row_version})

    assert "The objective is missing" in page.content.decode()
    assert reverse("programmes:change-engagement", args=[engagement.ref]) in page.content.decode()
    assert refused.status_code == 409
    Engagement.objects.filter(pk=engagement.pk).update(objective="They do it alone")
    engagement.refresh_from_db()
    assert client.post(address, {"to": "appraisal", "row_version": engagement.row_version}).status_code == 302
    engagement.refresh_from_db()
    assert engagement.status == "appraisal"


def test_who_works_on_it_already_is_shown_before_it_is_saved_and_once_seen_it_is_set_up(signed_in):
    there = EngagementFactory(status="active")
    sector, country = Sector.objects.get(code="15114"), CountryFactory(iso2="KE")
    there.recipients.all().delete()
    there.sector_shares.all().delete()
    there.recipients.create(country=country, pct=100)
    there.sector_shares.create(sector=sector, pct=100)
    typed = {
        "ref": "KEN-TAX-2026",
        "title": "Tax administration",
        "programme": ProgrammeFactory().pk,
        "form_of_aid": "hard_ta",
        "modality": "hybrid",
        "planned_from": there.planned.lower,
        "country_1": "KE",
        "sector_1": sector.pk,
    }
    client = signed_in(Role.PROGRAMME_OFFICER)

    shown = client.post(reverse("programmes:new-engagement"), typed)
    saved = client.post(reverse("programmes:new-engagement"), {**typed, "overlaps_seen": "on"})

    assert shown.status_code == 422
    assert there.title in shown.content.decode()
    assert saved.status_code == 302, saved.context["form"].errors
    assert Engagement.objects.filter(ref="KEN-TAX-2026").exists()


def test_another_ministrys_engagement_is_no_overlap_for_who_may_not_see_it(signed_in):
    hidden, own = EngagementFactory(status="active"), ProgrammeFactory()
    sector = Sector.objects.get(code="15114")
    hidden.sector_shares.create(sector=sector, pct=100)
    typed = {
        "ref": "KEN-TAX-2026",
        "title": "Tax administration",
        "programme": own.pk,
        "form_of_aid": "hard_ta",
        "modality": "hybrid",
        "planned_from": hidden.planned.lower,
        "country_1": hidden.recipients.first().country_id,
        "sector_1": sector.pk,
    }

    response = signed_in(Role.PROGRAMME_OFFICER, programme=own).post(reverse("programmes:new-engagement"), typed)

    assert hidden.title not in response.content.decode()
    assert response.status_code == 302, response.context["form"].errors


def test_an_engagement_is_a_template_whose_dates_move_and_whose_results_stay_behind(signed_in):
    template = EngagementFactory(title="Audit reform")
    outcome = OutcomeFactory(engagement=template)
    indicator = IndicatorFactory(engagement=template, outcome=outcome, baseline=Decimal(5))
    indicator.targets.create(due=dt.date(2025, 12, 31), value=Decimal(80))
    MilestoneFactory(engagement=template, due=dt.date(2024, 7, 1), done=dt.date(2024, 7, 2))

    response = signed_in(Role.PROGRAMME_OFFICER).post(
        reverse("programmes:copy-engagement", args=[template.ref]),
        {"ref": "NEW-2026", "title": "Audit reform, second time", "planned_from": "2026-01-01"},
    )

    assert response.status_code == 302, response.context["form"].errors
    made = Engagement.objects.get(ref="NEW-2026")
    moved = dt.timedelta(days=731)
    assert (made.status, made.planned.upper) == ("pipeline", dt.date(2026, 1, 1) + moved)
    copied = made.indicators.get()
    assert (copied.outcome.code, copied.baseline) == (outcome.code, None)
    assert copied.targets.get().due == dt.date(2025, 12, 31) + moved
    assert list(made.milestones.values_list("due", "done")) == [(dt.date(2024, 7, 1) + moved, None)]


def test_whoever_keeps_reference_data_adds_institutions_and_organisations(signed_in):
    client = signed_in(Role.ADMINISTRATOR)
    body = {"name": "Ministry of Finance", "code": "KE-MOF", "kind": "ministry_of_finance"}
    body["country"] = CountryFactory(iso2="KE").pk

    added = client.post(reverse("new-institution"), body, follow=True)
    paid = client.post(reverse("new-organisation"), {"name": "Fund", "code": "FND", "kind": "40"}, follow=True)

    assert [added.redirect_chain, paid.redirect_chain] == [[("/institutions/", 302)], [("/donors/", 302)]]
    assert "Ministry of Finance" in Page(added).table("Institutions").rows[1][0]
    assert Organisation.objects.get(code="FND").kind == "40"
    assert reverse("new-institution") in Page(added).links


@pytest.mark.parametrize(
    ("wrong", "place"),
    [({"kind": "private"}, "kind"), ({"country": ""}, "country"), ({"code": "INST-TAKEN"}, "code")],
)
def test_an_institution_that_cannot_be_helped_or_is_there_already_is_refused_at_its_field(signed_in, wrong, place):
    InstitutionFactory(code="INST-TAKEN")
    body = {"name": "A body", "code": "KE-1", "kind": "central_bank", "country": CountryFactory(iso2="KE").pk}

    response = signed_in(Role.ADMINISTRATOR).post(reverse("new-institution"), body | wrong)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [place]
    assert not Institution.objects.filter(name="A body").exists()


def test_an_officer_adds_no_reference_data_and_is_not_shown_how(signed_in):
    client = signed_in(Role.PROGRAMME_OFFICER)

    for name, listed in (("new-institution", "institutions"), ("new-organisation", "donors")):
        assert client.get(reverse(name)).status_code == 403
        assert reverse(name) not in client.get(reverse(listed)).content.decode()


def test_only_a_step_that_can_follow_is_offered(signed_in):
    engagement = EngagementFactory(status="pipeline")

    form = signed_in(Role.PROGRAMME_OFFICER).get(reverse("programmes:status", args=[engagement.ref])).context["form"]

    assert [choice for choice, _word in form.fields["to"].choices] == ["", "appraisal", "cancelled"]
