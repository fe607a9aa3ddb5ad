"""Signing in with one click, and what was sent; included only where the portal runs as a demo."""

from django.urls import path

from ta_portal.demo import views

app_name = "demo"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("outbox/", views.sent_mail, name="outbox"),
    path("outbox/<int:key>/", views.letter, name="letter"),
    path("outbox/<int:key>/html/", views.letter_html, name="letter-html"),
    path("outbox/<int:key>/files/<int:file>/", views.letter_file, name="letter-file"),
]
