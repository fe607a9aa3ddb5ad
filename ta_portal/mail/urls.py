from django.urls import path

from ta_portal.mail import views

app_name = "mail"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/read/", views.read_all, name="read-all"),
    path("messages/<uuid:public_id>/", views.message, name="message"),
    path("messages/<uuid:public_id>/read/", views.read, name="read"),
    path("account/messages/", views.choices, name="choices"),
]
