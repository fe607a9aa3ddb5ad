"""What an act sends in the access table: a body with which it would succeed for somebody who may do it.

Add one line for an act that takes a body; what is not named here is sent without one.
"""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from costing.models import Budget
from programmes.forms.figure_changes import ChangesForm
from programmes.forms.progress import DueDateForm, ReopenForm, ReviewForm
from programmes.forms.report import ReportForm
from programmes.forms.report_file import report_file
from programmes.forms.setting_up import CopyForm, EngagementForm
from programmes.forms.statuses import StatusForm
from programmes.models import Commitment, CounterpartPost, Observation, PostHolder, ProgressReport
from programmes.selectors.progress import figures_of
from ta_portal.mail.kinds import message_kinds
from ta_portal.registry.editors import editor_of
from tests.access.addresses import KEYS, Address
from tests.access.world import World
from tests.factories import EVIDENCE

Body = Callable[[World], dict[str, Any]]
V1 = "/api/v1/"
ROW = "<uuid:public_id>/"
PAGE = "/engagements/<str:ref>/"
POSTS = "/institutions/<str:code>/posts/"
HOLDERS = "/institutions/<str:code>/holders/<uuid:public_id>/"


def _of_ours(**given: Any) -> Body:
    return lambda world: {"engagement": world.ours.ref, **given}


def _said(**given: Any) -> Body:
    return lambda _world: given


def _engagement(world: World) -> dict[str, Any]:
    given = {"ref": "NEW-1", "title": "New", "programme": world.ours.programme.code, "planned_first_day": "2026-01-01"}
    return {**given, "recipients": [{"country": world.ours.institution.country_id, "pct": "100"}]}


def _observation(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="draft")
    return {"progress_report": str(report.public_id), "indicator": "I09", "value": "5"}


def _file(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="draft")
    return {"progress_report": str(report.public_id), "file": SimpleUploadedFile("more.pdf", EVIDENCE + b"\n")}


def _filled_in(world: World) -> dict[str, Any]:
    """The form as a file, as the liaison is given it."""
    report = ProgressReport.objects.get(period__engagement=world.ours, state="draft")
    return {"file": SimpleUploadedFile("form.xlsx", report_file(report, user=world.people["liaison"]))}


def _put_right(world: World) -> dict[str, Any]:
    figure = Observation.objects.get(report__period__engagement=world.ours, status="submitted")
    change = {"observation": str(figure.public_id), "value": "0.5", "reason": "unit", "note": "It is in thousands."}
    return {"changes": [change]}


def _cost_line(world: World) -> dict[str, Any]:
    draft = Budget.objects.get(engagement=world.ours, state="draft")
    cost = {"quantity": "2", "unit": "trip", "unit_cost": "10.00", "currency": "USD", "first_day": "2024-01-01"}
    return {"budget": str(draft.public_id), "code": "NEW", "category": "logistics", **cost}


_ENTRY = {"kind": "expenditure", "on_date": "2024-05-01", "amount": "10.00", "currency": "USD", "category": "logistics"}
_DEPLOYMENT = {"code": "NEW", "modality": "remote", "first_day": "2024-03-01", "last_day": "2024-03-31", "fte": "0.05"}
_AGREEMENT = {"code": "NEW", "instrument": "grant", "amount": "10.00", "currency": "USD"}
_JUDGED = {"kind": "mid-term", "on_date": "2025-02-01", "ratings": [{"criterion": "relevance", "value": 4}]}
_ASSESSED = {"on_date": "2024-12-31", "scores": [{"dimension": "mandate", "score": 2}]}
_RATED = {"score": 3, "reason": "New forms are used in two offices."}
_RISK = {"code": "NEW", "kind": "ownership", "title": "New", "likelihood": 2, "impact": 2}

REST: dict[tuple[str, str], Body] = {
    ("POST", "impact-reports/"): lambda world: {"scope": f"engagement:{world.ours.ref}"},
    ("POST", "institutions/"): _said(code="I-NEW", name="New", kind="treasury", country="MD"),
    ("POST", "organisations/"): _said(code="O-NEW", name="New", kind="40"),
    ("POST", "counterpart-posts/"): lambda world: {
        "institution": world.ours.institution.code, "code": "P-NEW", "title": "New"
    },
    ("PATCH", f"counterpart-posts/{ROW}"): _said(title="Other"),
    ("POST", f"counterpart-posts/{ROW}hand-over/"): _said(name="New", first_day="2030-01-01"),
    ("POST", f"counterpart-posts/{ROW}deputy/"): _said(name="New", first_day="2024-05-01", last_day="2024-05-31"),
    ("PATCH", f"post-holders/{ROW}"): _said(last_day="2024-02-20"),
    ("POST", "programmes/"): _said(code="P-NEW", title="New", lead=None, currency="USD", rate_source="none"),
    ("PATCH", "programmes/<code:code>/"): _said(title="Other"),
    ("POST", "engagements/"): _engagement,
    ("PATCH", "engagements/<code:ref>/"): _said(title="Other"),
    ("POST", "engagements/<code:ref>/copy/"): _said(ref="NEW-1", title="New", planned_first_day="2026-01-01"),
    ("POST", "engagements/<code:ref>/status/"): _said(to="suspended", reason="A new government."),
    ("POST", "workstreams/"): _of_ours(code="NEW", title="New"),
    ("PATCH", f"workstreams/{ROW}"): _said(title="Other"),
    ("POST", "milestones/"): _of_ours(code="NEW", title="New", due="2024-06-30"),
    ("PATCH", f"milestones/{ROW}"): _said(title="Other"),
    ("POST", f"milestones/{ROW}complete/"): _said(done="2024-06-01"),
    ("POST", "commitments/"): _of_ours(code="NEW", kind="premises", text="Rooms", due="2024-06-30"),
    ("PATCH", f"commitments/{ROW}"): _said(text="Other"),
    ("POST", f"commitments/{ROW}complete/"): _said(done="2024-06-01"),
    ("POST", "outcomes/"): _of_ours(code="NEW", title="New"),
    ("PATCH", f"outcomes/{ROW}"): _said(title="Other"),
    ("POST", "indicators/"): _of_ours(code="NEW", title="New", method="latest", direction="increase"),
    ("PATCH", f"indicators/{ROW}"): _said(title="Other"),
    ("POST", "observations/"): _observation,
    ("PATCH", f"observations/{ROW}"): _said(value="6"),
    ("POST", "progress-reports/"): _of_ours(period_start="2030-01-01", period_end="2030-03-31"),
    ("PATCH", f"progress-reports/{ROW}"): _said(done="Trained more."),
    ("POST", f"progress-reports/{ROW}return/"): _said(note="Say what the figures are of."),
    ("POST", f"progress-reports/{ROW}accept-with-changes/"): _put_right,
    ("POST", f"progress-reports/{ROW}dispute/"): _said(objections={"I01": "It was counted twice over."}),
    ("POST", f"progress-reports/{ROW}refuse-visa/"): _said(note="Say what the figures are of."),
    ("POST", f"progress-reports/{ROW}replace-reviewer/"): lambda world: {
        "person": world.people["liaison"].email,
        "reason": "She has left.",
    },
    ("POST", f"progress-reports/{ROW}due/"): _said(due="2024-09-30", reason="Holidays"),
    ("POST", f"progress-reports/{ROW}reopen/"): _said(reason="A branch was left out."),
    ("POST", f"progress-reports/{ROW}file/"): _filled_in,
    ("POST", "evidence/"): _file,
    ("POST", "ratings/"): _of_ours(kind="impact", period_start="2024-01-01", side="ministry", **_RATED),
    ("PATCH", f"ratings/{ROW}"): _said(score=4),
    ("POST", "restricted-notes/"): _of_ours(text="The deputy will not stay."),
    ("PATCH", f"restricted-notes/{ROW}"): _said(text="The deputy has left."),
    ("POST", "risks/"): _of_ours(**_RISK),
    ("PATCH", f"risks/{ROW}"): _said(title="Other"),
    ("POST", "deployments/"): lambda world: {
        "engagement": world.ours.ref, "expert": world.shared_expert.code, "planned_days": "2", **_DEPLOYMENT
    },
    ("PATCH", f"deployments/{ROW}"): _said(planned_days="6"),
    ("POST", f"deployments/{ROW}status/"): _said(to="confirmed"),
    ("POST", "agreements/"): lambda world: {
        "engagement": world.ours.ref, "contributor": world.ours.agreements.get().contributor.code, **_AGREEMENT
    },
    ("PATCH", f"agreements/{ROW}"): _said(fee_pct="5"),
    ("POST", f"agreements/{ROW}tranches/"): _said(due="2024-06-30", amount="10"),
    ("POST", "budgets/"): _of_ours(),
    ("POST", "cost-lines/"): _cost_line,
    ("PATCH", f"cost-lines/{ROW}"): _said(description="Other"),
    ("POST", "ledger-entries/"): _of_ours(**_ENTRY, source="access", external_ref="1"),
    ("POST", f"ledger-entries/{ROW}reverse/"): _said(reason="Posted twice."),
    ("POST", "evaluations/"): lambda world: {
        "engagement": world.ours.ref, "scale": world.ours.evaluations.first().scale.code, **_JUDGED
    },
    ("POST", "readiness-assessments/"): _of_ours(**_ASSESSED),
    ("POST", f"recommendations/{ROW}respond/"): _said(response="accepted"),
}  # fmt: skip
# Why something goes is asked in the address; of a page that explains, what it explains.
REASON = "?reason=Not+needed"
QUERIES = {"/reports/<uuid:public_id>/explain/": "?level=portfolio&key=engagement:OURS-1&metric=progress_pct_mean"}


def query_of(method: str, address: Address) -> str:
    removes = method == "DELETE" and "destroy" in getattr(address.view, "acts", ()) and address.route.endswith(">/")
    return REASON if removes else QUERIES.get(address.route, "")


# --- forms: what they are filled with as they open, and what is typed ---


def typed(form: Any, **words: Any) -> dict[str, Any]:
    """The form as it is shown, sent with some words changed."""
    shown = {field.html_name: field.field.widget.format_value(field.value()) for field in form}
    firsts = {name: value[0] if isinstance(value, list) and value else value for name, value in shown.items()}
    return {**{name: value for name, value in firsts.items() if value not in (None, "", [])}, **words}


def _form(kind: str, key: str = "", /, **words: Any) -> Body:
    def body(world: World) -> dict[str, Any]:
        editor = editor_of("engagement", kind)
        row = editor.find(world.ours, key) if key else None
        form = editor.form(None, subject=world.ours, user=world.people["administrator"], row=row)
        return typed(form, **{name: word(world) if callable(word) else word for name, word in words.items()})

    return body


def _removed(kind: str) -> Body:
    def body(world: World) -> dict[str, Any]:
        row = editor_of("engagement", kind).find(world.ours, KEYS[kind])
        return {"reason": "Not needed", "row_version": row.row_version}

    return body


def _of_the_engagement(form: Any, *, subject: bool = False, **words: Any) -> Body:
    def body(world: World) -> dict[str, Any]:
        world.ours.refresh_from_db()
        row = None if form is CopyForm else world.ours
        asked = form(None, subject=world.ours if subject else None, user=world.people["officer"], row=row)
        return typed(asked, **words)

    return body


def _of_post(post: str, /, **words: Any) -> Body:
    return lambda _world: {"row_version": CounterpartPost.objects.get(code=post).row_version, **words}


def _of_holder(**words: Any) -> Body:
    return lambda _world: {"row_version": PostHolder.objects.get(deputy=True).row_version, **words}


def _written(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="draft")
    form = ReportForm(None, subject=figures_of(report), user=world.people["liaison"], row=report)
    return typed(form, act="save", done="Trained more.")


def _decided(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="submitted")
    form = ReviewForm(None, subject=[], user=world.people["officer"], row=report)
    return typed(form, act="accept")


def _figure_put_right(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="submitted")
    figures = figures_of(report)
    form = ChangesForm(None, lines={}, subject=figures, user=world.people["officer"], row=report)
    pk = world.ours.indicators.get(code="I01").pk
    return typed(form, **{f"value_{pk}": "0.5", f"reason_{pk}": "unit", f"note_{pk}": "It is in thousands."})


def _more_time(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="draft")
    form = DueDateForm(None, subject=report.period, user=world.people["officer"], row=report)
    return typed(form, due="2024-09-30", reason="Holidays")


def _opened_again(world: World) -> dict[str, Any]:
    report = ProgressReport.objects.get(period__engagement=world.ours, state="accepted")
    form = ReopenForm(None, subject=report, user=world.people["officer"], row=report)
    return typed(form, reason="A branch was left out.")


def new_engagement(world: World) -> dict[str, Any]:
    form = EngagementForm(None, subject=None, user=world.people["officer"])
    given = {"ref": "NEW-1", "title": "New", "programme": world.ours.programme_id, "overlaps_seen": "on"}
    return typed(form, **given, country_1=world.ours.institution.country_id)


def overlapping_engagement(world: World) -> dict[str, Any]:
    """As ours: the form shows the overlaps before it is saved."""
    given = {
        "planned_from": "2024-01-01",
        "planned_to": "2025-12-31",
        "sector_1": world.ours.sector_shares.get().sector_id,
    }
    return {name: value for name, value in {**new_engagement(world), **given}.items() if name != "overlaps_seen"}


_LINE = {"code": "NEW", "heading": "logistics", "quantity": "2", "unit": "trip", "unit_cost": "10"}
_POSTED = {"kind": "expenditure", "on_date": "2024-05-01", "amount": "10", "heading": "logistics", "external_ref": "1"}
SIDES = ("ministry", "adviser")
_EVALUATED = {"kind": "mid-term", "on_date": "2025-02-01", "rating_relevance": "4"}
NEW: dict[str, Body] = {
    "agreements": _form(
        "agreements", code="NEW", amount="10", contributor=lambda world: world.ours.agreements.get().contributor_id
    ),
    "workstreams": _form("workstreams", code="NEW", title="New"),
    "milestones": _form("milestones", code="NEW", title="New", due="2024-06-30"),
    "commitments": _form("commitments", code="NEW", kind="premises", text="Rooms", due="2024-06-30"),
    "outcomes": _form("outcomes", code="NEW", title="New"),
    "indicators": _form("indicators", code="NEW", title="New", method="latest", direction="increase"),
    "periods": _form("periods"),
    "risks": _form("risks", **_RISK),
    "notes": _form("notes", text="The deputy will not stay."),
    **{f"traction-by-{side}": _form(f"traction-by-{side}", which="2024-Q2", **_RATED) for side in SIDES},
    **{f"impact-by-{side}": _form(f"impact-by-{side}", which="2024", **_RATED) for side in SIDES},
    "deployments": _form(
        "deployments", **_DEPLOYMENT, planned_days="2", expert=lambda world: world.shared_expert.pk
    ),
    "cost-lines": _form("cost-lines", **_LINE, first_day="2024-01-01"),
    "ledger-entries": _form("ledger-entries", **_POSTED),
    "readiness": _form("readiness", on_date="2024-12-31"),
    "evaluations": _form("evaluations", **_EVALUATED, scale=lambda world: world.ours.evaluations.first().scale_id),
}  # fmt: skip
REMOVED = (
    "workstreams",
    "milestones",
    "commitments",
    "outcomes",
    "indicators",
    "risks",
    "notes",
    "deployments",
    "cost-lines",
)
CHANGED = ("agreements", *REMOVED, *(f"traction-by-{side}" for side in SIDES))

BODIES: dict[tuple[str, str], Body] = {
    **{(method, V1 + address): body for (method, address), body in REST.items()},
    ("POST", "/reports/"): REST["POST", "impact-reports/"],
    ("POST", "/accounts/login/"): lambda world: {"login": world.people["viewer"].email, "password": "not this one"},
    ("POST", "/accounts/password/reset/"): lambda world: {"email": world.people["viewer"].email},
    ("POST", "/account/tokens/new/"): _said(name="Sheet", days="30", scopes="read"),
    ("POST", "/account/density/"): _said(density="roomy", next="/engagements/"),
    ("POST", "/account/messages/"): lambda _world: {kind.key: "daily" for kind in message_kinds()},
    ("POST", "/account/views/<slug:name>/new/"): _said(name="Mine"),
    ("POST", "/account/views/<uuid:public_id>/edit/"): _said(name="Renamed"),
    ("POST", "/language/"): _said(language="ar", next="/engagements/"),
    ("POST", "/engagements/new/"): new_engagement,
    ("POST", "/engagements/new-programme/"): _said(code="P-NEW", title="New", currency="USD", rate_source="none"),
    ("POST", f"{PAGE}progress/<str:code>/"): _written,
    ("POST", f"{PAGE}progress/<str:code>/review/"): _decided,
    ("POST", f"{PAGE}progress/<str:code>/review/changes/"): _figure_put_right,
    ("POST", f"{PAGE}progress/<str:code>/changes/"): lambda world: {
        "act": "confirm",
        "row_version": ProgressReport.objects.get(period__engagement=world.ours, state="accepted").row_version,
    },
    ("POST", f"{PAGE}progress/<str:code>/visa/"): lambda world: {"act": "give", "row_version": 1},
    ("POST", f"{PAGE}progress/<str:code>/reviewer/"): lambda world: {
        "person": world.people["liaison"].pk,
        "reason": "She has left.",
        "row_version": 1,
    },
    ("POST", f"{PAGE}reviewing/"): lambda world: {"first": world.people["officer"].pk},
    ("POST", f"{PAGE}progress/<str:code>/due/"): _more_time,
    ("POST", f"{PAGE}progress/<str:code>/reopen/"): _opened_again,
    ("POST", f"{PAGE}progress/<str:code>/evidence/"): _said(name="a.pdf", size="5", sha256="0" * 64),
    ("POST", f"{POSTS}new/"): _said(code="P-NEW", title="New"),
    ("POST", f"{POSTS}<str:key>/edit/"): _of_post("EMPTY", code="EMPTY", title="Other"),
    ("POST", f"{POSTS}<str:key>/remove/"): _of_post("EMPTY", reason="Not needed"),
    ("POST", f"{POSTS}<str:key>/hand-over/"): _of_post("HEAD", name="New", on="2030-01-01"),
    ("POST", f"{POSTS}<str:key>/deputy/"): _of_post("HEAD", name="N", first_day="2024-05-01", last_day="2024-05-31"),
    ("POST", f"{HOLDERS}edit/"): _of_holder(name="New", last_day="2024-02-20"),
    ("POST", f"{HOLDERS}remove/"): _of_holder(reason="Not needed"),
    ("POST", f"{PAGE}commitments/<str:key>/done/"): lambda _world: {
        "row_version": Commitment.objects.get(code="K09").row_version,
        "done": "2024-06-01",
    },
    ("POST", f"{PAGE}edit/"): _of_the_engagement(EngagementForm, title="Other"),
    ("POST", f"{PAGE}copy/"): _of_the_engagement(CopyForm, subject=True, ref="NEW-1"),
    ("POST", f"{PAGE}status/"): _of_the_engagement(StatusForm, subject=True, to="suspended", reason="Elections."),
    **{("POST", f"{PAGE}{kind}/new/"): body for kind, body in NEW.items()},
    **{("POST", f"{PAGE}{kind}/<str:key>/edit/"): _form(kind, KEYS[kind]) for kind in CHANGED},
    **{("POST", f"{PAGE}{kind}/<str:key>/remove/"): _removed(kind) for kind in REMOVED},
}
