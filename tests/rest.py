"""A REST client for tests that holds every answer against the OpenAPI file, so that no test passes on a false file."""

import json
import re
from functools import cache
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import resolve
from jsonschema import Draft202012Validator

from ta_portal.api.root import openapi
from ta_portal.api.services.tokens import create_token

V1 = "/api/v1/"


@cache
def _validator(reference):
    return Draft202012Validator({"$ref": reference, "components": json.loads(json.dumps(openapi()["components"]))})


def _template(path):
    """`/api/v1/engagements/ENG-1/` as the OpenAPI file writes it: `/api/v1/engagements/{ref}/`."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", resolve(path).route)


def hold_against_openapi(method, path, response):
    operation = openapi()["paths"].get(_template(path), {}).get(method)
    if operation is None:
        assert response.status_code in (404, 405), f"{method} {path} is not in the OpenAPI file"
        return
    described = operation["responses"].get(str(response.status_code))
    assert described is not None, f"{response.status_code} of {method} {path} is not in the OpenAPI file"
    if "$ref" in described:
        described = openapi()["components"]["responses"][described["$ref"].rpartition("/")[2]]
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code in (204, 304):
        assert response.content == b""
        return
    schema = described["content"][media_type]["schema"]
    if response.streaming:
        assert schema["type"] == "string"
        return
    if "$ref" in schema:
        _hold_rows_complete(schema["$ref"], response)
        errors = [
            f"{error.json_path}: {error.message}" for error in _validator(schema["$ref"]).iter_errors(response.json())
        ]
        assert errors == []


def _hold_rows_complete(reference, response):
    """Rows have every field that the file lists, unless fewer were asked for, and never another."""
    name, body = reference.rpartition("/")[2], response.json()
    rows = body["results"] if name.endswith("RowPage") else [body] if name.endswith("Row") else []
    listed = set(openapi()["components"]["schemas"].get(name.removesuffix("Page"), {}).get("properties", {}))
    gone = set(openapi()["components"]["schemas"]["Gone"]["properties"])
    for row in rows:
        if row.get("deleted") is True:
            assert set(row) <= gone
        elif "fields" in response.wsgi_request.GET:
            assert set(row) <= listed
        else:
            assert set(row) == listed


def as_sent(body):
    """A body as the client sends it: JSON, or a form where there is a file, a pair of its name and what is in it."""
    if not isinstance(body, dict) or "file" not in body:
        return {"data": b"" if body is None else json.dumps(body), "content_type": "application/json"}
    return {"data": {**body, "file": SimpleUploadedFile(*body["file"])}, "content_type": MULTIPART_CONTENT}


class Rest:
    """Asks as somebody: by session, by a token (`scopes`), or as a stranger."""

    def __init__(self, user=None, scopes=None):
        self.client, self.headers = Client(raise_request_exception=False), {}
        if user is not None and scopes is None:
            self.client.force_login(user)
        if scopes is not None:
            self.token = create_token(user=user, scopes=scopes, days=1, by=None)
            self.headers = {"Authorization": f"Bearer {self.token.text}"}

    def ask(self, path, headers=None, **parameters):
        path = path if path.startswith("/") else V1 + path
        response = self.client.get(path, parameters, headers={**self.headers, **(headers or {})})
        hold_against_openapi("get", path, response)
        return response

    def get(self, path, **parameters):
        """The JSON of an answer that has to be 200."""
        response = self.ask(path, **parameters)
        assert response.status_code == 200, response.content
        return response.json()

    def codes(self, path, field="code", **parameters):
        return [row[field] for row in self.get(path, **parameters)["results"]]

    def send(self, method, path, body=None, headers=None, etag=None, **parameters):
        """A request that acts: `etag` goes into If-Match, `parameters` into the address."""
        path = path if path.startswith("/") else V1 + path
        sent = {**self.headers, **(headers or {}), **({} if etag is None else {"If-Match": etag})}
        where = f"{path}?{urlencode(parameters)}" if parameters else path
        response = getattr(self.client, method)(where, headers=sent, **as_sent(body))
        hold_against_openapi(method, path, response)
        return response

    def post(self, path, body=None, headers=None, etag=None):
        return self.send("post", path, body, headers, etag)

    def patch(self, path, body, headers=None, etag=None):
        return self.send("patch", path, body, headers, etag)

    def delete(self, path, headers=None, etag=None, **parameters):
        return self.send("delete", path, None, headers, etag, **parameters)

    def etag(self, path):
        return self.ask(path).headers["ETag"]


def fields_at_fault(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return [fault["field"] for fault in response.json()["errors"]]
