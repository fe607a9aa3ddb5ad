"""`manage.py cost_summary`: one JSON object or a table on stdout, a refusal in one sentence."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from costing import services
from costing.api.answers import comparison_answer, cost_answer
from costing.domain.vocabulary import Basis, By, Category, EntryKind
from costing.selectors import costs as selectors
from ta_portal.api.rendering import dumps
from tests import factories as make
from tests.costing.conftest import TODAY

UNTIL = f"--as-of={TODAY}"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("cost_summary", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_json_is_the_answer_of_the_service_to_the_byte(financia):
    key = financia.engagement.pk
    asked = {"by": By.DONOR, "currency": "EUR", "as_of": TODAY, "cut_off": timezone.now()}
    summary = cost_answer(selectors.cost_summaries([key], basis=Basis.PLANNED, **asked)[key])
    comparison = comparison_answer(selectors.cost_comparisons([key], **asked)[key])
    said = ["FIN-TAX-2024", "--by=donor", "--currency=EUR", UNTIL, "--json"]
    assert run(*said, "--basis=planned") == dumps(summary).decode() + "\n"
    assert run(*said, "--compare") == dumps(comparison).decode() + "\n"


def test_without_options_it_says_what_was_spent_by_category(financia):
    answer = json.loads(run("FIN-TAX-2024", "--json"))
    assert (answer["basis"], answer["by"], answer["currency"]) == ("actual", "category", "USD")
    assert answer["total"] == financia.expected["overall"]["actual_usd"]


def test_the_table_has_a_row_for_each_group_and_the_totals(financia):
    rows = dict(line.rsplit(maxsplit=1) for line in run("FIN-TAX-2024", "--basis=planned").splitlines()[2:])
    assert rows == {
        **{key: row["planned_usd"] for key, row in financia.expected["by_category"].items()},
        "total": "2070155.27",
        "uncategorised": "0.00",
        "charged": "2070155.27",
    }


def test_the_compared_table_has_all_columns(financia):
    header, *rows = run("FIN-TAX-2024", "--compare").splitlines()[1:]
    assert header.split() == ["planned", "committed", "actual", "variance", "variance_pct", "share_of_actual_pct"]
    total = next(row for row in rows if row.startswith("total")).split()
    assert total == ["total", "2070155.27", "0.00", "2086364.39", "16209.12", "0.78", "100.00"]


def test_the_table_says_what_was_left_out(author):
    entry = services.post_entry(
        engagement=make.EngagementFactory(ref="ABC-1"),
        kind=EntryKind.EXPENDITURE,
        on_date=TODAY,
        amount=Decimal(-7),
        currency="EUR",
        category=Category.EQUIPMENT,
        source="books",
        external_ref="1",
        by=author,
    )
    *_table, heading, listed = run("ABC-1").splitlines()
    assert heading == "Left out of the totals for want of a rate: 1"
    assert listed == f"  ledger_entry {entry.public_id}: -7.00 EUR on {TODAY}, no_valuation"


def test_an_engagement_or_a_currency_that_is_not_there_is_one_sentence_and_exit_1(db):
    make.EngagementFactory(ref="ABC-1")
    for arguments, sentence in [
        (["NOWHERE"], "There is no engagement “NOWHERE”."),
        (["ABC-1", "--currency=ZZZ"], "currency: There is no currency “ZZZ”: give a code of ISO 4217, such as USD."),
    ]:
        with pytest.raises(CommandError) as refused:
            run(*arguments)
        assert (str(refused.value), refused.value.returncode) == (sentence, 1)


@pytest.mark.parametrize("option", ["--basis=spent", "--by=colour", "--as-of=yesterday"])
def test_a_wrong_option_is_wrong_usage(option):
    with pytest.raises(CommandError, match=option.partition("=")[0]):
        run("ABC-1", option)
