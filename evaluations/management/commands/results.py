"""`manage.py results REF`: how far an engagement is, for a person or, with `--json`, for a program."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluations.api.answers import results_answer
from evaluations.selectors.results import results
from programmes.models import Engagement
from ta_portal.api.commands import PortalCommand, add_as_of, today
from ta_portal.errors import NotFound
from ta_portal.ui.statuses import LOOKS

INDICATOR = "{code:<12}{latest:>20}{target:>20}{progress:>14}  {pace:<11}{title}"
OUTCOME = "{code:<12}{progress:>54}  {rating:<11}{reported}"


class Command(PortalCommand):
    help = "An engagement's results: indicators with progress and pace, outcomes, milestones, exit readiness."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", metavar="REF", help="the engagement's reference")
        add_as_of(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, as REST gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        engagement = Engagement.objects.filter(ref=options["ref"]).first()
        if engagement is None:
            raise NotFound(_("There is no engagement “{ref}”.").format(ref=options["ref"]))
        found = results([engagement.pk], as_of=options["as_of"] or today(), cut_off=timezone.now())
        answer = results_answer(engagement.ref, found[engagement.pk])
        if options["json"]:
            self.answer(answer)
        else:
            self.stdout.write("\n".join(table(answer)))


def table(answer: dict[str, Any]) -> list[str]:
    """The answer for a person; a dash stands for what is undefined or was never reported."""
    milestones, readiness = answer["milestones"], answer["exit_readiness"]
    return [
        _("{ref}, as of {day}").format(ref=answer["engagement"], day=answer["as_of"]),
        INDICATOR.format(
            code=_("Indicator"),
            latest=_("latest"),
            target=_("target"),
            progress=_("progress %"),
            pace=_("pace"),
            title="",
        ),
        *map(_indicator, answer["indicators"]),
        OUTCOME.format(code=_("Outcome"), progress=_("mean progress %"), rating=_("rating"), reported=_("indicators")),
        *map(_outcome, answer["outcomes"]),
        _("Milestones: {done} of {total} done, {late} of them late.").format(**milestones),
        _("Exit readiness: {score} %, ready: {ready}.").format(
            score=_said(readiness["score_pct"]), ready=_said(readiness["ready"])
        ),
    ]


def _indicator(row: dict[str, Any]) -> str:
    return INDICATOR.format(
        code=row["code"],
        latest=row["latest_label"] or _said(row["latest"]),
        target=_said(row["target"]),
        progress=_said(row["progress_pct"]),
        pace=str(LOOKS[row["pace"]].word),
        title=row["title"],
    )


def _outcome(row: dict[str, Any]) -> str:
    return OUTCOME.format(
        code=row["code"],
        progress=_said(row["mean_capped_progress_pct"]),
        rating=_said(row["rating"]),
        reported=_("{reported} of {expected}").format(**row),
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value is None else str(value)
