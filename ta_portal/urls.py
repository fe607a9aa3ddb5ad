"""Every address of the portal: one of the few modules that know all apps. What is public says so at its view."""

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from costing.views import funding
from costing.views import portfolio as portfolio_costs
from evaluations.urls import report_patterns
from programmes.urls import account_patterns, profile_patterns, progress_patterns
from programmes.views import search
from programmes.views.history import history_file, history_page
from programmes.views.portfolio import portfolio_page
from ta_portal.monitoring import health, metrics

# Of allauth only what the portal offers: no sign-up, no addresses to manage.
ACCOUNTS: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    # Nobody signs up; but allauth looks this name up for its letter to an address without an account.
    path("login/", account.login, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/<str:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
ENGAGEMENTS: list[URLPattern | URLResolver] = [
    path("", include("programmes.urls")),
    path("", include("experts.urls")),
    path("", include("costing.urls")),
    path("", include("evaluations.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", search.home, name="home"),
    path("search/", search.search_page, name="search"),
    path("portfolio/", portfolio_page, name="portfolio"),
    path("history/", history_page, name="history"),
    path("history/export.csv", history_file, name="history-file"),
    path("portfolio/explain/", portfolio_costs.explain, name="portfolio-explain"),
    *profile_patterns,
    *account_patterns,
    *progress_patterns,
    path("funding/<str:ref>/<str:code>/", funding.agreement, name="funding"),
    path("engagements/", include(ENGAGEMENTS)),
    path("reports/", include(report_patterns)),
    path("jobs/", include("ta_portal.jobs.urls")),
    path("", include("ta_portal.mail.urls")),
    path("api/", include("ta_portal.api_urls")),
    path("accounts/", include(ACCOUNTS)),
    path("", include("ta_portal.i18n.urls")),
    path("", include("ta_portal.ui.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("ta_portal.demo.urls")))

handler400 = "ta_portal.ui.views.bad_request"
handler403 = "ta_portal.ui.views.forbidden"
handler404 = "ta_portal.ui.views.not_found"
handler500 = "ta_portal.monitoring.failures.server_error"
