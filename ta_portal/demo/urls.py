"""Signing in with one click; included only where the portal runs as a demo."""

from django.urls import path

from ta_portal.demo import views

app_name = "demo"
urlpatterns = [path("sign-in/", views.sign_in, name="sign-in")]
