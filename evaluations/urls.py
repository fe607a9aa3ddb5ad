"""Below an engagement's address, and the reports' own; both are put in their place by `ta_portal.urls`."""

from django.urls import path

from evaluations.views import exits, explain, reports

app_name = "evaluations"
urlpatterns = [
    path("<str:ref>/exit/", exits.exit_page, name="exit"),
    path("<str:ref>/exit/explain/", explain.readiness, name="explain"),
]

report_patterns = (
    [
        path("", reports.report_list, name="report-list"),
        path("quality/", reports.scope_quality, name="quality"),
        path("<uuid:public_id>/", reports.report, name="report"),
        path("<uuid:public_id>/explain/", explain.figure, name="explain"),
    ],
    "reports",
)
