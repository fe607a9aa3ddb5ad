from django.urls import path

from ta_portal.jobs import views

app_name = "jobs"
urlpatterns = [
    path("<uuid:public_id>/", views.job, name="job"),
    path("<uuid:public_id>/cancel/", views.cancel_job, name="cancel"),
    path("<uuid:public_id>/retry/", views.retry_job, name="retry"),
]
