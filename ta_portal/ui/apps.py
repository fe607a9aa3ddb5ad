from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "ta_portal.ui"
    label = "portal_ui"

    def ready(self) -> None:
        from ta_portal.registry.acts import register_acts

        register_acts(
            {
                "saved_view.saved": _("View saved"),
                "saved_view.changed": _("View changed"),
                "saved_view.removed": _("View removed"),
            }
        )
