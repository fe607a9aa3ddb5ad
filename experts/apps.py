from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "experts"

    def ready(self) -> None:
        from experts import editors, panels
        from experts.selectors.grants import DEPLOYMENT_GRANTS
        from ta_portal.access.grants import register_grant_source

        register_grant_source(DEPLOYMENT_GRANTS)
        panels.register()
        editors.register()
