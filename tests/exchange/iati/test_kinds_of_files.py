"""What publishers do: each way either loads, and is told, or is refused in a sentence with line and identifier."""

import datetime as dt
from decimal import Decimal

import pytest

from costing.models import CostLine, LedgerEntry
from programmes.models import Country, Engagement, Indicator, Observation, Organisation
from tests.exchange.iati.conftest import activity

pytestmark = pytest.mark.django_db

D = Decimal


def the():
    return Engagement.objects.get()


def shares(rows, name):
    return {getattr(row, name): row.pct for row in rows if getattr(row, name)}


def transaction(kind="3", value="100", attributes='currency="USD" value-date="2020-06-01"', date="2020-06-01", more=""):
    dated = f'<transaction-date iso-date="{date}"/>' if date else ""
    return (
        f'<transaction><transaction-type code="{kind}"/>{dated}<value {attributes}>{value}</value>{more}</transaction>'
    )


def indicator(inside, measure="1", ascending="1"):
    return (
        "<result type='2'><title><narrative>Result</narrative></title>"
        f"<indicator measure='{measure}' ascending='{ascending}'><title><narrative>Share of returns</narrative></title>"
        f"{inside}</indicator></result>"
    )


def period(inside, starts="2020-01-01", ends="2020-12-31"):
    return f"<period><period-start iso-date='{starts}'/><period-end iso-date='{ends}'/>{inside}</period>"


# Versions and languages


@pytest.mark.parametrize("version", ["2.01", "2.02", "2.03"])
def test_each_version_of_the_standard_loads(load, version):
    assert load(activity(), version=version).committed


def test_titles_and_descriptions_in_several_languages_are_all_kept(load_one):
    load_one(title='<narrative>Tax</narrative><narrative xml:lang="fr">Impôts</narrative>')

    assert the().title == "Tax"
    assert the().source_facts["iati"]["titles"] == [["en", "Tax"], ["fr", "Impôts"]]


def test_text_without_a_narrative_is_read_too(load_one):
    load_one(title="Tax reform in words")

    assert the().title == "Tax reform in words"


def test_without_a_title_the_identifier_stands_for_one_and_that_is_told(load_one):
    loaded = load_one(title="<narrative/>")

    assert the().title == "XM-DAC-41114-A1"
    assert any("no title" in note for note in loaded.notes)


def test_a_title_that_is_too_long_is_cut_and_kept_whole(load_one):
    load_one(title=f"<narrative>{'x' * 700}</narrative>")

    assert the().title == "x" * 500
    assert the().source_facts["iati"]["titles"] == [["en", "x" * 700]]


# Identifiers


def test_the_reference_is_the_identifier_in_capitals_and_hyphens_cut_to_40(load_one):
    identifier = "xm-dac-41114/Ünïted & long-2019-410-832-and-much-more"

    loaded = load_one(identifier=identifier.replace("&", "&amp;"))

    assert loaded.ref == "XM-DAC-41114--N-TED---LONG-2019-410-832-"
    assert the().iati_id == identifier


def test_two_identifiers_that_become_one_reference_are_told_apart(load):
    load(activity(identifier="XM-DAC-41114-A.1"), activity(identifier="XM-DAC-41114-A/1"))

    assert set(Engagement.objects.values_list("ref", flat=True)) == {"XM-DAC-41114-A-1", "XM-DAC-41114-A-1-2"}


def test_the_same_activity_twice_in_a_file_is_one(load):
    imported = load(activity(), activity())

    assert (len(imported.activities), Engagement.objects.count()) == (1, 1)


def test_one_identifier_with_two_contents_is_refused_with_both_places(load):
    imported = load(activity(), activity(status="4"))

    (fault,) = imported.faults
    assert fault.place == "line 15, XM-DAC-41114-A1"
    assert "line 3, XM-DAC-41114-A1 too, with other content" in fault.message
    assert not Engagement.objects.exists()


def test_an_activity_without_identifier_is_refused_with_its_line(refused):
    assert refused(identifier=" ") == "line 4, iati-identifier: The identifier is empty."


# Dates and status


def test_without_planned_dates_the_actual_ones_are_planned_too(load_one):
    load_one(dates='<activity-date type="2" iso-date="2020-01-01Z"/><activity-date type="4" iso-date="2021-05-31"/>')

    assert the().planned == the().actual
    assert (the().planned.lower, the().planned.upper) == (dt.date(2020, 1, 1), dt.date(2021, 6, 1))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("1", "pipeline"),
        ("2", "active"),
        ("3", "completed"),
        ("4", "completed"),
        ("5", "cancelled"),
        ("6", "suspended"),
    ],
)
def test_each_status_has_its_own(load_one, code, status):
    load_one(status=code)

    assert the().status == status


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ("", "neither a planned nor an actual start date"),
        ('<activity-date type="3" iso-date="2020-01-01"/>', "neither a planned nor an actual start date"),
        ('<activity-date type="1" iso-date="soon"/>', "“soon” is not a date such as 2025-12-31"),
        ('<activity-date type="1" iso-date="0020-01-01"/>', "not one that an activity lives in"),
        ('<activity-date type="7" iso-date="2020-01-01"/>', "no kind of activity date"),
        (
            '<activity-date type="1" iso-date="2020-01-01"/><activity-date type="3" iso-date="2019-01-01"/>',
            "before it starts",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused(load, dates, sentence):
    imported = load(activity(dates=dates))

    assert any(sentence in fault.message for fault in imported.faults)
    assert not Engagement.objects.exists()


def test_an_unknown_status_is_refused_at_its_line(refused):
    assert refused(status="9") == ("line 9, XM-DAC-41114-A1, activity-status: “9” is no activity status: 1 to 6.")


# Recipients and sectors


def test_countries_and_regions_share_a_hundred(load_one):
    load_one(recipients='<recipient-country code="MD" percentage="60"/><recipient-region code="89" percentage="40"/>')

    rows = list(the().recipients.all())
    assert shares(rows, "country_id") | shares(rows, "region_id") == {"MD": 60, "89": 40}


def test_several_without_percentages_share_evenly_and_that_is_told(load_one):
    loaded = load_one(recipients="".join(f'<recipient-country code="{code}"/>' for code in ("MD", "UA", "GE")))

    assert sorted(shares(the().recipients.all(), "country_id").values()) == [D("33.3333"), D("33.3333"), D("33.3334")]
    assert any("brought to 100" in note for note in loaded.notes)


def test_rounded_percentages_are_mended_told_and_kept(load_one):
    loaded = load_one(sectors="".join(f'<sector code="{code}" percentage="33.3"/>' for code in (15114, 15111, 15119)))

    assert sum(shares(the().sector_shares.all(), "sector_id").values()) == 100
    assert any("sectors were brought to 100" in note for note in loaded.notes)
    assert the().source_facts["iati"]["kept"]["sector/@percentage"] == ["33.3", "33.3", "33.3"]


@pytest.mark.parametrize(
    ("recipients", "sentence"),
    [
        ('<recipient-country code="MD" percentage="80"/>', "recipients add up to 80, not to 100"),
        (
            '<recipient-country code="MD" percentage="100"/><recipient-region code="89" percentage="100"/>',
            "recipients add up to 200, not to 100",
        ),
        ('<recipient-country code="MD" percentage="half"/>', "“half” is not a number"),
        ('<recipient-country code="MD" percentage="-5"/>', "from 0 to 100 percent, not -5"),
        ('<recipient-country code="MD" percentage="NaN"/>', "“NaN” is not a number"),
        ("<recipient-country/>", "@code is missing"),
        ('<recipient-region code="12345"/>', "no region “12345” in the DAC's list"),
        ('<recipient-country code="Moldova"/>', "“MOLDOVA” is not a country's code of two letters"),
    ],
)
def test_recipients_that_cannot_be_are_refused_at_their_line(refused, recipients, sentence):
    said = refused(recipients=recipients)

    assert said.startswith("line 11, XM-DAC-41114-A1, recipient-")
    assert sentence in said


def test_a_country_that_no_list_has_becomes_user_assigned(load_one):
    load_one(recipients='<recipient-country code="XQ"><narrative>Querland</narrative></recipient-country>')

    country = Country.objects.get(pk="XQ")
    assert (country.name, country.user_assigned) == ("Querland", True)


def test_no_recipient_at_all_counts_as_unspecified_and_that_is_told(load_one):
    loaded = load_one(recipients="")

    assert shares(the().recipients.all(), "region_id") == {"998": 100}
    assert any("names no recipient" in note for note in loaded.notes)


def test_a_region_of_another_vocabulary_has_its_share_as_unspecified(load_one):
    loaded = load_one(
        recipients='<recipient-country code="MD" percentage="75"/>'
        '<recipient-region vocabulary="99" code="A1" percentage="25"/>'
    )

    rows = list(the().recipients.all())
    assert shares(rows, "country_id") | shares(rows, "region_id") == {"MD": 75, "998": 25}
    assert loaded.not_mapped["recipient-region of another vocabulary"] == 1


def test_recipients_and_sectors_of_transactions_stand_in_weighed_by_amount(load_one):
    def to(country, sector, value):
        return transaction(value=value, more=f'<sector code="{sector}"/><recipient-country code="{country}"/>')

    load_one(recipients="", sectors="", more=to("MD", "15114", "75") + to("UA", "15111", "25"))

    assert shares(the().recipients.all(), "country_id") == {"MD": 75, "UA": 25}
    assert shares(the().sector_shares.all(), "sector_id") == {"15114": 75, "15111": 25}


def test_without_a_sector_it_loads_and_that_is_told(load_one):
    loaded = load_one(sectors="")

    assert not the().sector_shares.exists()
    assert any("no sector" in note for note in loaded.notes)


def test_sectors_of_another_vocabulary_are_counted_and_kept(load_one):
    loaded = load_one(sectors='<sector code="15114"/><sector vocabulary="2" code="151"/>')

    assert shares(the().sector_shares.all(), "sector_id") == {"15114": 100}
    assert loaded.not_mapped["sector of vocabulary 2"] == 1
    assert the().source_facts["iati"]["kept"]["sector of vocabulary 2"] == [{"@code": "151", "@vocabulary": "2"}]


def test_a_withdrawn_sector_loads_and_that_is_told(load_one):
    loaded = load_one(sectors='<sector code="23010"/>')

    assert shares(the().sector_shares.all(), "sector_id") == {"23010": 100}
    assert any("23010 is withdrawn" in note for note in loaded.notes)


def test_a_sector_that_the_list_never_had_is_refused(refused):
    assert "There is no sector “99999” in the DAC's list." in refused(sectors='<sector code="99999"/>')


# Organisations


def test_one_reference_is_one_organisation_whatever_its_name(load):
    load(
        activity(),
        activity(
            identifier="XM-DAC-41114-A2",
            organisations='<participating-org role="1" ref="XM-DAC-5"><narrative>Geber</narrative></participating-org>',
        ),
    )

    assert Organisation.objects.get(iati_ref="XM-DAC-5").agreements_as_contributor.count() == 2


def test_without_a_funder_who_reports_stands_in(load_one):
    load_one(organisations="")

    assert the().agreements.get().contributor.iati_ref == "XM-DAC-41114"
    assert the().source_facts["iati"]["has_funding"] is False


def test_an_organisation_with_neither_reference_nor_name_is_refused(refused):
    assert "this one has neither" in refused(organisations='<participating-org role="1" ref="N/A"/>')


# Money


def test_kinds_of_transactions_have_their_place_and_the_others_are_listed(load_one):
    kinds = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13")

    loaded = load_one(more="".join(transaction(kind=kind) for kind in kinds))

    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == [
        "commitment",
        "disbursement",
        "expenditure",
        "incoming",
        "incoming_commitment",
    ]
    assert loaded.not_mapped["transaction of type 7 (reimbursement)"] == 1
    assert sum(count for kind, count in loaded.not_mapped.items() if kind.startswith("transaction of type")) == 8


def test_negative_amounts_load_and_zero_is_listed(load_one):
    loaded = load_one(more=transaction(value="-250.75") + transaction(value="0"))

    assert LedgerEntry.objects.get().amount == D("-250.75")
    assert loaded.not_mapped["transaction of 0"] == 1


def test_more_decimals_than_the_currency_has_are_rounded_half_up_and_told(load_one):
    loaded = load_one(more=transaction(value="10.005") + transaction(value="99.5", attributes='currency="JPY"'))

    assert set(LedgerEntry.objects.values_list("amount", "currency")) == {(D("10.01"), "USD"), (D(100), "JPY")}
    assert any("10.005 has more decimals than USD" in note for note in loaded.notes)


def test_the_date_of_the_value_stands_in_for_that_of_the_transaction(load_one):
    loaded = load_one(more=transaction(date=""))

    assert LedgerEntry.objects.get().on_date == dt.date(2020, 6, 1)
    assert any("that of its value stands for it" in note for note in loaded.notes)


def test_a_missing_value_date_is_no_fault(load_one):
    load_one(more=transaction(attributes=""))

    assert LedgerEntry.objects.get().currency_id == "USD"


def test_another_value_date_is_kept(load_one):
    load_one(more=transaction(attributes='value-date="2021-01-01"'))

    (kept,) = the().source_facts["iati"]["kept"]["transaction/value/@value-date, other than its date"]
    assert kept == "2021-01-01"


def test_without_rates_entries_in_another_currency_stay_unconverted_and_loading_goes_on(load_one):
    loaded = load_one(more=transaction(attributes='currency="EUR"'))

    assert not LedgerEntry.objects.get().valuations.exists()
    assert "There is no rate for EUR: 1 of its entries stay unconverted." in loaded.notes


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (transaction(value="1,000"), "“1,000” is not a number such as 1234.56."),
        (transaction(value="١٢٣"), "is not a number"),
        (transaction(value="1e6"), "is not a number"),
        (transaction(value="Infinity"), "is not a number"),
        (transaction(value="9" * 40), "too large"),
        (transaction(attributes='currency="EURO"'), "There is no currency “EURO”"),
        (transaction(date="", attributes=""), "neither its own nor one of its value"),
        (transaction(date="2020-02-30"), "“2020-02-30” is not a date"),
        (transaction(kind="99"), "“99” is no kind of transaction."),
        ("<transaction/>", "transaction-type is missing."),
    ],
)
def test_transactions_that_cannot_be_are_refused_at_their_line(refused, given, sentence):
    said = refused(more=given)

    assert said.startswith("line 13, XM-DAC-41114-A1, transaction")
    assert sentence in said


def test_an_amount_without_any_currency_is_refused(load):
    imported = load(activity(more=transaction(attributes="")).replace('default-currency="USD"', ""))

    (fault,) = imported.faults
    assert fault.place == "line 13, XM-DAC-41114-A1, transaction/value"
    assert fault.message == "The amount has no currency, and the activity has no default one."


def test_without_a_default_currency_the_most_used_one_counts(load):
    amounts = [transaction(attributes=f'currency="{code}"') for code in ("EUR", "GBP", "EUR")]

    load(activity(more="".join(amounts)).replace('default-currency="USD"', ""))

    assert the().programme.currency_id == "EUR"


def test_several_faults_are_all_told_and_nothing_of_the_file_is_loaded(load):
    wrong = activity(identifier="XM-DAC-41114-B", status="0", more=transaction(value="x") + transaction(kind="0"))

    imported = load(activity(), wrong)

    assert len(imported.faults) == 3
    assert not imported.committed
    assert not Engagement.objects.exists()


# Budgets


def budget(first, last, value, kind="1"):
    return (
        f'<budget type="{kind}"><period-start iso-date="{first}"/><period-end iso-date="{last}"/>'
        f"<value>{value}</value></budget>"
    )


def test_revised_budgets_make_a_second_version_that_stands_for_the_originals_of_their_days(load_one):
    load_one(
        more=budget("2020-01-01", "2020-12-31", 10)
        + budget("2021-01-01", "2021-12-31", 20)
        + budget("2021-01-01", "2021-12-31", 15, kind="2")
    )

    lines = CostLine.objects.order_by("amount").values_list("budget__version", "budget__state", "amount")
    assert set(lines) == {
        (1, "superseded", D(10)),
        (1, "superseded", D(20)),
        (2, "approved", D(10)),
        (2, "approved", D(15)),
    }


def test_a_budget_that_ends_before_it_starts_is_refused(refused):
    assert "ends on 2019-01-01, before it starts" in refused(more=budget("2020-01-01", "2019-01-01", 1))


# Results


def test_observations_load_as_accepted_with_their_parts(load_one):
    load_one(
        more=indicator(
            "<baseline year='2019' value='40'/>"
            + period(
                "<target value='60'/><actual value='50'/>"
                "<actual value='20'><dimension name='sex' value='female'/></actual>"
            ),
            measure="2",
            ascending="false",
        )
    )

    found = Indicator.objects.get()
    assert (found.unit, found.direction, found.baseline, found.baseline_on) == (
        "percent",
        "decrease",
        D(40),
        dt.date(2019, 12, 31),
    )
    assert set(Observation.objects.values_list("disagg", "value", "status")) == {
        ("", D(50), "accepted"),
        ("sex=female", D(20), "accepted"),
    }
    assert found.targets.get().value == 60


def test_periods_that_share_days_and_second_targets_for_a_day_load(load_one):
    loaded = load_one(
        more=indicator(
            period("<target value='1'/><actual value='1'/>", ends="2020-06-30")
            + period("<target value='2'/><actual value='2'/>", starts="2020-02-01", ends="2020-06-30")
        )
    )

    assert Observation.objects.count() == 2
    assert Indicator.objects.get().targets.get().value == 1
    assert loaded.not_mapped["target, further or of a part"] == 1


def test_an_actual_without_a_value_is_not_reported_which_is_not_zero(load_one):
    load_one(more=indicator(period("<actual/>") + period("<actual value='0'/>", "2021-01-01", "2021-12-31")))

    assert list(Observation.objects.order_by("period_start").values_list("reported", "value")) == [
        (False, None),
        (True, D(0)),
    ]


def test_words_where_a_number_is_meant_are_kept_as_words(load_one):
    load_one(more=indicator(period("<target value='many'/><actual value='about 5'/>")))

    assert Observation.objects.values_list("value", "text").get() == (None, "about 5")
    assert the().source_facts["iati"]["in_words"]["R1-I1"]["targets"] == {"2020-12-31": "many"}


def test_a_period_that_ends_before_it_starts_is_refused(refused):
    assert "before it starts" in refused(more=indicator(period("", "2020-01-01", "2019-01-01")))


# What has no place


def test_what_is_not_mapped_is_counted_by_kind_and_kept_where_small(load_one):
    loaded = load_one(
        more='<humanitarian-scope type="1" vocabulary="1-2" code="EQ-1"/>'
        '<planned-disbursement><period-start iso-date="2020-01-01"/><value>5</value></planned-disbursement>'
        f"<document-link url='https://example.org'><title><narrative>{'x' * 9000}</narrative></title></document-link>"
    )

    assert loaded.not_mapped == {"humanitarian-scope": 1, "planned-disbursement": 1, "document-link": 1}
    kept = the().source_facts["iati"]["kept"]
    assert kept["humanitarian-scope"] == [{"@type": "1", "@vocabulary": "1-2", "@code": "EQ-1"}]
    assert "document-link" not in kept


def test_attributes_and_further_languages_are_counted_too(load_one):
    loaded = load_one(
        organisations='<participating-org role="1" ref="XM-DAC-5" activity-id="X-1"><narrative>A donor</narrative>'
        '<narrative xml:lang="fr">Un bailleur</narrative></participating-org>',
        more=transaction().replace("<transaction>", '<transaction humanitarian="1">'),
    )

    assert loaded.not_mapped == {
        "participating-org/@activity-id": 1,
        "narrative in a further language": 1,
        "transaction/@humanitarian": 1,
    }


@pytest.mark.parametrize(
    ("sectors", "area"),
    [
        ('<sector code="15114"/>', "REV"),
        ('<sector code="15111" percentage="60"/><sector code="15155" percentage="40"/>', "PFM"),
        ('<sector code="15111" percentage="50"/><sector code="15155" percentage="50"/>', None),
        ('<sector code="11110"/>', None),
    ],
)
def test_the_practice_area_is_read_from_the_sectors_and_told(load_one, sectors, area):
    loaded = load_one(sectors=sectors)

    assert the().practice_area_id == area
    assert any("practice area" in note for note in loaded.notes) == (area is not None)


def test_an_activity_has_no_institution_and_is_public_like_its_file(load_one):
    load_one()

    assert the().institution is None
    assert the().publication == "published"


# What has the name of something else, or of nothing


def test_elements_of_another_namespace_are_listed_whatever_their_name(load_one):
    paid = transaction().replace("<transaction>", '<x:transaction xmlns:x="https://example.org">')
    more = paid.replace("</transaction>", "</x:transaction>")

    loaded = load_one(more=more + transaction().replace("<transaction>", '<transaction y:ref="R" xmlns:y="urn:y">'))

    assert loaded.not_mapped["transaction"] == 1
    assert loaded.not_mapped["transaction/@{urn:y}ref"] == 1
    assert LedgerEntry.objects.get().external_ref == "1:"


@pytest.mark.parametrize("value", ["1<b>0</b>0", "1 000.00", "1,000", "1\u00a0000", "1E5", "NaN", "١٠٠", ""])
def test_an_amount_that_can_be_misread_is_refused_at_its_line(refused, value):
    assert "transaction/value: “" in refused(more=transaction(value=value))


@pytest.mark.parametrize(
    "value", [" 100 ", "<!-- paid -->100", "1<!-- paid -->00", "1<?pi?>00", "<![CDATA[100]]>", "+100"]
)
def test_an_amount_may_have_spaces_and_comments_around_it(load_one, value):
    load_one(more=transaction(value=value))

    assert LedgerEntry.objects.get().amount == 100


def test_an_amount_that_rounds_to_nothing_is_told(load_one):
    loaded = load_one(more=transaction(value="0.001"))

    assert any("an entry of 0 says nothing" in note for note in loaded.notes)
    assert not LedgerEntry.objects.exists()


def test_an_amount_too_large_for_the_ledger_is_refused_at_its_element(refused):
    said = refused(more=transaction(value="9" * 25))

    assert said == "line 13, XM-DAC-41114-A1, transaction: This number is too large to be an amount."


def test_an_unknown_default_currency_is_named_once(load):
    (fault,) = load(activity().replace('"USD"', '"ZZZ"')).faults

    assert fault.place == "line 3, XM-DAC-41114-A1"
    assert "no currency “ZZZ”" in fault.message


def test_shares_too_small_for_four_decimals_are_listed_and_the_others_make_a_hundred(load_one):
    tiny = transaction(value="0.01", more='<sector code="15111"/><recipient-country code="GE"/>')
    large = transaction(value="999999999", more='<sector code="15114"/><recipient-country code="MD"/>')

    loaded = load_one(recipients="", sectors="", more=tiny + large)

    assert shares(the().sector_shares.all(), "sector_id") == {"15114": D(100)}
    assert shares(the().recipients.all(), "country_id") == {"MD": D(100)}
    assert loaded.not_mapped["recipient-country of less than 0.0001 percent"] == 1


def test_a_code_that_no_list_can_have_is_refused_at_its_element(refused):
    assert "default-aid-type: “D02-very-long” is no code" in refused(more='<default-aid-type code="D02-very-long"/>')


def test_an_identifier_that_is_too_long_is_refused_at_its_element(refused):
    assert "iati-identifier: The identifier is longer than 200" in refused(identifier="X" * 201)


def test_spaces_around_an_identifier_do_not_make_another(load):
    imported = load(activity(), activity(identifier="\n  XM-DAC-41114-A1 "))

    assert [loaded.identifier for loaded in imported.activities] == ["XM-DAC-41114-A1"]


@pytest.mark.parametrize("year", ["19", "FY 2019"])
def test_a_baseline_of_no_year_is_refused_as_it_is_written(refused, year):
    said = refused(more=indicator(f"<baseline year='{year}' value='1'/>" + period("<actual value='1'/>")))

    assert f"baseline: “{year}” is not a year such as 2025." in said


def test_an_actual_in_words_where_a_number_is_meant_is_counted(load_one):
    loaded = load_one(more=indicator(period("<actual value='1,234'/>")))

    assert loaded.not_mapped["actual in words"] == 1
    assert Observation.objects.get().text == "1,234"


def test_results_and_indicators_without_a_title_are_told(load_one):
    loaded = load_one(more="<result type='1'><indicator measure='1'/></result>")

    assert [note for note in loaded.notes if "no title" in note] == [
        "line 13, XM-DAC-41114-A1, result/indicator: it has no title; R1-I1 stands for one.",
        "line 13, XM-DAC-41114-A1, result: it has no title; R1 stands for one.",
    ]


def test_signs_that_a_copy_gives_a_meaning_come_in_as_they_are(load_one):
    text = "a\\N \\. \\t «ж» \u202e😀"

    load_one(title=f"<narrative>{text}</narrative>")

    assert the().title == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_file_may_be_in_any_encoding_that_it_declares(load, file, encoding):
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding
    text = file(activity(title="<narrative>Réforme</narrative>")).read_text("utf-8").replace("UTF-8", declared)

    imported = load(raw=text.encode(encoding))

    assert imported.faults == ()
    assert the().title == "Réforme"


def test_a_line_far_down_is_named(load):
    (fault,) = load("\n" * 70_000, activity(status="9")).faults

    assert fault.place.startswith("line 700")
