"""`manage.py roll_up`: an impact report in the foreground, and its rows on the terminal."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandParser

from evaluations.api.report_answers import report_answer
from evaluations.selectors.reports import ReportRow, report_rows
from evaluations.services.roll_up import roll_up
from programmes.services.service_accounts import system_author
from ta_portal.api.commands import PortalCommand, a_past_instant, add_as_of

COLUMNS = "{:<11} {:<32} {:<24} {:>18} {:>9}"


class Command(PortalCommand):
    help = "Roll costs and results up into an impact report, and print its rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scope",
            default="portfolio",
            metavar="SCOPE",
            help="portfolio (the default), or engagement:REF, programme:CODE, country:ISO2, area:CODE, donor:CODE",
        )
        parser.add_argument("--currency", default=None, metavar="CODE", help="its programme's by default, else USD")
        parser.add_argument("--json", action="store_true", help="print one JSON object: what REST gives for the report")
        add_as_of(parser)
        parser.add_argument(
            "--cut-off",
            type=a_past_instant,
            default=None,
            metavar="INSTANT",
            help="from what was known then, now by default",
        )

    def handle(
        self, *args: Any, scope: str, as_of: dt.date | None, currency: str | None, json: bool, **options: Any
    ) -> None:
        known = options["cut_off"]
        report = roll_up(scope=scope, as_of=as_of, currency=currency, cut_off=known, by=system_author())
        if json:
            self.answer(report_answer(report))
            return
        self.stdout.write(COLUMNS.format("level", "key", "metric", "value", "of"))
        for row in report_rows(report):
            self.stdout.write(_line(row))
        self.tell(f"Report {report.public_id}, fingerprint {report.fingerprint}")


def _line(row: ReportRow) -> str:
    value = "-" if row.value is None else format(row.value, "f")
    of = "" if row.expected is None else f"{row.reported}/{row.expected}"
    return COLUMNS.format(row.level, row.key, row.metric, value, of).rstrip()
