from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"

    def ready(self) -> None:
        from evaluations import editors, panels
        from evaluations.selectors.fingerprints import sealed_reports
        from evaluations.selectors.guards import exit_too_early
        from evaluations.services.roll_up import ROLL_UP
        from evaluations.tasks import make_impact_report
        from ta_portal.jobs.handlers import job_handler
        from ta_portal.registry.checks import register_check
        from ta_portal.registry.guards import register_guard

        job_handler(ROLL_UP)(make_impact_report)
        register_guard("engagement.exited", exit_too_early)
        register_check(sealed_reports)
        panels.register()
        editors.register()
