"""Notes for the donor's eyes: who may reads, writes and removes them; for everybody else there is none."""

import csv
import io

import pytest

from programmes.models import Engagement, RestrictedNote, Risk, SideRating
from programmes.services.notes import add_note, change_note, remove_note
from programmes.services.risks import remove_risk
from ta_portal.access.permissions import ROLE_PERMISSIONS, Permission, Role
from ta_portal.changes.models import Tombstone
from ta_portal.errors import InvalidInput, NotFound, NotPermitted
from tests import factories as f
from tests.rest import Rest
from tests.web import Page

pytestmark = pytest.mark.django_db
SECRET = "The deputy will not stay after the elections."
PAGE = "/engagements/NOTED-1/"
READERS = [role for role in Role if Permission.NOTE_VIEW in ROLE_PERMISSIONS[role]]
OTHERS = [role for role in Role if role not in READERS]


@pytest.fixture
def engagement():
    return f.EngagementFactory(ref="NOTED-1")


@pytest.fixture
def risk(engagement):
    return f.RiskFactory(engagement=engagement, code="R1", title="Elections")


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def note(engagement, risk, officer):
    return add_note(engagement_id=engagement.pk, text=SECRET, language="en", risk=risk, by=officer)


@pytest.fixture
def browse(client):
    def make(user):
        client.force_login(user)
        return client

    return make


def body_of(response):
    return b"".join(response).decode()


@pytest.mark.parametrize("role", READERS)
def test_who_may_reads_it_on_pages_with_who_else_does(note, role, member, browse):
    client = browse(member(role))

    for page in (PAGE, f"{PAGE}risks/"):
        said = Page(client.get(page)).text
        assert SECRET in said
        assert "R1 Elections" in said
        assert "Only these roles see it: Administrator, Programme officer, Evaluator, Auditor." in said
    assert SECRET not in Page(client.get(f"{PAGE}ratings/")).text


@pytest.mark.parametrize("role", OTHERS)
def test_for_others_no_page_says_that_there_is_one(note, role, member, browse):
    client = browse(member(role))

    for page in ("", "risks/", "ratings/", "activity/"):
        said = client.get(PAGE + page).content.decode()
        assert SECRET not in said
        assert "donor’s eyes" not in said
    for act in ("edit", "remove"):
        at_it, at_none = (client.get(f"{PAGE}notes/{key}/{act}/") for key in (note.public_id, "none"))
        assert at_it.status_code == at_none.status_code == 403


@pytest.mark.parametrize("role", OTHERS)
def test_for_others_there_is_none_over_rest(note, role, member):
    reader = member(role)
    for rest in (Rest(reader), Rest(reader, ["read", "restricted-notes:update"])):
        assert rest.ask("restricted-notes/").status_code == 403
        assert rest.ask(f"restricted-notes/{note.public_id}/").status_code == 404
        assert rest.ask("restricted-notes/", engagement="NOTED-1").status_code == 403
        for form in ("text/csv", "application/x-ndjson"):
            assert rest.ask("restricted-notes/", {"Accept": form}).status_code == 403
        assert rest.patch(f"restricted-notes/{note.public_id}/", {"text": "x"}, etag='"1"').status_code == 404


def test_a_token_reads_notes_where_its_scopes_say_so(note, officer):
    assert len(Rest(officer, ["read"]).get("restricted-notes/")["results"]) == 1
    assert len(Rest(officer, ["restricted-notes:read"]).get("restricted-notes/")["results"]) == 1
    assert Rest(officer, ["risks:read"]).ask("restricted-notes/").status_code == 403
    assert SECRET in body_of(Rest(officer).ask("restricted-notes/", {"Accept": "text/csv"}))


def test_an_officer_of_one_donor_reads_the_notes_of_that_donors_engagements(note, engagement, member):
    paid = f.FundingAgreementFactory(engagement=engagement, code="A")
    ours = Rest(member(Role.PROGRAMME_OFFICER, organisation=paid.contributor))
    theirs = Rest(member(Role.PROGRAMME_OFFICER, organisation=f.OrganisationFactory()))

    assert [row["id"] for row in ours.get("restricted-notes/")["results"]] == [str(note.public_id)]
    assert theirs.get("restricted-notes/")["results"] == []
    assert theirs.ask(f"restricted-notes/{note.public_id}/").status_code == 404


def test_one_role_on_one_engagement_gives_no_look_at_another_where_its_holder_only_reads(note, member):
    """An evaluator elsewhere and a viewer here: a permission counts where it is held."""
    reader = member(Role.VIEWER)
    f.MembershipFactory(user=reader, role="evaluator", scope_kind="engagement", engagement=f.EngagementFactory())

    assert Rest(reader).get("restricted-notes/")["results"] == []
    assert Rest(reader).ask(f"restricted-notes/{note.public_id}/").status_code == 404
    assert Rest(reader).ask("restricted-notes/", engagement="NOTED-1").status_code == 403


def test_nothing_else_changes_with_a_note(engagement, risk, officer):
    def versions():
        models = (Engagement, Risk, SideRating)
        return [list(model.objects.order_by("pk").values_list("pk", "row_version", "change_xid")) for model in models]

    rating = f.SideRatingFactory(engagement=engagement, shown_at=risk.created_at)
    before = versions()

    for about in ({}, {"risk": risk}, {"rating": rating}):
        row = add_note(engagement_id=engagement.pk, text=SECRET, by=officer, **about)
        change_note(note_id=row.pk, text="Other words.", by=officer)
        remove_note(note_id=row.pk, reason="Not needed", by=officer)

    assert versions() == before


def test_what_is_taken_away_is_told_in_the_feed_to_who_could_read_it(note, officer, member):
    remove_note(note_id=note.pk, reason="It was gossip.", by=officer)

    assert Tombstone.objects.get(kind="restricted_note").public_id == note.public_id
    assert Rest(member(Role.FINANCE_OFFICER)).ask("restricted-notes/").status_code == 403


def test_a_risk_with_a_note_goes_as_if_it_had_none_and_the_note_stays(note, risk, officer):
    remove_risk(risk_id=risk.pk, reason="Never one", by=officer)

    note.refresh_from_db()
    assert (note.risk, note.text) == (None, SECRET)


class TestHistory:
    def told(self, client):
        pages = [client.get(one).content.decode() for one in ("/history/", f"{PAGE}activity/")]
        return [*pages, body_of(client.get("/history/export.csv"))]

    def test_who_may_read_notes_finds_every_act_on_them(self, note, officer, member, browse):
        change_note(note_id=note.pk, text="The deputy has left.", by=officer)
        remove_note(note_id=note.pk, reason="It was gossip.", by=officer)

        for said in self.told(browse(member(Role.AUDITOR))):
            for act in ("added", "changed", "removed"):
                assert f"Note for the donor’s eyes {act}" in said
            assert "It was gossip." in said
            assert "The deputy has left." in said

    def test_an_auditor_without_the_permission_finds_no_act_and_nobody_who_did_only_that(
        self, note, officer, member, browse, monkeypatch
    ):
        auditing = ROLE_PERMISSIONS[Role.AUDITOR] - {Permission.NOTE_VIEW}
        monkeypatch.setitem(ROLE_PERMISSIONS, Role.AUDITOR, auditing)
        change_note(note_id=note.pk, text="The deputy has left.", by=officer)
        client = browse(member(Role.AUDITOR))

        for said in self.told(client):
            assert "eyes added" not in said
            assert "eyes changed" not in said
            assert SECRET not in said
            assert str(officer) not in said
        lines = csv.DictReader(io.StringIO(body_of(client.get("/history/export.csv?kind=restricted_note"))))
        assert list(lines) == []


class TestWriting:
    def test_a_note_is_written_changed_and_taken_away_on_pages(self, engagement, risk, officer, browse):
        client = browse(officer)
        form = client.get(f"{PAGE}notes/new/").content.decode()
        assert "R1 Elections" in form

        sent = client.post(f"{PAGE}notes/new/", {"about": f"risk-{risk.pk}", "text": SECRET, "language": "en"})
        assert (sent.status_code, sent["Location"]) == (302, PAGE)
        note = RestrictedNote.objects.get()
        assert (note.risk, note.created_by, note.language) == (risk, officer, "en")
        one = f"{PAGE}notes/{note.public_id}/"
        assert client.post(f"{one}edit/", {"text": "Other words.", "row_version": "1"}).status_code == 302
        assert client.post(f"{one}edit/", {"text": "Mine.", "row_version": "1"}).status_code == 409
        assert client.post(f"{one}remove/", {"reason": "", "row_version": "2"}).status_code == 422
        assert RestrictedNote.objects.get().text == "Other words."
        assert client.post(f"{one}remove/", {"reason": "Gossip", "row_version": "2"}).status_code == 302
        assert not RestrictedNote.objects.exists()

    def test_an_empty_note_is_refused_at_its_field(self, engagement, officer, browse):
        response = browse(officer).post(f"{PAGE}notes/new/", {"text": ""})

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["text"]

    @pytest.mark.parametrize("role", [role for role in READERS if Permission.NOTE_WRITE not in ROLE_PERMISSIONS[role]])
    def test_who_only_reads_neither_writes_nor_changes(self, note, role, engagement, member):
        reader = member(role)
        with pytest.raises(NotPermitted):
            add_note(engagement_id=engagement.pk, text="x", by=reader)
        with pytest.raises(NotPermitted):
            change_note(note_id=note.pk, text="x", by=reader)
        with pytest.raises(NotPermitted):
            remove_note(note_id=note.pk, reason="x", by=reader)

    @pytest.mark.parametrize("role", OTHERS)
    def test_for_others_there_is_nothing_to_change(self, note, role, member):
        with pytest.raises(NotFound):
            change_note(note_id=note.pk, text="x", by=member(role))
        with pytest.raises(NotFound):
            remove_note(note_id=note.pk, reason="x", by=member(role))

    def test_what_a_note_is_about_is_of_the_engagement_and_one_thing(self, engagement, risk, officer):
        elsewhere, blind = f.RiskFactory(), f.SideRatingFactory(engagement=engagement)
        shown = f.SideRatingFactory(engagement=engagement, side="adviser", shown_at=risk.created_at)

        for about, place in (
            ({"risk": elsewhere}, "risk"),
            ({"rating": blind}, "rating"),
            ({"risk": risk, "rating": shown}, "rating"),
            ({"language": "xx"}, "language"),
            ({"text": " "}, "text"),
        ):
            with pytest.raises(InvalidInput) as refusal:
                add_note(**{"engagement_id": engagement.pk, "text": SECRET, "by": officer, **about})
            assert [fault.place for fault in refusal.value.faults] == [place]

    def test_over_rest_a_note_on_a_rating_of_one_side_is_refused_like_one_on_none(self, engagement, officer):
        blind = f.SideRatingFactory(engagement=engagement)
        rest = Rest(officer)

        for rating in (str(blind.public_id), "00000000-0000-4000-8000-000000000009"):
            answer = rest.post("restricted-notes/", {"engagement": "NOTED-1", "rating": rating, "text": SECRET})
            assert answer.status_code == 400
            assert [error["field"] for error in answer.json()["errors"]] == ["rating"]
