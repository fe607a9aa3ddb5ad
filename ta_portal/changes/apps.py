from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "ta_portal.changes"
    label = "changes"
