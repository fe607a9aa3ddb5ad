from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes import editors, panels, receivers  # noqa: F401 - the last listens
        from programmes.selectors.grants import MEMBERSHIP_GRANTS, POST_GRANTS
        from programmes.services.file_check import files
        from ta_portal.access.grants import register_grant_source
        from ta_portal.registry.checks import register_check

        register_grant_source(MEMBERSHIP_GRANTS)
        register_grant_source(POST_GRANTS)
        panels.register()
        editors.register()
        register_check(files)
