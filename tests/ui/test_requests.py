"""Whole pages and parts, request ids, broken rules and what htmx is told."""

import logging
import re
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from ta_portal.audit.request_id import RequestIdFilter, current_request_id
from ta_portal.wsgi import application

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/engagements/?status=active"}


def test_a_reader_gets_the_page_and_htmx_the_part(client):
    whole, part = client.get("/part/"), client.get("/part/", headers=HTMX)

    assert b"<main" in whole.content
    assert b"<main" not in part.content
    assert b"The part." in part.content
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_and_a_step_back_get_the_whole_page(client, header):
    assert b"<main" in client.get("/part/", headers={**HTMX, header: "true"}).content


def test_a_usable_request_id_is_kept_and_sent_back(client):
    response = client.get("/part/", headers={"X-Request-ID": "4f1c-0001"})

    assert response["X-Request-ID"] == "4f1c-0001"
    assert current_request_id() == "4f1c-0001"


def test_a_log_line_carries_the_id_that_the_error_page_shows(failing_client):
    reference = failing_client.get("/broken/code/")["X-Request-ID"]
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "It failed.", None, None)

    RequestIdFilter().filter(record)

    assert record.request_id == reference


@pytest.mark.parametrize("given", ["", "short", "two\nlines-and-more", "x" * 65, "<script>alert</script>"])
def test_any_other_request_id_is_replaced(client, given):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/part/", headers={"X-Request-ID": given})["X-Request-ID"])


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/broken/forbidden/", 403, "Only a finance officer approves a budget."),
        ("/broken/missing/", 404, "There is no engagement FIN-1."),
        ("/broken/stale/", 409, "Somebody else changed it."),
        ("/broken/rule/", 409, "The budget is locked."),
        ("/broken/input/", 422, "A number is needed."),
        ("/broken/request/", 400, "Nothing was changed."),
        ("/broken/django/", 403, "No."),
        ("/nowhere/", 404, "nothing that you may see"),
    ],
)
def test_what_goes_wrong_is_a_page_that_says_so(failing_client, address, status, sentence):
    response = failing_client.get(address)

    assert response.status_code == status
    assert sentence in response.content.decode()
    assert response.content.count(b"<h1>") == 1


def test_each_fault_of_the_input_names_its_place(failing_client):
    page = failing_client.get("/broken/input/").content.decode()

    assert "<strong><bdi>indicators[2].baseline</bdi></strong>: A number is needed." in page
    assert "<li>No rate.</li>" in page


def test_htmx_gets_only_the_message_of_what_went_wrong(failing_client):
    for address in ("/broken/rule/", "/broken/code/", "/nowhere/"):
        response = failing_client.get(address, headers=HTMX)

        assert b'role="alert"' in response.content
        assert b"<html" not in response.content


def test_a_broken_rule_under_the_api_is_left_to_the_api(failing_client):
    response = failing_client.get("/api/broken/")

    assert response["Content-Type"] == "application/problem+json"
    assert b"<html" not in response.content


def test_a_bug_shows_a_reference_and_nothing_of_itself_without_asking_the_database(failing_client):
    response = failing_client.get("/broken/code/")  # a test without the `db` fixture may not query

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()
    assert b"secret" not in response.content


def test_htmx_is_sent_to_sign_in_and_back_to_the_page_that_it_was_on(client):
    response = client.get("/closed/", headers=HTMX)

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/engagements/%3Fstatus%3Dactive"


def test_a_browser_is_redirected_to_sign_in_as_ever(client):
    assert client.get("/closed/").headers["Location"] == "/accounts/login/?next=/closed/"


def test_a_form_that_cannot_be_trusted_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "ar"})

    assert response.status_code == 403
    assert b"reload the page" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/help/", "/accounts/login/", "/healthz", "/api/v1/schema/"])
def test_the_portal_itself_leaves_the_body_of_head_out_and_tells_its_length(path, settings):
    """Asked below Django's own client and any server, which would take a body away."""
    settings.ROOT_URLCONF = "ta_portal.urls"
    status, length, body = _asked_below_any_server("GET", path)

    assert (status, len(body)) == ("200 OK", int(length))
    assert _asked_below_any_server("HEAD", path) == (status, length, b"")


def _asked_below_any_server(method, path):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    told = []
    answer = application(environ, lambda *of_it: told.extend(of_it))
    status, headers = told[:2]
    return status, dict(headers).get("Content-Length"), b"".join(answer)


@pytest.mark.django_db
def test_a_refused_method_is_told_that_head_is_answered(settings):
    settings.ROOT_URLCONF = "ta_portal.urls"
    assert set(Client().post("/help/").headers["Allow"].split(", ")) == {"GET", "HEAD"}
