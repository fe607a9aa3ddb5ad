"""`manage.py generate_portfolio`: made-up engagements for load, for scale and to look at."""

import datetime as dt
import time
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand, add_as_of, today
from ta_portal.bench.portfolio.generating import generate_portfolio

MOST_ENGAGEMENTS = 1_000_000
MOST_SEED = 9999


class Command(PortalCommand):
    help = "Generate a synthetic portfolio by COPY, marked as sample data. The same seed and day make the same content."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engagements", type=int, required=True, metavar="N", help="how many")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="which one: 1 by default")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        add_as_of(parser)

    def handle(
        self, *args: Any, engagements: int, seed: int, as_of: dt.date | None, json: bool, **options: Any
    ) -> None:
        if not 1 <= engagements <= MOST_ENGAGEMENTS:
            self.usage(_("--engagements is a whole number from 1 to {most}.").format(most=MOST_ENGAGEMENTS))
        if not 0 <= seed <= MOST_SEED:
            self.usage(_("--seed is a whole number from 0 to {most}.").format(most=MOST_SEED))
        if as_of is not None and as_of > today():
            self.usage(_("--as-of lies in the future: what is generated must be known today."))
        began = time.monotonic()
        made = generate_portfolio(engagements=engagements, seed=seed, today=as_of or today(), say=self.tell)
        if json:
            self.answer({"generated": made.is_new, "seed": seed, "counts": made.counts})
            return
        if not made.is_new:
            self.stdout.write(_("Seed {seed} is here already, nothing changed.").format(seed=seed))
        for kind, count in made.counts.items():
            self.stdout.write(f"{count:>9}  {kind.replace('_', ' ')}")
        self.tell(_("{seconds} seconds").format(seconds=round(time.monotonic() - began)))
