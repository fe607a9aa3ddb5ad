from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "ta_portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        from ta_portal.jobs import checks
        from ta_portal.registry.acts import register_acts
        from ta_portal.registry.checks import register_check

        register_acts(
            {
                "job.queued": _("Job asked for"),
                "job.cancel_requested": _("Job stopped"),
                "job.retried": _("Job asked for again"),
            }
        )
        for check in (checks.worker, checks.clock, checks.stuck_jobs, checks.outbox):
            register_check(check)
