"""Lines in a form: what stands, what is sent, and what is left empty."""

import pytest
from django import forms
from django.http import QueryDict

from ta_portal.ui.lines import Lines


def day(number, **place):
    place.pop("follows")
    return forms.DateField(label=f"Day {number}", **place)


def pay(number, **place):
    place.pop("follows")
    return forms.DecimalField(label=f"Pay {number}", **place)


LINES = Lines("part", {"due": day, "pay": pay}, fewest=2, spare=1, most=9)


def filled(data=None, standing=()):
    form = forms.Form(data)
    return form, LINES.add_to(form, standing)


def test_there_are_a_few_lines_to_begin_with_and_a_spare_one_after_what_stands():
    assert filled()[1] == ["part_1_due", "part_1_pay", "part_2_due", "part_2_pay"]
    form, names = filled(standing=[{"due": "2024-01-01", "pay": 5}] * 3)
    assert len(names) == 8
    assert (form.initial["part_3_pay"], "part_4_pay" in form.initial) == (5, False)


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        ("part_7_due=", 7),
        ("part_99_due=", 9),
        ("part_7_pay=", 2),
        ("part_x_due=", 2),
        ("part_²_due=", 2),
        ("part_777_due=", 2),
    ],
)
def test_as_many_lines_as_were_sent_and_no_more_than_there_may_be(sent, lines):
    assert len(filled(QueryDict(sent))[1]) == 2 * lines


def test_only_lines_in_which_something_was_given_are_read_with_their_numbers():
    form, _names = filled(QueryDict("part_1_due=&part_1_pay=&part_2_pay=0"))
    assert form.is_valid()

    assert list(LINES.given(form, form.cleaned_data)) == [(2, {"due": None, "pay": 0})]
    assert LINES.without({**form.cleaned_data, "other": 1}) == {"other": 1}
