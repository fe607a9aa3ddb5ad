"""The OpenAPI file: valid, complete, the same as the committed copy, and shown on a page."""

import json

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.validation import validate_schema

from ta_portal.access.permissions import Role
from ta_portal.api.problems import CODES
from ta_portal.api.root import _in_python, openapi
from ta_portal.api_urls import RESOURCES
from tests.conftest import PROJECT
from tests.rest import Rest

READS = "get"


def operations():
    return [
        (method, path, operation)
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_file_is_openapi_3_1():
    assert openapi()["openapi"] == "3.1.1"
    validate_schema(openapi())


def test_every_operation_declares_its_problems_and_conditional_reading():
    for method, path, operation in operations():
        for status in ("400", "401", "403", "404", "500"):
            reference = operation["responses"][status]["$ref"]
            described = openapi()["components"]["responses"][reference.rpartition("/")[2]]
            assert list(described["content"]) == ["application/problem+json"], (method, path)
        if method == READS:
            assert "304" in operation["responses"]
            assert "ETag" in operation["responses"]["200"]["headers"]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is():
    names = [operation["operationId"] for _method, _path, operation in operations()]

    assert len(names) == len(set(names))
    assert all(operation["description"] for _method, _path, operation in operations())


def test_every_answer_is_described_by_its_fields():
    for method, path, operation in operations():
        done = next(status for status in operation["responses"] if status.startswith("2"))
        if done == "204":
            continue
        if path.endswith("/content/") or (method == READS and path.endswith("/file/")):
            assert {media["schema"]["type"] for media in operation["responses"][done]["content"].values()} == {"string"}
            continue
        schema = operation["responses"][done]["content"]["application/json"]["schema"]
        assert "$ref" in schema or path in ("/api/v1/", "/api/v1/schema/"), (method, path)


def test_every_change_of_what_exists_asks_for_its_version():
    for method, path, operation in operations():
        asks = {"$ref": "#/components/parameters/IfMatch"} in operation["parameters"]
        # A job has no version: it goes on by itself while somebody reads it. A message was read, or not.
        has_none = path.startswith(("/api/v1/jobs/", "/api/v1/messages/"))
        is_of_a_version = method != READS and "{" in path and not has_none
        assert asks == is_of_a_version, (method, path)
        assert asks == ({"412", "428"} <= operation["responses"].keys()), (method, path)


def test_every_input_says_what_it_needs_and_takes_nothing_else():
    shapes = openapi()["components"]["schemas"]
    inputs = {name: shape for name, shape in shapes.items() if name.endswith(("Input", "Change"))}

    assert len(inputs) > 20
    for name, shape in inputs.items():
        assert shape["additionalProperties"] is False, name
        assert not set(shape["properties"]) & {"id", "row_version", "updated_at", "created_by"}, name


def test_the_committed_copy_is_the_file():
    """After a change on purpose: `./run manage write_openapi docs/openapi.json`."""
    committed = json.loads((PROJECT / "docs" / "openapi.json").read_text("utf-8"))

    assert committed == json.loads(json.dumps(openapi(), default=str))


@pytest.mark.django_db
def test_the_file_is_open_to_everybody_under_a_tag():
    response = Rest().ask("schema/")

    assert response.json()["info"]["title"] == "TA Portal"
    assert Rest().ask("schema/", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_the_page_shows_every_address_and_what_each_problem_means(signed_in):
    page = signed_in(Role.VIEWER).get("/api/v1/docs/").content.decode()

    assert all(path in page for path in openapi()["paths"])
    assert all(f'id="{code}"' in page for code in CODES)


@pytest.mark.django_db
def test_the_page_is_closed_to_strangers():
    assert Client().get("/api/v1/docs/").status_code == 302


@pytest.mark.django_db
def test_the_page_shows_how_to_ask_in_two_languages_and_how_to_follow(signed_in):
    page = signed_in(Role.VIEWER).get("/api/v1/docs/").content.decode()

    for viewset in RESOURCES:
        path = f"http://testserver/api/v1/{viewset.resource}/"
        assert page.count(path) >= 2, path
    for section in ("lists", "feed", "files", "etags", "limits"):
        assert f'id="{section}"' in page
    assert "Losing access is not deletion" in page
    assert str(settings.API_CALLS_PER_MINUTE["export"]) in page


def test_the_pythons_examples_are_python():
    compile(_in_python("http://testserver/api/v1/milestones/", is_list=True), "list", "exec")
    compile(_in_python("http://testserver/api/v1/milestones/{public_id}/", is_list=False), "one", "exec")


def test_every_list_says_that_it_can_be_followed_taken_as_a_file_and_limited():
    for viewset in RESOURCES:
        operation = openapi()["paths"][f"/api/v1/{viewset.resource}/"]["get"]
        assert {"text/csv", "application/x-ndjson"} <= set(operation["responses"]["200"]["content"])
        named = {one.get("name") for one in operation["parameters"]}
        assert ("updated_since" in named) == ("410" in operation["responses"]) == viewset.has_feed()
        assert {"406", "429"} <= set(operation["responses"])
    for status, header in (("429", "Retry-After"), ("401", "WWW-Authenticate"), ("405", "Allow")):
        assert header in openapi()["components"]["responses"][f"Problem{status}"]["headers"]
