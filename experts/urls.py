from django.urls import path

from experts import views

app_name = "experts"
urlpatterns = [path("<str:ref>/experts/", views.experts, name="experts")]
