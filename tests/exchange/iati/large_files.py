"""A published file of any size: made-up activities as a donor's publishing system writes them, for load and scale."""

import datetime as dt
import random
from decimal import Decimal

COUNTRIES = ("MD", "GE", "KE", "UG", "RW", "SN", "TL", "PG", "HN", "BO")
SECTORS = ("15111", "15114", "15110", "24010", "43010", "16010", "12110", "11110")
TRANSACTIONS = 20
BEGINNING = '<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">'
END = "\n</iati-activities>\n"


def write_large_file(path, activities, *, start=1):
    """A valid 2.03 file of so many activities, the same for the same numbers. One activity in memory at a time."""
    with path.open("w", encoding="utf-8") as file:
        file.write(BEGINNING)
        for number in range(start, start + activities):
            file.write(made_up(number))
        file.write(END)
    return path


def made_up(number):
    dice = random.Random(number)
    first = dt.date(2016 + number % 5, 1, 1)
    last = first.replace(year=first.year + 4) - dt.timedelta(days=1)
    return f"""
<iati-activity default-currency="USD" xml:lang="en" hierarchy="1" last-updated-datetime="2024-01-01T00:00:00Z">
 <iati-identifier>XM-DAC-41114-S{number:06d}</iati-identifier>
 <reporting-org ref="XM-DAC-41114" type="40"><narrative>A reporting body</narrative></reporting-org>
 <title>
  <narrative>Public finance, part {number}</narrative>
  <narrative xml:lang="fr">Finances publiques, volet {number}</narrative>
 </title>
 <description type="1"><narrative>Advisers work with the ministry on its yearly budget.</narrative></description>
 <description type="2"><narrative>The ministry makes its budget by itself.</narrative></description>
 {_organisations(number)}
 <activity-status code="{(2, 2, 2, 4)[number % 4]}"/>
 <activity-date type="1" iso-date="{first}"/>
 <activity-date type="2" iso-date="{first}"/>
 <activity-date type="3" iso-date="{last}"/>
 <contact-info type="1"><email>office@example.org</email></contact-info>
 <recipient-country code="{COUNTRIES[number % 10]}" percentage="60"/>
 <recipient-country code="{COUNTRIES[(number + 3) % 10]}" percentage="40"/>
 <sector vocabulary="1" code="{SECTORS[number % 8]}" percentage="75"/>
 <sector vocabulary="1" code="{SECTORS[(number + 1) % 8]}" percentage="25"/>
 <policy-marker vocabulary="1" code="2" significance="1"/>
 <collaboration-type code="1"/>
 <default-flow-type code="10"/>
 <default-finance-type code="110"/>
 <default-aid-type code="D02"/>
 <default-tied-status code="5"/>
 {"".join(_budget(dice, first.year + year) for year in range(4))}
 {"".join(_transaction(dice, first, nth) for nth in range(TRANSACTIONS))}
 {"".join(_result(dice, first.year, nth) for nth in range(2))}
</iati-activity>"""


def _organisations(number):
    found = [(1, f"XM-DAC-5-{number % 7}", 10), (2, "XM-DAC-41114", 40), (3, "XM-DAC-41114", 40)]
    found.append((4, f"XM-EX-{number % 400}", 21))
    return "".join(
        f'<participating-org role="{role}" ref="{ref}" type="{kind}"><narrative>Organisation {ref}</narrative>'
        "</participating-org>"
        for role, ref, kind in found
    )


def _budget(dice, year):
    return (
        f'<budget type="1" status="1"><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>'
        f'<value currency="USD" value-date="{year}-01-01">{dice.randint(10_000, 900_000)}</value></budget>'
    )


def _transaction(dice, first, nth):
    """One commitment, then money that comes in and goes out; a tenth of it in euros."""
    kind = 2 if nth == 0 else dice.choice((1, 3, 3, 4, 4))
    on = first + dt.timedelta(days=dice.randint(0, 1400))
    amount = Decimal(dice.randint(100_000, 90_000_000)).scaleb(-2)
    currency = "EUR" if nth % 10 == 9 else "USD"
    return (
        f'<transaction ref="T{nth}"><transaction-type code="{kind}"/><transaction-date iso-date="{on}"/>'
        f'<value currency="{currency}" value-date="{on}">{amount}</value>'
        f"<description><narrative>Instalment {nth}</narrative></description>"
        '<provider-org ref="XM-DAC-41114" type="40"><narrative>A reporting body</narrative></provider-org>'
        '<receiver-org type="10"><narrative>A ministry</narrative></receiver-org></transaction>'
    )


def _result(dice, year, nth):
    inside = "".join(_indicator(dice, year, number) for number in range(2))
    return f'<result type="{nth + 1}"><title><narrative>Result {nth}</narrative></title>{inside}</result>'


def _indicator(dice, year, nth):
    periods = "".join(_period(dice, year + number) for number in range(3))
    return (
        f'<indicator measure="{nth + 1}" ascending="1"><title><narrative>Indicator {nth}</narrative></title>'
        f'<baseline year="{year - 1}" iso-date="{year - 1}-12-31" value="{dice.randint(0, 40)}"/>{periods}</indicator>'
    )


def _period(dice, year):
    women = dice.randint(1, 30)
    return (
        f'<period><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>'
        f'<target value="{dice.randint(50, 100)}"/><actual value="{dice.randint(40, 100)}"/>'
        f'<actual value="{women}"><dimension name="sex" value="female"/></actual></period>'
    )
