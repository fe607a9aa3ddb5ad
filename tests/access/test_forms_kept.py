"""What was typed when a sign-in had ended: kept for its author, shown to nobody else, and saved by nobody but them."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.audit.models import AuditEvent
from ta_portal.ui.keeping import ticket_for
from ta_portal.ui.models import KeptForm
from ta_portal.ui.services.kept_forms import LARGEST, MOST_OF_ONE_PERSON, keep_form, kept_form
from tests.access.addresses import addresses, concrete
from tests.access.bodies import BODIES
from tests.factories import EngagementFactory, MembershipFactory, RiskFactory
from tests.web import Page

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
RISK = {"code": "R9", "kind": "ownership", "title": "The “law” is <late> & unsure", "likelihood": "3", "impact": "4"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/portfolio/"}
AGAIN = "It stands here again"
# Every form that goes through the kit and that somebody of the world may open.
SLICES = "/engagements/<str:ref>/progress/<str:code>/evidence/"
ELSEWHERE = (
    "/api/",
    "/accounts/",
    "/language/",
    "/account/density/",
    "/reports/",
    "/engagements/new-programme/",
    SLICES,
)
FORMS = {
    address.route: address
    for address in addresses()
    if ("POST", address.route) in BODIES and not address.route.startswith(ELSEWHERE)
}


def ticket_in(response) -> str:
    found = re.search(r'name="form_ticket" value="([^"]+)"', response.content.decode())
    assert found, "the form has no ticket"
    return unescape(found[1])


def officer_of(engagement) -> User:
    user = User.objects.create_user(f"{engagement.ref.lower()}@ministry.example", PASSWORD)
    MembershipFactory(user=user, role=Role.PROGRAMME_OFFICER.value, scope_kind="engagement", engagement=engagement)
    return user


def signed_in(user, **given) -> Client:
    client = Client(**given)
    client.force_login(user)
    return client


def sign_in(client, user, answer):
    """As the sign-in page has it: with the address that it was asked to return to."""
    address = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    client.get(address)
    return client.post(address, {"login": user.email, "password": PASSWORD})


@pytest.fixture
def engagement():
    return EngagementFactory(ref="KEPT-1")


@pytest.fixture
def officer(engagement):
    return officer_of(engagement)


@pytest.fixture
def address(engagement):
    return f"/engagements/{engagement.ref}/risks/new/"


@pytest.fixture
def typed(officer, address):
    """What a browser sends from a form that was opened while its reader was signed in."""
    return {**RISK, "form_ticket": ticket_in(signed_in(officer).get(address))}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_it_comes_back_after_signing_in_and_is_saved_when_it_is_sent_again(
    engagement, officer, address, typed, headers
):
    client = Client()

    answer = client.post(address, typed, headers=headers)

    assert (answer.headers.get("HX-Redirect") or answer.headers["Location"]) == f"/accounts/login/?next={address}"
    assert "sign in as the same person" in Page(client.get(answer.headers.get("HX-Redirect") or answer.url)).text
    back = sign_in(client, officer, answer)
    assert back.headers["Location"] == address
    form = client.get(address)
    assert AGAIN in Page(form).text
    assert form.context["form"]["title"].value() == RISK["title"]
    assert not Page(form).html.count("has-err")
    assert not engagement.risks.exists()

    saved = client.post(address, {**RISK, "form_ticket": ticket_in(form)})

    assert saved.status_code == 302
    assert engagement.risks.get().title == RISK["title"]
    assert AGAIN not in Page(client.get(address)).text
    assert not KeptForm.objects.exists()


def test_it_is_there_in_another_browser_of_the_same_person(officer, address, typed):
    Client().post(address, typed)

    assert AGAIN in Page(signed_in(officer).get(address)).text


def test_nobody_else_gets_it_who_may_fill_in_the_same_form(engagement, officer, address, typed, member):
    Client().post(address, typed)

    for other in (member(Role.ADMINISTRATOR), member(Role.PROGRAMME_OFFICER, engagement=engagement)):
        page = Page(signed_in(other).get(address))
        assert (page.status, AGAIN in page.text, "unsure" in page.html) == (200, False, False)
    assert AGAIN in Page(signed_in(officer).get(address)).text


def test_somebody_else_who_signs_in_next_gets_nothing_and_it_stays_for_its_author(officer, address, typed):
    somebody = officer_of(EngagementFactory(ref="OTHER-1"))
    client = Client()
    answer = client.post(address, typed)

    sign_in(client, somebody, answer)

    assert client.get(address).status_code == 404
    assert AGAIN in Page(signed_in(officer).get(address)).text


def test_a_form_of_an_earlier_sign_in_comes_back_with_a_token_that_holds(engagement, officer, address, typed):
    """Signed in again in another tab: the browser has a new token against forged forms, the old page has not."""
    client = signed_in(officer, enforce_csrf_checks=True)

    answer = client.post(address, {**typed, "csrfmiddlewaretoken": "a" * 64})

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    form = client.get(address)
    assert AGAIN in Page(form).text
    assert not engagement.risks.exists()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', form.content.decode())[1]
    client.post(address, {**RISK, "form_ticket": ticket_in(form), "csrfmiddlewaretoken": token})
    assert engagement.risks.get().title == RISK["title"]


def test_htmx_is_led_to_that_form_and_does_not_swap_it_into_its_page(officer, address, typed):
    client = signed_in(officer, enforce_csrf_checks=True)

    answer = client.post(address, {**typed, "csrfmiddlewaretoken": "a" * 64}, headers=HTMX)

    assert answer.headers["HX-Redirect"] == address


def test_a_form_whose_author_is_not_who_is_signed_in_now_is_kept_for_its_author(officer, address, typed, member):
    client = signed_in(member(Role.ADMINISTRATOR), enforce_csrf_checks=True)

    answer = client.post(address, typed)

    assert answer.status_code == 403
    assert AGAIN not in Page(client.get(address)).text
    assert AGAIN in Page(signed_in(officer).get(address)).text


def test_another_site_can_leave_nothing(officer, address, typed):
    ours = {name: value for name, value in typed.items() if name != "form_ticket"}
    forged = [
        ours,
        {**ours, "form_ticket": ""},
        {**ours, "form_ticket": typed["form_ticket"][:-1] + ("a" if typed["form_ticket"][-1] != "a" else "b")},
    ]
    for body in forged:
        for client in (Client(), signed_in(officer, enforce_csrf_checks=True)):
            client.post(address, body, headers={"Origin": "https://evil.example"})

    assert not KeptForm.objects.exists()


def test_what_another_site_sends_is_refused_even_with_a_ticket(officer, address, typed):
    client = signed_in(officer, enforce_csrf_checks=True)

    answer = client.post(address, typed, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert not KeptForm.objects.exists()


def test_a_ticket_is_good_for_the_form_that_it_was_given_for(engagement, officer, address, typed):
    for elsewhere in (f"/engagements/{engagement.ref}/outcomes/new/", f"{address}?next=//evil.example", "/reports/"):
        Client().post(elsewhere, typed)

    assert not KeptForm.objects.exists()


def test_it_is_over_after_some_hours_and_a_ticket_after_some_weeks(officer, address, typed):
    Client().post(address, typed)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=4, minutes=1)):
        assert AGAIN not in Page(signed_in(officer).get(address)).text

    KeptForm.objects.all().delete()
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        Client().post(address, typed)
    assert not KeptForm.objects.exists()


def test_what_is_over_goes_when_the_next_is_kept(officer, address, typed):
    keep_form(owner_id=officer.pk, address="/over/", text="a=1")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=5)):
        Client().post(address, typed)

    assert list(KeptForm.objects.values_list("address", flat=True)) == [address]


def test_of_one_person_only_so_much_is_kept(officer, address):
    for number in range(MOST_OF_ONE_PERSON + 3):
        assert keep_form(owner_id=officer.pk, address=f"/{number}/", text="a=1")

    kept = set(KeptForm.objects.values_list("address", flat=True))
    assert kept == {f"/{number}/" for number in range(3, MOST_OF_ONE_PERSON + 3)}
    assert not keep_form(owner_id=officer.pk, address=address, text="a" * (LARGEST + 1))


def test_the_database_alone_does_not_tell_what_was_typed(officer, address, typed, settings):
    Client().post(address, typed)

    with connection.cursor() as cursor:
        cursor.execute("SELECT typed FROM kept_form")
        assert b"unsure" not in bytes(cursor.fetchone()[0])
    settings.SECRET_KEY = "another one"
    assert kept_form(owner_id=officer.pk, address=address) is None


def test_secrets_are_not_kept(officer, address, rf):
    class SecretForm(forms.Form):
        title = forms.CharField()
        word = forms.CharField(widget=forms.PasswordInput)

    request = rf.get(address)
    request.user = officer
    Client().post(address, {"title": "Kept", "word": "hunter2", "form_ticket": ticket_for(request, SecretForm())})

    assert kept_form(owner_id=officer.pk, address=address).text == "title=Kept"


def test_its_author_can_do_without_it(officer, address, typed):
    Client().post(address, typed)
    client = signed_in(officer)

    assert client.post(address, {"forget_typed": "1"}).headers["Location"] == address

    page = Page(client.get(address))
    assert AGAIN not in page.text
    assert "unsure" not in page.html


def test_whoever_saved_meanwhile_is_not_overwritten_by_it(engagement, officer, member):
    risk = RiskFactory(engagement=engagement, title="As it stood")
    address = f"/engagements/{engagement.ref}/risks/{risk.code}/edit/"
    opened = signed_in(officer).get(address)
    body = typed_into(opened.context["form"])
    mine = {**body, "title": "Mine", "form_ticket": ticket_in(opened)}
    colleague = signed_in(member(Role.PROGRAMME_OFFICER, engagement=engagement))
    assert colleague.post(address, {**body, "title": "Theirs"}).status_code == 302
    Client().post(address, mine)
    client = signed_in(officer)

    back = client.get(address)
    conflict = client.post(address, {**typed_into(back.context["form"]), "form_ticket": ticket_in(back)})

    assert (back.context["form"]["title"].value(), conflict.status_code) == ("Mine", 409)
    risk.refresh_from_db()
    assert risk.title == "Theirs"


def test_the_answer_to_a_conflict_is_kept_with_what_was_chosen(engagement, officer):
    risk = RiskFactory(engagement=engagement, title="As it stands", likelihood=2)
    address = f"/engagements/{engagement.ref}/risks/{risk.code}/edit/"
    opened = signed_in(officer).get(address)
    chosen = {"title": "Mine", "likelihood": "5", "keep_title": "mine", "keep_likelihood": "theirs"}

    Client().post(address, {**typed_into(opened.context["form"]), **chosen, "form_ticket": ticket_in(opened)})

    form = signed_in(officer).get(address).context["form"]
    assert (form["title"].value(), str(form["likelihood"].value())) == ("Mine", "2")


def test_opening_a_form_costs_one_query_for_it_whatever_is_kept(officer, address, typed):
    def queries() -> int:
        client = signed_in(officer)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert sum("kept_form" in query["sql"] for query in asked) == 1
        return len(asked)

    before = queries()
    Client().post(address, typed)

    assert queries() == before


@pytest.mark.parametrize("route", FORMS)
def test_every_form_of_the_kit_comes_back_as_it_was_typed(route, world):
    """No view does anything for it: whatever goes through the kit is kept."""
    path = concrete(FORMS[route], world)
    author = signed_in(world.people[_author(route)])
    typed, acts = BODIES["POST", route](world), AuditEvent.objects.count()

    Client().post(path, {**typed, "form_ticket": ticket_in(author.get(path))})

    shown = author.get(path)
    assert AGAIN in Page(shown).text
    assert {name: shown.context["form"].data.get(name) for name in typed} == {
        name: str(value) for name, value in typed.items()
    }
    assert AuditEvent.objects.count() == acts


def _author(route: str) -> str:
    """Who may fill it in: of what one side rates blind nobody but that side."""
    sides = {"/account/": "officer", "-by-ministry/<str:key>": "liaison", "-by-adviser/<str:key>": "expert"}
    return next((who for part, who in sides.items() if part in route), "administrator")


def typed_into(form) -> dict[str, str]:
    """A form as its page shows it, as a browser sends it."""
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
