from django.apps import AppConfig


class I18nConfig(AppConfig):
    name = "ta_portal.i18n"
    label = "i18n"

    def ready(self) -> None:
        from ta_portal.i18n import folding

        folding.register()
