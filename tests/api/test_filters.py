"""Every filter of every list, held against Python on the same rows; search and case do not depend on a locale."""

import datetime as dt
from decimal import Decimal

import pytest

from ta_portal.access.permissions import Role
from ta_portal.api_urls import RESOURCES
from tests.api.everything import ROWS, reader_of
from tests.factories import EngagementFactory, MilestoneFactory
from tests.rest import Rest, fields_at_fault

pytestmark = pytest.mark.django_db

VIEWSETS = {viewset.resource: viewset for viewset in RESOURCES}


def read(value, field):
    """A value of JSON as something that Python orders as it should."""
    kinds = {kind.__name__ for kind in type(field).__mro__}
    if value is None or "BooleanField" in kinds:
        return value
    if "DecimalField" in kinds:
        return Decimal(value)
    return dt.datetime.fromisoformat(value) if "DateTimeField" in kinds else value


def passes(value, lookup, wanted):
    """What a lookup means. What is null passes nothing."""
    if value is None:
        return False
    return {
        "": lambda: value == wanted,
        "in": lambda: value in wanted,
        "gte": lambda: value >= wanted,
        "lte": lambda: value <= wanted,
        "icontains": lambda: wanted.lower() in value.lower(),
    }[lookup]()


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_every_filter_lets_through_what_python_would(resource, member):
    rows = ROWS[resource](EngagementFactory(), 4)
    viewset, asked = VIEWSETS[resource], Rest(reader_of(rows, member(Role.ADMINISTRATOR)))
    every = asked.get(f"{resource}/", page_size=500)["results"]
    shape = viewset.row.declared()
    tried = 0

    for parameter, wanted in viewset.filters().items():
        field = shape[wanted.name]
        # A cell may hold a comma, which `__in` could not tell from the next value.
        texts = [
            row[wanted.name] for row in every if row[wanted.name] not in (None, "") and "," not in str(row[wanted.name])
        ]
        for text in dict.fromkeys((texts[0], texts[-1]) if texts else ()):
            given = str(text).lower() if isinstance(text, bool) else str(text)
            if wanted.lookup == "icontains":
                given = given[1:].swapcase().strip() or given
            value = [read(text, field)] if wanted.lookup == "in" else read(text, field)
            if wanted.lookup == "icontains":
                value = given
            expected = [row for row in every if passes(read(row[wanted.name], field), wanted.lookup, value)]

            assert asked.get(f"{resource}/", page_size=500, **{parameter: given})["results"] == expected, parameter
            tried += 1
    assert tried > 0


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_every_order_is_an_order_and_back(resource, rest):
    ROWS[resource](EngagementFactory(), 4)
    viewset, asked = VIEWSETS[resource], rest(Role.ADMINISTRATOR)
    shape = viewset.row.declared()
    for name in viewset.ordering_fields:
        for word, descending in ((name, False), (f"-{name}", True)):
            rows = asked.get(f"{resource}/", page_size=500, ordering=word)["results"]
            values = [read(row[name], shape[name]) for row in rows]
            known = [value for value in values if value is not None]
            if shape[name].__class__.__name__ not in ("CharField",):  # names sort as the server's language has it
                assert known == sorted(known, reverse=descending), word
            nulls = [None] * (len(values) - len(known))
            assert values == (nulls + known if descending else known + nulls), word


@pytest.mark.parametrize("resource", sorted(ROWS))
def test_what_a_list_does_not_know_is_refused_by_name(resource, rest):
    asked = rest(Role.ADMINISTRATOR)
    for parameter in ("no_such_field", "id__regex", "pk", "public_id__in", "format"):
        if parameter not in VIEWSETS[resource].filters():
            assert fields_at_fault(asked.ask(f"{resource}/", **{parameter: "1"})) == [parameter]


@pytest.mark.parametrize(
    ("title", "search"),
    [
        ("Décret signé à ÉVREUX", "évreux DÉCRET"),
        ("ÇALIŞMA ÖĞRETİM", "çalışma"),
        ("Приказ Министра", "приказ МИНИСТРА"),
        ("مرسوم وزاري", "مرسوم"),
        ("Código tributário", "CÓDIGO TRIBUTÁRIO"),
        ("100% of _all_", "100% _ALL_"),
    ],
)
def test_search_finds_words_in_any_case_and_any_script(rest, title, search):
    wanted = MilestoneFactory(title=title)
    MilestoneFactory(title="Something else")

    assert rest().codes("milestones/", search=search) == [wanted.code]
    assert rest().codes("milestones/", title__icontains=search.split()[0]) == [wanted.code]
