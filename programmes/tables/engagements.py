"""The list of engagements: each row says where its engagement stands, in the columns that the reader chose."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from programmes.domain.standing import Standing
from programmes.models import Engagement
from programmes.selectors.standing import standings
from programmes.tables.standing import verdict
from programmes.words import STATUSES, named, status_tag
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

# An address as pairs, since columns are named one by one.
Asked = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """`standing` is there where a column asks for it."""

    engagement: Engagement
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column that can be chosen: its cell on the page, its value in a file, and what it needs."""

    key: str
    heading: str | Promise
    cell: Callable[[Row], object]
    value: Callable[[Row], object]
    numeric: bool = False
    wide: bool = False
    sorts: bool = False
    stands: bool = False
    standard: bool = True


def engagement_table(
    engagements: Sequence[Engagement], columns: Sequence[ListColumn], asked: Asked, *, as_of: date
) -> Table[Row]:
    """One page of the list. The headings lead to the same list in another order; `asked` is its address so far."""
    return Table(
        name="engagements",
        caption=_("Engagements"),
        columns=[
            _sortable("title", asked, Column(_("Engagement"), _name)),
            *(_column(column, asked) for column in columns),
        ],
        rows=rows_of(engagements, columns, as_of=as_of),
        stacked=True,
    )


def rows_of(engagements: Sequence[Engagement], columns: Sequence[ListColumn], *, as_of: date) -> list[Row]:
    """The rows with what their columns need; no query where none is about where an engagement stands."""
    where = standings(engagements, as_of=as_of) if any(column.stands for column in columns) else {}
    return [Row(engagement, where.get(engagement.pk)) for engagement in engagements]


def chosen_columns(keys: Sequence[str]) -> list[ListColumn]:
    """The columns of these names, always in the list's own order; the standard ones where none of them is known."""
    known = set(keys) & {column.key for column in COLUMNS}
    return [column for column in COLUMNS if (column.key in known if known else column.standard)]


def file_head(columns: Sequence[ListColumn]) -> list[str]:
    """The first line of the file: the headings that the reader sees."""
    return [str(_("Reference")), str(_("Engagement")), *(str(column.heading) for column in columns)]


def file_lines(rows: Sequence[Row], columns: Sequence[ListColumn]) -> Iterator[list[object]]:
    """The rows as values: numbers and days as they are, not as a language writes them."""
    for row in rows:
        yield [row.engagement.ref, row.engagement.title, *(column.value(row) for column in columns)]


def _name(row: Row) -> SafeString:
    engagement = row.engagement
    return format_html(
        '<a href="{}">{}</a><small>{} {}</small>',
        reverse("programmes:engagement", args=[engagement.ref]),
        formats.bdi(engagement.title),
        formats.bdi(engagement.ref, "ltr"),
        tag(_("Sample data")) if engagement.sample else "",
    )


def _institution(row: Row) -> SafeString:
    institution = row.engagement.institution
    return formats.bdi(institution.name) if institution else formats.missing(_("none named"))


def _countries(row: Row) -> SafeString:
    said = _country_names(row)
    return formats.bdi(said) if said else formats.missing(_("none named"))


def _country_names(row: Row) -> str:
    # The list's selector names them; an engagement that was read otherwise has no such attribute.
    countries: list[str] | None = row.engagement.countries  # type: ignore[attr-defined]
    return str(_(", ")).join(map(named, countries or []))


def _area(row: Row) -> str:
    area = row.engagement.practice_area
    return named(area.name) if area else ""


def _last_day(row: Row) -> date | None:
    # A range of days ends before its upper bound.
    upper: date | None = row.engagement.planned.upper
    return upper and date.fromordinal(upper.toordinal() - 1)


def _share(of: Callable[[Standing], int | None]) -> tuple[Callable[[Row], object], Callable[[Row], int | None]]:
    """A share of the standing: as the page shows it, and as a number."""

    def value(row: Row) -> int | None:
        return of(row.standing) if row.standing else None

    return lambda row: formats.pct(value(row)), value


def _verdict(row: Row) -> str:
    return verdict(row.standing) if row.standing else ""


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("country", _("Country"), _countries, _country_names, sorts=True),
    ListColumn(
        "institution",
        _("Institution"),
        _institution,
        lambda row: row.engagement.institution and row.engagement.institution.name,
        wide=True,
        sorts=True,
    ),
    ListColumn(
        "programme",
        _("Programme"),
        lambda row: formats.bdi(row.engagement.programme.title),
        lambda row: row.engagement.programme.title,
        wide=True,
        sorts=True,
        standard=False,
    ),
    ListColumn("area", _("Practice area"), _area, _area, wide=True, standard=False),
    ListColumn(
        "starts",
        _("Planned first day"),
        lambda row: formats.day(row.engagement.planned.lower),
        lambda row: row.engagement.planned.lower,
        sorts=True,
        standard=False,
    ),
    ListColumn(
        "ends",
        _("Planned last day"),
        lambda row: formats.day(_last_day(row)),
        _last_day,
        sorts=True,
        standard=False,
    ),
    ListColumn("time", _("Time"), *_share(lambda where: where.time_pct), numeric=True, stands=True),
    ListColumn("spend", _("Spend"), *_share(lambda where: where.spend_pct), numeric=True, stands=True),
    ListColumn("results", _("Results"), *_share(lambda where: where.results_pct), numeric=True, stands=True),
    ListColumn("standing", _("Where it stands"), _verdict, _verdict, wide=True, stands=True),
    ListColumn(
        "status",
        _("Status"),
        lambda row: status_tag(row.engagement.status),
        lambda row: str(STATUSES[row.engagement.status]),
        sorts=True,
    ),
)


def _column(column: ListColumn, asked: Asked) -> Column[Row]:
    made = Column(column.heading, column.cell, numeric=column.numeric, wide=column.wide)
    return _sortable(column.key, asked, made) if column.sorts else made


def _sortable(key: str, asked: Asked, column: Column[Row]) -> Column[Row]:
    """A heading that leads to the list in this order, or in its reverse if it has this order already."""
    now = dict(asked).get("sort", "")
    onward = [(name, value) for name, value in asked if name not in ("page", "sort")]
    shown = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    sort = f"-{key}" if now == key else key
    return replace(column, sort_url=f"?{urlencode([*onward, ('sort', sort)])}", sorted=shown)
