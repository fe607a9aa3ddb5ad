"""Pages, order, filters, search, chosen fields."""

import base64
import datetime as dt
import json
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.models import Milestone
from ta_portal.api.sealing import seal
from tests.factories import EngagementFactory, IndicatorFactory, MilestoneFactory, ObservationFactory, WorkstreamFactory
from tests.rest import fields_at_fault

pytestmark = pytest.mark.django_db


def walk(asked, path, **parameters):
    """The codes of all pages forward, then of all pages back again."""
    forward, page = [], asked.get(path, **parameters)
    while True:
        forward.append([row["code"] for row in page["results"]])
        assert len(forward) < 100, "The pages go round in a circle."
        if page["next"] is None:
            break
        page = follow(asked, page["next"])
    backward = [forward[-1]]
    while page["previous"] is not None:
        assert len(backward) < 100, "The pages go round in a circle."
        page = follow(asked, page["previous"])
        backward.append([row["code"] for row in page["results"]])
    return forward, backward


def follow(asked, url):
    parts = urlsplit(url)
    return asked.get(parts.path, **{name: values[0] for name, values in parse_qs(parts.query).items()})


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_lead_to_every_row_once_and_back_again(rest, size):
    codes = [row.code for row in MilestoneFactory.create_batch(7)]

    forward, backward = walk(rest(), "milestones/", page_size=size)

    assert list(chain(*forward)) == codes
    assert backward == forward[::-1]


def test_a_page_is_50_rows_unless_another_size_is_asked_for(rest):
    Milestone.objects.bulk_create(MilestoneFactory.build_batch(51, engagement=EngagementFactory()))

    assert len(rest().get("milestones/")["results"]) == 50


def test_rows_that_come_and_go_between_pages_neither_hide_nor_repeat_others(rest):
    rows = MilestoneFactory.create_batch(6)
    asked = rest()
    first = asked.get("milestones/", page_size=2)

    rows[0].delete()
    rows[1].delete()
    late = MilestoneFactory(engagement=rows[2].engagement)
    seen, page = [row["code"] for row in first["results"]], first
    while page["next"]:
        page = follow(asked, page["next"])
        seen += [row["code"] for row in page["results"]]

    assert seen == [row.code for row in [*rows, late]]


days = st.one_of(st.none(), st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 4)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(days, st.one_of(st.none(), st.integers(1, 4))), min_size=1, max_size=9),
    ordering=st.sampled_from(["done", "-done", "rating,-done", "-rating,done", "-done,-rating,code"]),
    size=st.integers(1, 4),
)
def test_any_order_with_ties_and_gaps_shows_each_row_once(rest, rows, ordering, size):
    Milestone.objects.all().delete()
    engagement = EngagementFactory()
    made = [MilestoneFactory(engagement=engagement, done=done, rating=rating) for done, rating in rows]

    forward, backward = walk(rest(), "milestones/", page_size=size, ordering=ordering)

    # The oracle: Python's stable sort, key by key from the last; what is missing is greater than all else.
    wanted = list(made)
    for word in reversed(ordering.split(",")):
        name = word.removeprefix("-")
        wanted.sort(
            key=lambda row, name=name: (
                (getattr(row, name) is None, getattr(row, name) or 0)
                if name == "rating"
                else (getattr(row, name) is None, str(getattr(row, name)))
            )
        )
        if word.startswith("-"):
            wanted = _reversed_stably(wanted, name)
    assert list(chain(*forward)) == [row.code for row in wanted]
    assert backward == forward[::-1]


def _reversed_stably(rows, name):
    """Groups of equals in reverse, each group as it stood."""
    groups = []
    for row in rows:
        if groups and getattr(groups[-1][0], name) == getattr(row, name):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [row for group in reversed(groups) for row in group]


@pytest.mark.parametrize("size", ["0", "-1", "501", "many", "", "1e2", "٥", "99999999999999999999", "5.0"])
def test_a_page_size_that_is_none_is_refused(rest, size):
    response = rest().ask("milestones/", page_size=size)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["page_size"]


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "€", "AAAA", "A" * 5000, "=", seal(b"[0,5]", purpose="milestones?due")]
)
def test_a_cursor_that_was_not_given_out_is_refused(rest, cursor):
    response = rest().ask("milestones/", cursor=cursor)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["cursor"]


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"null",
        b"[0]",
        b'[0,"x"]',
        b"[0,null]",
        b"[0,-5]",
        b"[0,99999999999999999999999]",
        b"[0,5,6]",
        b"[[],[]]",
        b"[" * 5000,
    ],
)
def test_a_cursor_of_ours_that_holds_what_no_place_does_is_refused(rest, content):
    response = rest().ask("milestones/", cursor=seal(content, purpose="milestones?"))

    assert response.status_code == 400
    assert fields_at_fault(response) == ["cursor"]


def cursor_of(page):
    return parse_qs(urlsplit(page["next"]).query)["cursor"][0]


def test_a_cursor_tells_nothing_and_is_taken_only_as_it_was_given_out(rest):
    rows = MilestoneFactory.create_batch(3)
    asked = rest()
    cursor = cursor_of(asked.get("milestones/", page_size=2))
    bare = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    assert asked.codes("milestones/", cursor=cursor) == [rows[2].code]
    assert len(cursor) < 40
    assert str(rows[1].pk).encode() not in bare
    with pytest.raises(ValueError):  # noqa: PT011 - whichever
        json.loads(bare)
    for place in range(len(bare)):
        other = bytes([*bare[:place], bare[place] ^ 1, *bare[place + 1 :]])
        spoilt = base64.urlsafe_b64encode(other).decode().rstrip("=")
        assert asked.ask("milestones/", cursor=spoilt).status_code == 400


def test_a_cursor_is_for_its_own_list_and_order(rest):
    WorkstreamFactory.create_batch(2)
    MilestoneFactory.create_batch(2)
    asked = rest()
    cursor = cursor_of(asked.get("milestones/", page_size=1))

    assert fields_at_fault(asked.ask("workstreams/", cursor=cursor)) == ["cursor"]
    assert fields_at_fault(asked.ask("milestones/", cursor=cursor, ordering="due")) == ["cursor"]


@pytest.mark.parametrize("ordering", ["nonsense", "engagement", "-", "due,due", "due,-due", "--due", "due,"])
def test_an_order_by_anything_but_the_named_fields_is_refused(rest, ordering):
    response = rest().ask("milestones/", ordering=ordering)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["ordering"]


@pytest.fixture
def milestones():
    engagement = EngagementFactory()
    audit = WorkstreamFactory(engagement=engagement, code="WS-A")
    given = [("A1", "2024-01-31", None), ("A2", "2024-03-31", audit), ("B1", "2024-06-30", audit)]
    return [
        MilestoneFactory(engagement=engagement, code=code, title=f"Decree {code} signed", due=due, workstream=strand)
        for code, due, strand in given
    ]


@pytest.mark.parametrize(
    ("parameters", "codes"),
    [
        ({"code": "A2"}, ["A2"]),
        ({"code": "a2"}, []),
        ({"code__in": "A1,B1,C9"}, ["A1", "B1"]),
        ({"code__icontains": "a"}, ["A1", "A2"]),
        ({"due": "2024-03-31"}, ["A2"]),
        ({"due__gte": "2024-03-31"}, ["A2", "B1"]),
        ({"due__lte": "2024-03-31"}, ["A1", "A2"]),
        ({"due__gte": "2024-02-01", "due__lte": "2024-04-01"}, ["A2"]),
        ({"workstream": "WS-A"}, ["A2", "B1"]),
        ({"workstream": "WS-A", "code__icontains": "b"}, ["B1"]),
        ({"search": "signed a"}, ["A1", "A2"]),
        ({"search": "DECREE b1"}, ["B1"]),
        ({"search": "100%"}, []),
        ({"ordering": "-due"}, ["B1", "A2", "A1"]),
    ],
)
def test_a_list_is_narrowed_as_asked(rest, milestones, parameters, codes):
    assert rest().codes("milestones/", **parameters) == codes


@pytest.mark.parametrize(
    "parameters",
    [
        {"due": "2024-02-30"},
        {"due": "20240131"},
        {"due": "2024-W01-1"},
        {"due": "٢٠٢٤-٠١-٠١"},
        {"due__gte": "yesterday"},
        {"due__in": "2024-01-01,x"},
        {"due": "9999-12-31"},
        {"rating": "x"},
        {"rating": "99999999999"},
        {"rating__in": "1,99999999999"},
        {"code": "a\x00b"},
        {"code": ""},
        {"code__icontains": "x" * 201},
        {"code__in": ",".join(["A1"] * 101)},
        {"search": "\x00"},
        {"search": ""},
        {"engagement": "\x00"},
        {"updated_at__gte": "noon"},
        {"updated_at": "2024-01-01T25:00:00Z"},
        {"fields": ""},
        {"fields": "code,nonsense"},
    ],
)
def test_a_value_that_cannot_be_used_is_refused_at_its_parameter(rest, milestones, parameters):
    response = rest().ask("milestones/", **parameters)

    assert response.status_code == 400
    assert fields_at_fault(response) == list(parameters)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", "1" * 41, "1,5", "0x10"])
def test_a_number_that_is_none_is_refused(rest, value):
    response = rest().ask("observations/", value__gte=value)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["value__gte"]


def test_all_that_is_wrong_is_said_at_once(rest):
    response = rest().ask("milestones/", due="x", rating="y")

    assert fields_at_fault(response) == ["due", "rating"]


def test_only_the_fields_asked_for_are_sent(rest, milestones):
    assert rest().get("milestones/", fields="due,code", page_size=1)["results"] == [{"code": "A1", "due": "2024-01-31"}]
    assert rest().get(f"milestones/{milestones[0].public_id}/", fields="code") == {"code": "A1"}


def test_the_next_page_asks_the_same_question(rest, milestones):
    page = rest().get("milestones/", workstream="WS-A", page_size=1, fields="code", ordering="-due")

    assert page["results"] == [{"code": "B1"}]
    assert follow(rest(), page["next"])["results"] == [{"code": "A2"}]


def test_numbers_are_text_with_the_digits_they_have(rest):
    indicator = IndicatorFactory()
    for month, value in enumerate(["0", "12.5", "-3.25", "12345678901234567890.1234"], start=1):
        ObservationFactory(
            indicator=indicator, period_start=dt.date(2024, month, 1), period_end=dt.date(2024, month, 28), value=value
        )

    raw = rest().ask("observations/", fields="value").content

    assert json.loads(raw)["results"] == [
        {"value": "0"},
        {"value": "12.5"},
        {"value": "-3.25"},
        {"value": "12345678901234567890.1234"},
    ]


def test_zero_and_not_reported_are_told_apart(rest):
    indicator = IndicatorFactory()
    ObservationFactory(indicator=indicator, value=0)
    ObservationFactory(
        indicator=indicator, period_start="2024-04-01", period_end="2024-06-30", value=None, reported=False
    )

    rows = rest().get("observations/", fields="value,reported")["results"]

    assert rows == [{"reported": True, "value": "0"}, {"reported": False, "value": None}]
