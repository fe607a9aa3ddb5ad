from django.urls import path

from ta_portal.i18n import views

app_name = "i18n"
urlpatterns = [path("language/", views.choose_language, name="language")]
