"""Promises about the shape of the project, held by walking it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.changes.models import Versioned

PROJECT = Path(__file__).resolve().parent.parent
APPS_FROM_BELOW = ["programmes", "experts", "costing", "evaluations"]
KITS_FROM_BELOW = ["accounts", "changes", "audit", "portal_api", "portal_ui", "jobs", "portal_mail"]
ORDER = {label: place for place, label in enumerate([*KITS_FROM_BELOW, *APPS_FROM_BELOW])}
OURS = [model for model in apps.get_models() if model._meta.app_label in ORDER]
# Reference data that every signed-in reader may see, and parts that are reached only through their owner.
NOT_SCOPED = {
    "accounts.User",
    "audit.AuditEvent",
    "changes.Tombstone",
    "changes.FeedGeneration",
    "jobs.Job",
    "jobs.Outbox",
    "jobs.Inbox",
    "jobs.Pulse",
    "portal_mail.Letter",
    "portal_mail.Message",
    "portal_mail.DeliveryChoice",
    "portal_api.ApiToken",
    "portal_api.Idempotency",
    "portal_api.Calls",
    "portal_ui.SavedView",
    "portal_ui.KeptForm",
    "programmes.Currency",
    "programmes.Region",
    "programmes.CountryFact",
    "programmes.PracticeArea",
    "programmes.Topic",
    "programmes.Sector",
    "programmes.CatalogueIndicator",
    "programmes.RatingAnchor",
    "programmes.Membership",
    "programmes.EngagementRecipient",
    "programmes.EngagementSector",
    "programmes.EngagementTransition",
    "programmes.Amendment",
    "programmes.OutsideActivity",
    "programmes.Tranche",
    "programmes.ObservationRevision",
    "programmes.EvidenceUpload",
    "experts.Grade",
    "experts.ExpertLoad",
    "experts.ExpertPerson",
    "costing.CostHeading",
    "costing.RateSource",
    "costing.ExchangeRate",
    "costing.RateSet",
    "costing.RateSetRate",
    "costing.CostLineKey",
    "costing.LedgerValuation",
    "evaluations.RatingScale",
    "evaluations.CriterionRating",
    "evaluations.ReadinessSet",
    "evaluations.ReadinessDimension",
    "evaluations.ReadinessScore",
    "evaluations.ImpactRow",
}


def label(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_relations_lead_to_the_same_app_or_one_below(model):
    # String foreign keys pass the import linter (traps 10).
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or not isinstance(field.related_model, type):
            continue
        target = field.related_model._meta.app_label
        if target in ORDER:
            assert ORDER[target] <= ORDER[model._meta.app_label], f"{label(model)}.{field.name} leads up to {target}"


@pytest.mark.parametrize(
    "model", [m for m in OURS if not m.__name__.endswith("Event") or m.__name__ == "AuditEvent"], ids=label
)
def test_each_model_has_an_access_rule_or_is_known_to_need_none(model):
    scoped = isinstance(model._default_manager.all(), ScopedQuerySet)
    assert scoped != (label(model) in NOT_SCOPED)


@pytest.mark.parametrize("model", [m for m in OURS if issubclass(m, Versioned)], ids=label)
def test_versioned_rows_are_stamped_and_buried_by_triggers(model):
    names = {trigger.name for trigger in model._meta.triggers}
    assert {"zz_stamp", "zz_bury"} <= names


@pytest.mark.parametrize("model", OURS, ids=label)
def test_no_column_is_a_float(model):
    assert not [field.name for field in model._meta.get_fields() if isinstance(field, models.FloatField)]


def test_psycopg_3_is_absent():
    # Django would prefer it, and psycopg2's copy_expert would be gone (traps 6).
    done = subprocess.run([sys.executable, "-c", "import psycopg"], capture_output=True, check=False)
    assert done.returncode != 0


def _sources() -> list[Path]:
    roots = ["ta_portal", *APPS_FROM_BELOW]
    return [path for root in roots for path in (PROJECT / root).rglob("*.py") if "migrations" not in path.parts]


# Where a float is no money: seconds, sizes, coordinates of drawings, and figures that are made up.
FLOAT_IS_TIME = re.compile(r"ta_portal/(embedded|jobs|monitoring|demo|ui|bench)/")


def test_no_float_touches_money():
    found = []
    for path in _sources():
        place = path.relative_to(PROJECT).as_posix()
        if FLOAT_IS_TIME.match(place):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            if literal or named:
                found.append(f"{place}:{node.lineno}")
    assert found == []


def test_modules_stay_within_400_lines():
    long = {
        path.relative_to(PROJECT).as_posix(): n
        for path in _sources()
        if (n := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
