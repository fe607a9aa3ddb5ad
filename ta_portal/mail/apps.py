from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "ta_portal.mail"
    label = "portal_mail"

    def ready(self) -> None:
        from ta_portal.accounts.backend import carry
        from ta_portal.jobs.handlers import register_errand
        from ta_portal.mail import checks, panels, selectors, sending
        from ta_portal.registry.checks import register_check

        carry(selectors.UNREAD, selectors.counted_unread())
        panels.register()
        register_check(checks.mail)
        register_errand("letters", sending.send_ready)
