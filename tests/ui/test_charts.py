import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ta_portal.ui import charts
from ta_portal.ui.charts import Bar, Mark, TimeBar

FIGURES = st.one_of(st.none(), st.decimals(min_value=-1000, max_value=10**9, places=2))
WIDTHS = {"x", "x1", "x2", "width"}


def horizontal_coordinates(svg: str) -> list[Decimal]:
    """Every x of the shapes in a chart."""
    found = []
    for shape in ET.fromstring(svg).iter():
        if shape.tag != "svg":
            found += [Decimal(shape.attrib[name]) for name in WIDTHS & shape.attrib.keys()]
            found += [Decimal(x) for x in re.findall(r"[ML](-?[\d.]+) ", shape.attrib.get("d", ""))]
    return found


def test_the_path_of_an_indicator_is_the_one_of_the_prototype():
    svg = charts.spark([12, 14, 19, 25, 31], 85)

    assert '<path class="ln" d="M0.0 26.0L23.5 25.3L47.0 23.7L70.5 21.7L94.0 19.8"/>' in svg
    assert '<line class="tg" x1="0" x2="96" y1="2.0" y2="2.0"/>' in svg


def test_a_period_without_a_value_leaves_a_gap_in_the_path():
    svg = charts.spark([28, 27, None, 23, 22, None, 21], 10)

    path = re.search(r'class="ln" d="([^"]+)"', svg)[1]
    assert path.count("M") == path.count("L") == 2


def test_a_value_between_two_gaps_is_a_dot_as_the_latest_is():
    svg = charts.spark([28, None, 23, None, 21], 10)

    assert 'class="ln"' not in svg
    assert re.findall(r'class="pt" d="M([\d.]+) ', svg) == ["0.0", "47.0", "94.0"]


def test_an_indicator_without_any_value_has_no_path():
    assert charts.spark([None, None], 40) == ""


def test_a_value_that_never_changes_is_a_level_line():
    assert 'd="M0.0 14.0L94.0 14.0"' in charts.spark([5, 5])


def test_a_missing_share_is_an_empty_track_and_not_a_bar_of_no_width():
    assert charts.share(Bar("Training", None)).count("<rect") == 1
    assert charts.share(Bar("Training", 0)).count("<rect") == 2


@given(pct=FIGURES, tick=FIGURES)
def test_a_share_stays_on_its_track_whatever_the_figure(pct, tick):
    assert all(0 <= x <= 100 for x in horizontal_coordinates(charts.share(Bar("Spend", pct, tick))))


@given(values=st.lists(FIGURES, max_size=12), target=FIGURES)
def test_a_path_stays_in_its_frame_whatever_the_figures(values, target):
    svg = charts.spark(values, target)

    assert svg == "" or all(0 <= x <= 96 for x in horizontal_coordinates(svg))


@given(plan=FIGURES, held=FIGURES, paid=FIGURES, forecast=FIGURES, top=st.integers(0, 10**9))
def test_a_bullet_stays_on_its_scale_whatever_the_figures(plan, held, paid, forecast, top):
    svg = charts.bullet(plan=plan, held=held, paid=paid, forecast=forecast, top=top)

    assert all(0 <= x <= 100 for x in horizontal_coordinates(svg))
    assert svg.count("<rect") == sum(value is not None for value in (plan, held, paid))


@pytest.mark.parametrize(
    ("was", "now", "dots", "joins"), [(1, 2, 2, 1), (None, 2, 1, 0), (1, None, 1, 0), (None, None, 0, 0)]
)
def test_then_and_now_are_joined_only_if_both_are_known(was, now, dots, joins):
    svg = charts.dumbbell(was=was, now=now, target=3, top=3)

    assert svg.count("<path") == dots
    assert svg.count('class="dl"') == joins


def test_the_end_of_the_scale_is_the_end_of_the_line():
    svg = charts.dumbbell(was=0, now=3, target=None, top=3)

    assert '<line class="dl" x1="3.0" x2="97.0"' in svg


def test_a_workstream_shows_what_is_done_its_milestones_and_today():
    bar = TimeBar(
        start=0, end=50, done_pct=58, today=Decimal("25.5"), marks=[Mark(Decimal("41.7"), False), Mark(10, True)]
    )

    svg = charts.gantt(bar)

    assert '<line class="g-done w12" x1="0.0" x2="29.0"' in svg
    assert '<line class="now" x1="25.5" x2="25.5"' in svg
    assert svg.count('class="w9"') == 2
    assert svg.count('class="w5r"') == 1


def test_a_late_workstream_is_drawn_as_late_and_today_outside_the_chart_is_not_drawn():
    svg = charts.gantt(TimeBar(start=10, end=20, done_pct=50, today=120, late=True))

    assert "g-late" in svg
    assert "g-done" not in svg
    assert "now" not in svg


def test_a_day_has_its_place_between_two_others():
    first, last = date(2026, 1, 1), date(2028, 12, 31)

    assert charts.place(first, first, last) == 0
    assert charts.place(last, first, last) == 100
    assert charts.place(date(2030, 1, 1), first, last) == 100
    assert charts.place(date(2027, 7, 2), first, last).quantize(Decimal("0.1")) == Decimal("50.0")
    assert charts.place(first, first, first) == 0


def test_running_sums_rise_from_the_same_zero_and_what_is_to_come_is_not_drawn():
    svg = charts.rising([10, 20, 40], [5, 20, None])
    assert 'class="tg" d="M0.0 20.5L48.0 14.0L96.0 1.0"' in svg
    assert 'class="ln" d="M0.0 23.8L48.0 14.0"' in svg


def test_one_period_or_no_money_has_no_rise_to_draw():
    assert charts.rising([10], [10]) == ""
    assert charts.rising([0, 0], [0, None]) == ""
