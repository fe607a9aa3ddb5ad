"""`manage.py cost_summary REF`: what an engagement costs, as the costing service answers it."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from costing.api.answers import comparison_answer, cost_answer
from costing.domain.vocabulary import DEFAULT_BASIS, Basis, By
from costing.selectors import costs as selectors
from programmes.models import Engagement
from ta_portal.api.commands import PortalCommand, add_as_of, today
from ta_portal.errors import NotFound

ROW = ("planned", "committed", "actual", "variance", "variance_pct", "share_of_actual_pct")
LEFT_OUT = "{kind} {id}: {amount} {currency} on {date}, {reason}"


class Command(PortalCommand):
    help = "What an engagement costs: planned, committed or actual, in any currency, grouped as asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", metavar="REF", help="the engagement's reference")
        parser.add_argument("--basis", choices=list(Basis), default=DEFAULT_BASIS.value)
        parser.add_argument("--currency", metavar="CODE", help="the programme's own by default")
        parser.add_argument("--by", choices=list(By), default=By.CATEGORY.value)
        add_as_of(parser)
        parser.add_argument("--compare", action="store_true", help="planned, committed and actual side by side")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, as REST gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = self.comparison(options) if options["compare"] else self.summary(options)
        if options["json"]:
            self.answer(answer)
        else:
            self.stdout.write("\n".join(table(answer)))

    def summary(self, options: dict[str, Any]) -> dict[str, Any]:
        key, question = asked(options)
        found = selectors.cost_summaries([key], basis=Basis(options["basis"]), **question)
        return cost_answer(found[key])

    def comparison(self, options: dict[str, Any]) -> dict[str, Any]:
        key, question = asked(options)
        return comparison_answer(selectors.cost_comparisons([key], **question)[key])


def asked(options: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The engagement's key and the question. Raises NotFound for a reference that nothing has."""
    key = Engagement.objects.filter(ref=options["ref"]).values_list("pk", flat=True).first()
    if key is None:
        raise NotFound(_("There is no engagement “{ref}”.").format(ref=options["ref"]))
    return key, {
        "by": By(options["by"]),
        "currency": options["currency"],
        "as_of": options["as_of"] or today(),
        "cut_off": timezone.now(),
    }


def table(answer: dict[str, Any]) -> list[str]:
    """The answer for a person: a row for each group, then the totals, then what was left out of them."""
    compared = "basis" not in answer
    columns = ROW if compared else (answer["basis"],)
    rows = [*answer["groups"].items(), ("total", answer["total"])]
    rows += [(f"outside: {kind}", figure) for kind, figure in answer["outside"].items()]
    rows += [(name, answer[name]) for name in ("uncategorised", "charged")]
    cells = [(name, [figure[column] or "" for column in columns] if compared else [figure]) for name, figure in rows]
    width = max(len(name) for name, _figures in cells)
    return [
        f"{answer['engagement']} by {answer['by']}, in {answer['currency']}, as of {answer['as_of']}",
        f"{'':{width}}  " + "  ".join(f"{column:>20}" for column in columns),
        *(f"{name:{width}}  " + "  ".join(f"{figure:>20}" for figure in figures) for name, figures in cells),
        *_left_out(answer["unconverted"]),
    ]


def _left_out(items: list[dict[str, Any]]) -> list[str]:
    if not items:
        return []
    return [
        f"Left out of the totals for want of a rate: {len(items)}",
        *("  " + LEFT_OUT.format(**item) for item in items),
    ]
