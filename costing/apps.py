from django.apps import AppConfig


class CostingConfig(AppConfig):
    name = "costing"

    def ready(self) -> None:
        from costing import editors, panels

        panels.register()
        editors.register()
