"""`manage.py doctor`: what is wrong with this installation, and what to do."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ta_portal.monitoring.examination import examine
from ta_portal.registry.checks import Finding


class Command(BaseCommand):
    help = "Look at each part of this installation; one line each. Exit code 1 if something is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--only", action="append", metavar="PART", help="this part alone; may be repeated")

    def handle(self, *args: Any, only: list[str] | None, **options: Any) -> None:
        as_json = options["json"]
        findings = []
        for finding in examine():
            if only and finding.part not in only:
                continue
            findings.append(finding)
            if not as_json:
                self._say(finding)
        well = all(finding.is_well for finding in findings) and (bool(findings) or not only)
        if as_json:
            self.stdout.write(json.dumps({"well": well, "findings": [_plain(finding) for finding in findings]}))
        if not well:
            sys.exit(1)

    def _say(self, finding: Finding) -> None:
        mark = self.style.SUCCESS("ok   ") if finding.is_well else self.style.ERROR("WRONG")
        remedy = f"  ->  {finding.remedy}" if finding.remedy else ""
        self.stdout.write(f"{mark}  {finding.part:<16} {finding.state}{remedy}")


def _plain(finding: Finding) -> dict[str, Any]:
    return {"part": finding.part, "well": finding.is_well, "state": finding.state, "remedy": finding.remedy}
