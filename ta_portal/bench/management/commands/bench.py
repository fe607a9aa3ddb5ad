"""`manage.py bench` (`./run bench`): how long it takes, against others' ways to the same answers."""

import os
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand, Refused
from ta_portal.bench.measuring import Verdict
from ta_portal.bench.running import GROWTH, bench
from ta_portal.bench.table import table_of, values_of

USUAL, FULL, LEAST = 2_000, 10_000, 100


class Command(PortalCommand):
    help = "Compare the portal with SQL and Python by hand, on generated data in databases of its own (portal_bench_…)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engagements", type=int, default=None, metavar="N", help=f"{USUAL} by default")
        parser.add_argument("--full", action="store_true", help=f"{FULL} engagements")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, engagements: int | None, full: bool, json: bool, **options: Any) -> None:
        if full and engagements is not None:
            self.usage(_("Give --engagements or --full, not both."))
        wanted = FULL if full else engagements or USUAL
        if wanted < LEAST or wanted % GROWTH:
            self.usage(_("--engagements is a multiple of ten, {least} or more.").format(least=LEAST))
        lines = bench(wanted, self.tell)
        if json:
            self.answer({"engagements": wanted, "cores": os.cpu_count(), "lines": values_of(lines)})
        else:
            for row in table_of(lines):
                self.stdout.write(row)
        if any(line.verdict is Verdict.DIFFERS for line in lines):
            raise Refused(_("Answers differ: what is faster but wrong is no benchmark."))
