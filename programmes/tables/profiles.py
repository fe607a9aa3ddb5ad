"""Countries, donors, institutions and programmes: as lists, and the facts of one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from programmes.models import Country, CountryFact, Institution, Organisation, Programme
from programmes.words import INSTITUTION_KINDS, ORGANISATION_KINDS
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table

Facts = list[tuple[str | Promise, object]]
# What the figures of a country are called.
FACTS: dict[str, Promise] = {
    "income_group": _("Income group"),
    "dac_group": _("DAC group"),
    "landlocked_developing": _("Landlocked developing country"),
    "ldc": _("Least developed country"),
    "small_island_developing": _("Small island developing state"),
}


def country_table(rows: Sequence[Country]) -> Table[Country]:
    return _listing(
        _("Countries"),
        _("Country"),
        rows,
        lambda row: _linked("country", row.iso2, row.name),
        Column(_("Region"), lambda row: formats.bdi(row.region)),
    )


def donor_table(rows: Sequence[Organisation]) -> Table[Organisation]:
    return _listing(
        _("Donors"),
        _("Donor"),
        rows,
        lambda row: _linked("donor", row.code, row.name),
        Column(_("Kind"), lambda row: ORGANISATION_KINDS[row.kind]),
    )


def programme_table(rows: Sequence[Programme]) -> Table[Programme]:
    return _listing(
        _("Programmes"),
        _("Programme"),
        rows,
        lambda row: _linked("programme", row.code, row.title),
        Column(_("Led by"), lambda row: organisation(row.lead)),
        Column(_("Currency"), lambda row: formats.bdi(row.currency_id, "ltr")),
    )


def institution_table(rows: Sequence[Institution]) -> Table[Institution]:
    return _listing(
        _("Institutions"),
        _("Institution"),
        rows,
        lambda row: _linked("institution", row.code, row.name),
        Column(_("Kind"), lambda row: INSTITUTION_KINDS[row.kind]),
        Column(_("Country"), lambda row: formats.bdi(row.country.name if row.country else row.union)),
    )


def country_facts(country: Country, found: Sequence[CountryFact]) -> Facts:
    """What is known of a country, each figure with its year and its source."""
    known: Facts = [
        (_("Code"), formats.bdi(country.iso3 or country.iso2, "ltr")),
        (_("Region"), formats.bdi(country.region)),
        (_("Currency"), formats.bdi(country.currency_id or "", "ltr")),
    ]
    shown: Facts = [(FACTS.get(one.indicator, one.indicator), _fact(one)) for one in found]
    return _said([*known, *shown])


def institution_facts(row: Institution) -> Facts:
    return _said(
        [
            (_("Kind"), INSTITUTION_KINDS[row.kind]),
            (_("Country"), _linked("country", row.country.iso2, row.country.name) if row.country else ""),
            (_("Union"), formats.bdi(row.union)),
            (_("Part of"), formats.bdi(row.parent.name) if row.parent else ""),
        ]
    )


def donor_facts(row: Organisation) -> Facts:
    return _said(
        [
            (_("Kind"), ORGANISATION_KINDS[row.kind]),
            (_("IATI reference"), formats.bdi(row.iati_ref, "ltr")),
        ]
    )


def programme_facts(row: Programme) -> Facts:
    return _said(
        [
            (_("Led by"), organisation(row.lead)),
            (_("Currency"), formats.bdi(row.currency_id, "ltr")),
            (_("Exchange rates"), formats.bdi(row.rate_source, "ltr")),
            (_("From"), formats.day(row.starts) if row.starts else ""),
            (_("To"), formats.day(row.ends) if row.ends else ""),
            (_("Note"), formats.bdi(row.note)),
        ]
    )


def organisation(row: Organisation | None) -> SafeString:
    return formats.bdi(row.name) if row else formats.missing(_("none named"))


def _listing(
    caption: Promise, heading: Promise, rows: Sequence[Any], name: Callable[[Any], object], *more: Column[Any]
) -> Table[Any]:
    return Table(
        name="rows",
        caption=caption,
        columns=[
            Column(heading, name),
            *more,
            Column(_("Engagements"), lambda row: formats.number(row.engagements_seen), numeric=True),
        ],
        rows=rows,
        stacked=True,
    )


def _linked(url_name: str, code: str, name: str) -> SafeString:
    address = reverse(url_name, args=[code])
    return format_html('<a href="{}">{}</a> <small>{}</small>', address, formats.bdi(name), formats.bdi(code, "ltr"))


def _fact(one: CountryFact) -> SafeString:
    year, source = formats.bdi(one.year, "ltr"), formats.bdi(one.source)
    return format_html('{} <small class="muted">{} · {}</small>', formats.bdi(one.value), year, source)


def _said(facts: Facts) -> Facts:
    """Only what is known."""
    return [(name, value) for name, value in facts if value and value not in (formats.bdi(""), formats.bdi("", "ltr"))]
