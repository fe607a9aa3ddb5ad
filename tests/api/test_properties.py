"""Requests that nobody thought of, made from the OpenAPI file: no answer is a 5xx, none is off the file.

Each operation is asked by people of several roles, with what the file allows and with what it does not, about rows that
are there and rows that are not. It runs in process against the WSGI application, and every request is undone. Set
PORTAL_PROPERTY_EXAMPLES for more of them, and new ones each time.
"""

import json
import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ta_portal.access.permissions import Role
from ta_portal.api.root import openapi
from ta_portal.api.services.tokens import create_token
from ta_portal.api_urls import RESOURCES
from ta_portal.wsgi import application
from tests import factories as f
from tests.api.everything import ROWS

EXAMPLES = int(os.environ.get("PORTAL_PROPERTY_EXAMPLES", "0"))
USUAL_EXAMPLES = 8
ROLES = [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.LIAISON, Role.VIEWER]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

FILE = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi())), config=SchemathesisConfig())
FILE.app = application
OPERATIONS = {f"{o.ok().method} {o.ok().path}": o.ok() for o in FILE.get_all_operations()}
LOOKUPS = {viewset.resource: viewset.lookup_field for viewset in RESOURCES}


class World:
    """An engagement with something of everything, and a token for each role."""

    def __init__(self):
        engagement = f.EngagementFactory(ref="ENG-PROPERTIES", status="pipeline")
        self.rows = {name: make(engagement, 1)[0] for name, make in ROWS.items() if name != "recommendations"}
        self.rows["recommendations"] = f.RecommendationFactory(evaluation=self.rows["evaluations"])
        outcome = f.OutcomeFactory(engagement=engagement)
        agreement = f.FundingAgreementFactory(engagement=engagement)
        scopes = ["read", *(f"{name}:{verb}" for name in ROWS for verb in ("create", "update", "delete"))]
        for row in self.rows.values():
            row.refresh_from_db()
        people = {role: f.MembershipFactory(role=role.value).user for role in ROLES}
        self.tokens = {
            role: create_token(user=user, scopes=scopes, days=1, by=None).text for role, user in people.items()
        }
        # What a field may be given so that it names a row which is there.
        self.names = {
            "engagement": engagement.ref,
            "programme": engagement.programme.code,
            "parent": engagement.ref,
            "institution": engagement.institution.code,
            "practice_area": "REV",
            "workstream": self.rows["workstreams"].code,
            "outcome": outcome.code,
            "indicator": self.rows["indicators"].code,
            "progress_report": str(self.rows["progress-reports"].public_id),
            "expert": self.rows["experts"].code,
            "budget": str(self.rows["budgets"].public_id),
            "agreement": agreement.code,
            **dict.fromkeys(("lead", "contributor", "administrator", "provider"), agreement.contributor.code),
            "scale": self.rows["evaluations"].scale.code,
            "set": self.rows["readiness-assessments"].set.code,
            "dimension": self.rows["readiness-assessments"].set.dimensions.first().code,
            "deployment": engagement.deployments.first().code,
            "line": engagement.cost_line_keys.first().code,
            "currency": "USD",
            "country": "MD",
            "sector": "15155",
        }

    def address(self, resource):
        row = self.rows[resource]
        return str(getattr(row, LOOKUPS[resource]))

    def etag(self, resource):
        """The version counts, not the rest of the tag."""
        return f'"{getattr(self.rows[resource], "row_version", 1)}-ab"'


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    # A request would close the connection whose transaction is undone here; Django's own client does the same.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def named(body, names):
    """The same body, about rows that are there."""
    if isinstance(body, list):
        return [named(one, names) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: names.get(name, named(value, names)) for name, value in body.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_is_answered_by_a_fault_or_off_the_file(operation, world):
    asked = OPERATIONS[operation]
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    resource = asked.path.removeprefix("/api/v1/").partition("/")[0]

    @settings(
        max_examples=EXAMPLES or USUAL_EXAMPLES,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data):
        role = data.draw(st.sampled_from(ROLES), label="role")
        case = data.draw(asked.as_strategy(data.draw(modes, label="mode")), label="case")
        if data.draw(st.integers(0, 4), label="there") and resource in LOOKUPS:
            _about_what_is_there(case, world, resource)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {world.tokens[role]}"}
        with transaction.atomic():
            response = case.call()
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    ask()


def _about_what_is_there(case, world, resource):
    if case.path_parameters:
        case.path_parameters = dict.fromkeys(case.path_parameters, world.address(resource))
        if case.method != "GET":
            case.headers = {**(case.headers or {}), "If-Match": world.etag(resource)}
    case.body = named(case.body, world.names)
