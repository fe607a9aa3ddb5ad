from django.urls import path

from ta_portal.ui import saved_views, views

app_name = "ui"
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/density/", views.choose_density, name="density"),
    path("account/views/<slug:name>/new/", saved_views.new_view, name="new-view"),
    path("account/views/<uuid:public_id>/edit/", saved_views.edit_view, name="change-view"),
    path("account/views/<uuid:public_id>/remove/", saved_views.take_out_view, name="remove-view"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
