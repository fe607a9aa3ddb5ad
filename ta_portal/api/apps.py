from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "ta_portal.api"
    label = "portal_api"

    def ready(self) -> None:
        from ta_portal.api import panels

        panels.register()
