from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from ta_portal.ui.fields import FigureField, NumberField, WholeField


class RatingForm(forms.Form):
    rating = WholeField(label="Rating", least=1, most=5)


class FigureForm(forms.Form):
    figure = FigureField(label="Baseline")


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar"])
@pytest.mark.parametrize("number", ["1000", "1234567.8", "-12000.05", "0.5", "0"])
def test_what_a_form_shows_of_a_number_is_read_as_that_number(language, number):
    field = NumberField()

    with translation.override(language):
        assert field.clean(field.widget.format_value(Decimal(number))) == Decimal(number)


@pytest.mark.parametrize("typed", ["nine", "1,234", "0", "6", "2.5"])
def test_a_whole_number_says_in_one_sentence_what_it_may_be_and_keeps_what_was_typed(typed):
    form = RatingForm({"rating": typed})

    assert form.errors == {"rating": ["Give a whole number from 1 to 5."]}
    # A field for numbers would show nothing of a text that it cannot read.
    assert f'<input type="text" name="rating" value="{typed}"' in str(form["rating"])


def test_a_whole_number_is_read_in_arabic_digits_too():
    assert RatingForm({"rating": "٣"}).is_valid()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_reading_that_was_chosen_is_shown_as_a_number_while_something_else_is_mended(language):
    sent = {"figure": "1,234", "figure__asked": "1,234", "figure__meant": "1234"}

    with translation.override(language):
        assert 'value="1234"' in str(FigureForm(sent)["figure"])


def test_a_figure_or_a_word_is_asked_about_as_any_number_is():
    field = FigureField()

    with pytest.raises(ValidationError, match="two ways"):
        field.number("1,234")
    assert (field.readings.grouped, field.readings.decimal) == (1234, Decimal("1.234"))
    assert field.number("1234") == 1234
    assert field.readings is None
