import datetime as dt
from decimal import Decimal

import pytest

from programmes.models import Country, Engagement, Region, Sector
from programmes.services.engagements import set_up_engagement
from ta_portal.errors import InvalidInput
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

WHOLE = Decimal(100)


@pytest.fixture
def set_up(officer):
    def make(**given):
        usual = {
            "ref": "MDA-TAX-1",
            "title": "Tax",
            "programme": ProgrammeFactory(),
            "recipients": {Country.objects.get(pk="MD"): WHOLE},
            "sectors": {Sector.objects.get(pk="15114"): WHOLE},
            "planned_from": dt.date(2024, 1, 1),
            "planned_to": dt.date(2024, 12, 31),
        }
        return set_up_engagement(**usual | given, by=officer)

    return make


def test_an_engagement_is_set_up_whole_in_the_pipeline(set_up):
    shares = {Country.objects.get(pk="MD"): Decimal("60.5"), Region.objects.get(pk="89"): Decimal("39.5")}

    engagement = set_up(recipients=shares, source_facts={"note": "as written"})

    engagement.refresh_from_db()
    assert engagement.status == "pipeline"
    assert (engagement.planned.lower, engagement.planned.upper) == (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    assert set(engagement.recipients.values_list("country", "region", "pct")) == {
        ("MD", None, Decimal("60.5")),
        (None, "89", Decimal("39.5")),
    }
    assert engagement.source_facts == {"note": "as written"}


@pytest.mark.parametrize(
    ("given", "place", "says"),
    [
        ({"ref": "fin tax"}, "ref", "3 to 40 capitals"),
        ({"ref": "A" * 41}, "ref", "40"),
        ({"title": "x" * 501}, "title", "500"),
        ({"planned_to": dt.date(2023, 12, 31)}, "planned", "before the first"),
        ({"recipients": {}}, "recipients", "at least one"),
        ({"aid_type": "x" * 11}, "aid_type", "10"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_place(set_up, given, place, says):
    with pytest.raises(InvalidInput) as refusal:
        set_up(**given)

    assert refusal.value.faults[0].place == place
    assert says in refusal.value.message
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        (("60", "39.99"), "99.99, not to 100"),
        (("60", "40.0001"), "100.0001, not to 100"),
        (("100", "0"), "above 0"),
        (("150", "-50"), "above 0"),
        (("NaN", "40"), "NaN"),
    ],
)
def test_shares_that_are_no_whole_are_refused(set_up, shares, says):
    sectors = dict(zip(Sector.objects.filter(pk__in=["15114", "15155"]), map(Decimal, shares), strict=True))

    with pytest.raises(InvalidInput, match=says):
        set_up(sectors=sectors)


def test_a_reference_is_given_once(set_up):
    set_up()

    with pytest.raises(InvalidInput, match="MDA-TAX-1 is taken"):
        set_up()
