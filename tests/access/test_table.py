"""The access table, asked cell by cell (tests/access/table.txt says how it is read)."""

import logging

import pytest

from ta_portal.monitoring import metrics
from tests.access.addresses import METHODS, Address, addresses, concrete
from tests.access.bodies import BODIES, query_of
from tests.access.readers import READERS, Reader
from tests.access.table import Line, read_table

TABLE = read_table()
ADDRESSES = {address.route: address for address in addresses()}
# A method that an address does not know is refused to all alike: a few are asked, who may most among them.
FEW = [READERS.index(name) for name in ("stranger", "administrator", "liaison", "read")]
SIGN_IN = "/accounts/login/?next="


@pytest.fixture(scope="module")
def readers(world):
    # Every refusal is logged; here there are thousands.
    logging.disable(logging.CRITICAL)
    yield [Reader(name, world) for name in READERS]
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _few_series():
    """Every refusal here is a series of its own, and whoever may read the metrics is given all of them."""
    metrics.forget()


def version_of(address: Address, path: str, readers) -> dict[str, str]:
    """The version that a change of an existing row names, as the officer sees it; else the liaison."""
    if "<" not in address.route or not address.is_api:
        return {}
    # A step is taken with the row that stands before it in the address.
    row = path if address.route.endswith(">/") else path[: path.rindex("/", 0, -1) + 1]
    asked = (readers[READERS.index(name)].ask("GET", row) for name in ("officer", "liaison"))
    return {"If-Match": next((tag for answer in asked if (tag := answer.headers.get("ETag"))), "")}


@pytest.mark.django_db
@pytest.mark.parametrize("route", ADDRESSES)
def test_everybody_gets_what_the_table_says(route, world, readers):
    address, wrong = ADDRESSES[route], []
    path = concrete(address, world)
    version = version_of(address, path, readers)
    for method in METHODS:
        body = BODIES.get((method, route), lambda _world: None)(world)
        headers = version if method not in ("GET", "HEAD", "OPTIONS") else {}
        asked = path + query_of(method, address)
        line = TABLE.line_for(route, method)
        who = range(len(readers)) if line is None or method in line.methods else FEW
        answers = [readers[number].ask(method, asked, body, **headers) for number in who]
        cells = tuple(answer.status_code for answer in answers)
        if line is None or tuple(line.cells[number] for number in who) != cells:
            given = f"line {line.number} says  {said(line)}" if line else "no line speaks of it"
            wrong.append(f"{given}\nthe portal said {route}  {method}  {' '.join(map(str, cells))}")
        if not address.is_api and answers[0].status_code == 302:
            leads_to = answers[0].headers["Location"]
            assert leads_to.startswith(SIGN_IN) or route.startswith(("/accounts/", "/language/")), leads_to
    assert not wrong, "\n" + "\n".join(wrong)


def said(line: Line) -> str:
    return " ".join(map(str, line.cells))


def test_every_line_speaks_of_an_address_that_there_is():
    assert [line.address for line in TABLE.lines if not set(line.addresses) <= set(ADDRESSES)] == []


def test_every_line_decides_something():
    deciding = {TABLE.line_for(route, method) for route in ADDRESSES for method in METHODS}

    assert [line.number for line in TABLE.lines if line not in deciding] == []
