"""What programmes do by the clock."""

from celery import shared_task

from programmes.services.uploads import sweep_files


@shared_task(name="programmes.sweep_files", ignore_result=True)
def sweep_evidence() -> None:
    """Clear away what came of files that nobody goes on sending, and what no evidence refers to. Safe to repeat."""
    sweep_files()
