"""Every address of the portal with a real row behind it, found by walking the URLconf."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from costing.models import Budget
from evaluations.models import ImpactReport
from programmes.models import Evidence, EvidenceUpload, PostHolder, Programme
from ta_portal.api_urls import RESOURCES
from ta_portal.jobs.models import Job
from ta_portal.registry.editors import editors_of
from tests.access.world import NOTE

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
API = "/api/"
KIND = "<str:kind>"
# What the report behind an address is in before the step.
REPORT_STATES = {
    **dict.fromkeys(("accept", "accept-with-changes", "return"), "submitted"),
    **dict.fromkeys(("visa", "refuse-visa"), "awaiting"),
    **dict.fromkeys(("reopen", "confirm", "dispute"), "accepted"),
}
# Those that wait for a visa: of the liaison, and of somebody who has left.
LIAISONS_VISA, NOBODYS_VISA = "2024-Q3", "2024-10-01"
# Of an institution's posts, the one that is held where an act needs a holder.
POSTS = {"hand-over": "HEAD", "deputy": "HEAD"}
# The periods of the world whose reports wait for a decision, and have one.
SENT, DECIDED = "2024-Q2", "2023-Q4"
# Rows of the world that nothing hangs on: they can be changed and removed.
KEYS = {
    "workstreams": "WS9",
    "milestones": "M09",
    "commitments": "K09",
    "outcomes": "O9",
    "indicators": "I09",
    "risks": "R1",
    "deployments": "D09",
    "agreements": "A",
    "cost-lines": "C09",
    "notes": NOTE,
    "traction-by-ministry": "2024-Q1",
    "traction-by-adviser": "2023-Q4",
}
VIEWSETS = {viewset.resource: viewset for viewset in RESOURCES}
# What an API address that no resource answers to is called in the table.
NOTHING_HERE = "/api/…"


@dataclass(frozen=True, slots=True)
class Address:
    """A pattern of the URLconf, as Django writes it; `view` is the class behind it, if there is one."""

    route: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.route.startswith(API)


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[Address]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "cls", None)
            # Each kind that an app registers has pages of its own, and permissions of its own.
            kinds = [editor.kind for editor in editors_of("engagement")] if KIND in route else [KIND]
            for kind in kinds:
                yield Address(NOTHING_HERE if pattern.name == "api-nothing-here" else route.replace(KIND, kind), view)


def concrete(address: Address, world: Any) -> str:
    """The address with what belongs to our engagement in its gaps."""
    if address.route == NOTHING_HERE:
        return "/api/v1/nothing/"
    found = address.route
    for gap, value in _values(address, world).items():
        found = found.replace(gap, str(value))
    assert "<" not in found, f"{address.route}: say in tests/access/addresses.py which row stands for it"
    return found


def _values(address: Address, world: Any) -> dict[str, Any]:
    values = {"<str:ref>": world.ours.ref, "<code:ref>": world.ours.ref, "<str:uidb36>": "1"}
    # Of the kinds that are edited in pages, and of what has a page of its own, by the word that stands before it.
    before = address.route.rpartition("/<str:")[0].rpartition("/")[2]
    values |= {"<str:key>": KEYS.get(before, "none"), "<int:version>": Budget.objects.get(state="draft").version}
    values["<str:code>"] = {**KEYS, **_codes(world.ours)}.get(before, "A")
    if "/review/" in address.route:
        values["<str:code>"] = SENT
    if address.route.endswith("/visa/"):
        values["<str:code>"] = LIAISONS_VISA
    if address.route.endswith("/reviewer/"):
        values["<str:code>"] = NOBODYS_VISA
    if address.route.endswith(("/reopen/", "<str:code>/changes/")):
        values["<str:code>"] = DECIDED
    viewset = VIEWSETS.get(getattr(address.view, "resource", ""))
    if viewset is not None and "<" in address.route:
        row = sample(viewset, world.ours, step=address.route.rstrip("/").rpartition("/")[2])
        values[f"<{viewset.lookup_value_converter}:{viewset.lookup_field}>"] = getattr(row, viewset.lookup_field)
    elif address.route.startswith("/account/"):
        officer = world.people["officer"]
        values["<str:prefix>"] = officer.api_tokens.get(name="Nightly").prefix
        values["<slug:name>"], values["<uuid:public_id>"] = "engagements", officer.saved_views.get().public_id
    elif address.route.startswith("/institutions/") and address.route.count("<") > 1:
        values["<str:code>"] = world.ours.institution.code
        values["<str:key>"] = POSTS.get(address.route.rstrip("/").rpartition("/")[2], "EMPTY")
        values["<uuid:public_id>"] = PostHolder.objects.get(deputy=True).public_id
    elif address.route.startswith("/messages/"):
        values["<uuid:public_id>"] = world.people["officer"].messages.get().public_id
    elif address.route.startswith("/reports/"):
        values["<uuid:public_id>"] = ImpactReport.objects.get(scope_engagement_id=world.ours.pk).public_id
    elif "/progress/" in address.route:
        values["<uuid:public_id>"] = EvidenceUpload.objects.get(report__period__engagement=world.ours).public_id
    elif "/evidence/" in address.route:
        values["<uuid:public_id>"] = Evidence.objects.get(report__period__engagement=world.ours).public_id
    elif address.route.startswith("/jobs/"):
        values["<uuid:public_id>"] = job_of(world.people["officer"], retried="retry" in address.route).public_id
    return values


def _codes(engagement: Any) -> dict[str, str]:
    return {
        "countries": engagement.institution.country_id,
        "institutions": engagement.institution.code,
        "donors": engagement.agreements.get().contributor.code,
        "programmes": engagement.programme.code,
        "results": "I01",
        "progress": "2024-Q1",
    }


def job_of(user: Any, *, retried: bool) -> Job:
    return Job.objects.get(by=user, state="failed" if retried else "queued")


def sample(viewset: Any, engagement: Any, step: str = "") -> Any:
    """A row of a resource that hangs on the engagement: one that can be changed; of money, one that is nobody's pay."""
    rows = viewset.queryset.model._default_manager.order_by("pk")
    fresh: dict[str, dict[str, Any]] = {
        "cost-lines": {"category": "equipment", "budget__state": "draft"},
        "ledger-entries": {"category": "equipment"},
        "budgets": {"state": "draft"},
        # The liaison's: the other side is not in.
        "ratings": {"side": "ministry", "shown_at": None},
        "restricted-notes": {"public_id": NOTE},
        "progress-reports": {"state": REPORT_STATES.get(step, "draft")},
        "replacements": {"state": "awaiting", "period__starts": NOBODYS_VISA},
    }
    if (code := KEYS.get(viewset.resource)) and viewset.resource not in fresh:
        rows = rows.filter(code=code)
    rows = rows.filter(**fresh.get("replacements" if step == "replace-reviewer" else viewset.resource, {}))
    if viewset.engagement_path:
        return rows.filter(**{viewset.engagement_path: engagement}).first()
    above = {
        "engagements": {"pk": engagement.pk},
        "institutions": {"pk": engagement.institution_id},
        "countries": {"pk": engagement.institution.country_id},
        # Held by the liaison; the deputy's holding. One that nobody ever held can be removed.
        "counterpart-posts": {"institution": engagement.institution_id, "code": POSTS.get(step, "EMPTY")},
        "post-holders": {"post__institution": engagement.institution_id, "deputy": True},
        "programmes": {"pk": engagement.programme_id},
        "organisations": {"pk": engagement.agreements.get().contributor_id},
        "exchange-rates": {"source": Programme.objects.get(pk=engagement.programme_id).rate_source},
        "impact-reports": {"scope_engagement_id": engagement.pk},
        # The officer's is the first that waits, and the only one that failed.
        "jobs": {"kind": "roll_up", "state": "failed" if step == "retry" else "queued"},
        # The officer's, who was told first.
        "messages": {"kind": "progress.submitted"},
    }
    return rows.filter(**above[viewset.resource]).first()
