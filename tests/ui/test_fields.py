from decimal import Decimal

import pytest
from django.utils import translation

from ta_portal.ui.fields import NumberField


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar"])
@pytest.mark.parametrize("number", ["1000", "1234567.8", "-12000.05", "0.5", "0"])
def test_what_a_form_shows_of_a_number_is_read_as_that_number(language, number):
    field = NumberField()

    with translation.override(language):
        assert field.clean(field.widget.format_value(Decimal(number))) == Decimal(number)
