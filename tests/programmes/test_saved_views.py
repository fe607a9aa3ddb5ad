"""The list of engagements as somebody wants it: columns, views under a name, and the same as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programmes.models import Institution
from programmes.views import engagements as list_views
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput
from ta_portal.registry.listings import listing_of
from ta_portal.ui.models import SavedView
from ta_portal.ui.services.saved_views import LONGEST_QUERY, MOST_OF_A_LIST, save_view
from tests.factories import CountryFactory, EngagementFactory, InstitutionFactory, MembershipFactory, days
from tests.programmes.test_views import make_engagements
from tests.web import Page

pytestmark = pytest.mark.django_db
LIST, FILE, NEW = "/engagements/", "/engagements/export.csv", "/account/views/engagements/new/"
STANDARD = ["Engagement", "Country", "Institution", "Time", "Spend", "Results", "Where it stands", "Status"]


@pytest.fixture
def person(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


def head(response) -> list[str]:
    return Page(response).table("Engagements").head


def rows_of_file(response) -> list[list[str]]:
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


class TestColumns:
    def test_are_chosen_in_the_address_and_stand_in_the_lists_own_order(self, client):
        EngagementFactory(planned=days("2024-01-01", "2025-12-31"), programme__title="Reform")

        page = Page(client.get(f"{LIST}?column=status&column=programme&column=ends&column=starts"))

        table = page.table("Engagements")
        assert table.head == ["Engagement", "Programme", "Planned first day", "Planned last day", "Status"]
        assert table.rows[1][1:4] == ["Reform", "1 Jan 2024", "31 Dec 2025"]

    @pytest.mark.parametrize("query", ["", "?column=", "?column=nonsense", "?column=%00&column=<b>"])
    def test_are_the_standard_ones_where_none_is_known(self, client, query):
        EngagementFactory()

        assert head(client.get(LIST + query)) == STANDARD

    def test_travel_along_when_one_filters_sorts_and_pages(self, client):
        make_engagements(30)

        page = Page(client.get(f"{LIST}?column=status&column=area&q=MANY&sort=title"))

        kept = "column=status&column=area"
        assert f"?{kept}&q=MANY&sort=-title" in page.links
        assert f"?{kept}&q=MANY&sort=title&page=2" in page.links
        assert page.html.count('<input type="hidden" name="column" value="area">') == 1
        # The form of the columns hands on the filters.
        assert '<input type="hidden" name="q" value="MANY">' in page.html

    def test_that_ask_for_no_standing_cost_no_query_for_it(self, client):
        make_engagements(5)

        assert queries_of(client, f"{LIST}?column=status") < queries_of(client, LIST)

    @pytest.mark.parametrize("sort", ["programme", "-programme", "starts", "-ends"])
    def test_can_be_sorted_by(self, client, sort):
        for name, first, last in (("A", "2023-01-01", "2026-12-31"), ("B", "2024-01-01", "2025-12-31")):
            EngagementFactory(title=name, programme__title=name, planned=days(first, last))

        rows = Page(client.get(f"{LIST}?sort={sort}&column=starts")).table("Engagements").rows[1:]

        # The scenarios may be there too, for another test of this module.
        ours = [row[0][0] for row in rows if row[0][0] in "AB"]
        assert ours == (["B", "A"] if sort == "-programme" else ["A", "B"])


class TestAView:
    def test_is_saved_from_the_list_with_its_filter_order_and_columns(self, person, client):
        asked = "status=completed&sort=country&column=status&column=area"
        link = next(link for link in Page(client.get(f"{LIST}?{asked}&page=7&token=x")).links if link.startswith(NEW))
        assert link == f"{NEW}?{asked}"

        saved = client.post(link, {"name": "Done"}, follow=True)

        view = SavedView.objects.get()
        assert (view.owner, view.list_name, view.name, view.query) == (person, "engagements", "Done", asked)
        assert saved.redirect_chain == [(f"{LIST}?{asked}", 302)]
        assert "Saved views: Done" in Page(saved).text
        event = AuditEvent.objects.get(verb="saved_view.saved")
        assert (event.by, event.target_id, event.data["query"]) == (person, view.pk, asked)

    def test_is_in_the_menu_of_its_list_as_an_address(self, person, client):
        EngagementFactory()
        view = saved(person, "Mine", "status=active&column=status")

        page = Page(client.get(LIST))

        assert f"{LIST}?status=active&column=status" in page.links
        assert f"/account/views/{view.public_id}/edit/" in page.links

    def test_opens_the_list_where_its_owner_wants_that(self, person, client):
        make_engagements(2)
        saved(person, "Mine", "status=active&column=status", is_default=True)

        assert client.get(LIST).headers["Location"] == f"{LIST}?status=active&column=status"
        # All of it is still to be had, and what is asked for is what is shown.
        assert client.get(f"{LIST}?all=1").status_code == 200
        assert f"{LIST}?all=1" not in client.get(f"{LIST}?status=active").headers
        assert "?all=1" in Page(client.get(f"{LIST}?status=completed")).links

    def test_of_everything_can_be_the_one_that_opens(self, person, client):
        make_engagements(1)
        saved(person, "Everything", "", is_default=True)

        assert client.get(LIST).headers["Location"] == f"{LIST}?all=1"
        assert "Saved views: Everything" in Page(client.get(f"{LIST}?all=1")).text

    def test_takes_the_default_from_another(self, person, client):
        first, second = saved(person, "First", is_default=True), saved(person, "Second", "status=active")

        client.post(f"/account/views/{second.public_id}/edit/", {"name": "Renamed", "is_default": "on"})

        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.is_default, second.is_default, second.name) == (False, True, "Renamed")
        assert AuditEvent.objects.get(verb="saved_view.changed").data == {"name": "Renamed", "is_default": True}

    def test_is_passed_on_as_an_address_that_shows_what_the_other_may_see(self, person, client, member):
        ours, theirs = EngagementFactory(title="Ours"), EngagementFactory(title="Theirs")
        view = saved(person, "Mine", "column=status")
        form = Page(client.get(f"/account/views/{view.public_id}/edit/"))
        assert f'value="http://testserver{LIST}?column=status"' in form.html
        other = Client()
        other.force_login(member(Role.VIEWER, engagement=ours))

        page = Page(other.get(f"{LIST}?column=status"))

        assert page.table("Engagements").head == ["Engagement", "Status"]
        assert (ours.title in page.text, theirs.title in page.text) == (True, False)

    def test_is_removed_after_a_page_that_asks_once_more(self, person, client):
        view = saved(person, "Mine", "status=active")
        address = f"/account/views/{view.public_id}/remove/"

        assert "The view goes from your menu." in Page(client.get(address)).text
        assert SavedView.objects.exists()
        client.post(address)

        assert not SavedView.objects.exists()
        assert AuditEvent.objects.get(verb="saved_view.removed").data["name"] == "Mine"

    def test_is_its_owners_alone(self, person, client, member):
        theirs = saved(member(Role.PROGRAMME_OFFICER), "Theirs", "status=active", is_default=True)
        administrator = Client()
        administrator.force_login(member(Role.ADMINISTRATOR))

        for somebody in (client, administrator):
            assert somebody.get(LIST).status_code == 200
            assert "Theirs" not in Page(somebody.get(LIST)).text
            for act in ("edit", "remove"):
                address = f"/account/views/{theirs.public_id}/{act}/"
                assert somebody.get(address).status_code == 404
                assert somebody.post(address, {"name": "Mine now"}).status_code == 404
        theirs.refresh_from_db()
        assert theirs.name == "Theirs"

    def test_needs_a_name_of_its_own(self, person, client):
        saved(person, "Mine")

        for name in ("Mine", "", "   "):
            answer = client.post(NEW, {"name": name})
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
        assert SavedView.objects.count() == 1

    def test_of_a_list_that_there_is_not_has_no_address(self, client):
        assert client.get("/account/views/nothing/new/").status_code == 404

    def test_leads_nowhere_but_to_its_list(self, person, client):
        listing = listing_of("engagements")

        view = save_view(listing=listing, name="Odd", query="next=//evil.example&q=//evil.example&sort=x", by=person)

        assert view.query == "q=%2F%2Fevil.example&sort=x"
        assert [link for link in Page(client.get(LIST)).links if "evil" in link] == [f"{LIST}?{view.query}"]

    def test_is_refused_where_there_are_too_many_or_it_asks_too_much(self, person):
        listing = listing_of("engagements")
        with pytest.raises(InvalidInput, match="choose less"):
            save_view(listing=listing, name="Long", query="q=" + "a" * LONGEST_QUERY, by=person)
        for number in range(MOST_OF_A_LIST):
            save_view(listing=listing, name=str(number), query="", by=person)

        with pytest.raises(InvalidInput, match="remove one first"):
            save_view(listing=listing, name="One more", query="", by=person)


class TestTheFile:
    def test_holds_what_the_list_shows_on_all_its_pages(self, client):
        make_engagements(60)
        EngagementFactory(title="Other")
        query = "?q=MANY&sort=-title&column=status&column=starts&column=country"

        table = Page(client.get(LIST + query)).table("Engagements")
        rows = rows_of_file(client.get(FILE + query))

        assert rows[0] == ["Reference", *table.head]
        assert len(rows) == 61
        assert [row[4] for row in rows[1:26]] == [row[-1] for row in table.rows[1:]]
        assert [row[0] for row in rows[1:26]] == [row[0].split()[-1] for row in table.rows[1:]]

    def test_says_numbers_and_days_as_they_are_in_every_language(self, scenarios, member):
        person = member(Role.VIEWER)
        person.language = "ar"
        person.save()
        client = Client()
        client.force_login(person)

        rows = rows_of_file(client.get(f"{FILE}?q=financia&column=starts&column=ends&column=spend&column=status"))

        assert rows[0][0] == "المرجع"
        assert rows[1][2:] == ["2024-01-01", "2025-12-31", "101", "مكتملة"]

    def test_runs_nothing_in_a_sheet(self, client):
        EngagementFactory(
            ref="F-1",
            title="=HYPERLINK(1)",
            institution=InstitutionFactory(name="@SUM(A1)"),
            programme__title="-2+3",
        )

        rows = rows_of_file(client.get(f"{FILE}?column=institution&column=programme"))

        assert rows[1] == ["F-1", "'=HYPERLINK(1)", "'@SUM(A1)", "'-2+3"]

    def test_is_for_those_who_may_take_something_away(self, member):
        engagement = EngagementFactory()
        liaison = Client()
        liaison.force_login(member(Role.LIAISON, institution=engagement.institution))

        answer = liaison.get(FILE)

        assert answer.status_code == 403
        assert "Viewer" in Page(answer).text
        assert not [link for link in Page(liaison.get(LIST)).links if link.startswith(FILE)]

    def test_leaves_out_what_may_be_seen_and_not_taken_away_and_the_page_says_so(self, member):
        seen = EngagementFactory(ref="SEEN", institution=InstitutionFactory(country=CountryFactory(iso2="KE")))
        taken = EngagementFactory(ref="TAKEN")
        person = member(Role.VIEWER, engagement=taken)
        MembershipFactory(user=person, role=Role.LIAISON.value, scope_kind="institution", institution=seen.institution)
        client = Client()
        client.force_login(person)

        page, rows = Page(client.get(LIST)), rows_of_file(client.get(FILE))

        assert len(page.table("Engagements").rows) == 3
        assert [row[0] for row in rows[1:]] == ["TAKEN"]
        assert "The file leaves out" in page.text
        assert "The file leaves out" not in Page(client.get(f"{LIST}?q=TAKEN")).text

    def test_costs_the_same_queries_a_batch_however_many_rows_it_has(self, client, monkeypatch):
        make_engagements(5)
        one_batch = queries_of(client, FILE)
        # The last batch is not full: a row more or less makes none more.
        make_engagements(385, first=5)

        assert queries_of(client, FILE) == one_batch
        monkeypatch.setattr(list_views, "ROWS_AT_A_TIME", 200)
        two_batches = queries_of(client, FILE)
        monkeypatch.setattr(list_views, "ROWS_AT_A_TIME", 100)
        assert queries_of(client, FILE) - two_batches == 2 * (two_batches - one_batch)
        assert two_batches > one_batch

    def test_is_not_kept_by_a_cache(self, client):
        assert "no-store" in client.get(FILE).headers["Cache-Control"]


@pytest.mark.parametrize("query", ["?all=1", "?column=programme&column=area&column=status&column=time"])
def test_the_list_costs_the_same_queries_for_5_rows_as_for_500(member, query):
    institution = Institution.objects.first() or InstitutionFactory()
    client = Client()
    person = member(Role.VIEWER, country=institution.country)
    client.force_login(person)
    saved(person, "One")
    make_engagements(5)
    few = queries_of(client, LIST + query)
    make_engagements(495, first=5)
    for number in range(20):
        saved(person, str(number))

    assert queries_of(client, LIST + query) == few


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
        assert response.status_code == 200
        b"".join(response)
    return len(asked)


def saved(owner, name, query="", **given) -> SavedView:
    return SavedView.objects.create(owner=owner, list_name="engagements", name=name, query=query, **given)
