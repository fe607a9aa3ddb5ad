from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "ta_portal.demo"
    label = "demo"

    def ready(self) -> None:
        from ta_portal.demo import panels

        if settings.DEMO:
            panels.register()
