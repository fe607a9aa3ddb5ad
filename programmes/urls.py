from django.urls import path

from programmes.views import (
    editing,
    engagements,
    evidence,
    explain,
    places,
    profiles,
    progress,
    progress_exceptions,
    ratings,
    reviews,
    setting_up,
    tabs,
    tokens,
    uploads,
)

app_name = "programmes"
urlpatterns = [
    path("", engagements.engagement_list, name="engagement-list"),
    path("export.csv", engagements.engagement_file, name="engagement-file"),
    path("new/", setting_up.new_engagement, name="new-engagement"),
    path("new-programme/", setting_up.new_programme, name="new-programme"),
    path("<str:ref>/", engagements.engagement, name="engagement"),
    path("<str:ref>/edit/", setting_up.change, name="change-engagement"),
    path("<str:ref>/copy/", setting_up.copy, name="copy-engagement"),
    path("<str:ref>/status/", setting_up.status, name="status"),
    path("<str:ref>/workplan/", tabs.workplan, name="workplan"),
    path("<str:ref>/results/", tabs.results, name="results"),
    path("<str:ref>/results/explain/", explain.explain, name="explain"),
    path("<str:ref>/results/quality/", tabs.quality, name="quality"),
    path("<str:ref>/results/<str:code>/", explain.indicator, name="indicator"),
    path("<str:ref>/risks/", tabs.risks, name="risks"),
    path("<str:ref>/progress/", progress.periods, name="progress"),
    path("<str:ref>/progress/<str:code>/", progress.report, name="report"),
    path("<str:ref>/progress/<str:code>/evidence/", uploads.begin, name="uploads"),
    path("<str:ref>/progress/<str:code>/evidence/<uuid:public_id>/", uploads.upload, name="upload"),
    path("<str:ref>/progress/<str:code>/review/", reviews.review, name="review"),
    path("<str:ref>/progress/<str:code>/due/", progress_exceptions.due_date, name="due-date"),
    path("<str:ref>/progress/<str:code>/reopen/", progress_exceptions.reopen, name="reopen"),
    path("<str:ref>/ratings/", ratings.ratings, name="ratings"),
    path("<str:ref>/evidence/<uuid:public_id>/", evidence.evidence, name="evidence"),
    path("<str:ref>/activity/", tabs.activity, name="activity"),
    path("<str:ref>/<str:kind>/edit/", editing.listing, name="changeable"),
    path("<str:ref>/<str:kind>/new/", editing.add, name="add"),
    path("<str:ref>/<str:kind>/<str:key>/edit/", editing.change, name="change"),
    path("<str:ref>/<str:kind>/<str:key>/remove/", editing.remove, name="remove"),
]

# One's own, like the rest of the account's pages.
account_patterns = [
    path("account/tokens/new/", tokens.new_token, name="new-token"),
    path("account/tokens/<str:prefix>/revoke/", tokens.end_token, name="revoke-token"),
]
progress_patterns = [
    path("due/", progress.due, name="due"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reporting/", reviews.board, name="reporting"),
]
# Not below an engagement's address: `ta_portal.urls` puts them at the top.
profile_patterns = [
    path("countries/", profiles.countries, name="countries"),
    path("countries/<str:code>/", profiles.country, name="country"),
    path("institutions/", profiles.institutions, name="institutions"),
    path("institutions/new/", places.new_institution, name="new-institution"),
    path("institutions/<str:code>/", profiles.institution, name="institution"),
    path("donors/", profiles.donors, name="donors"),
    path("donors/new/", places.new_organisation, name="new-organisation"),
    path("donors/<str:code>/", profiles.donor, name="donor"),
    path("programmes/", profiles.programmes, name="programmes"),
    path("programmes/<str:code>/", profiles.programme, name="programme"),
]
