"""What acts changed, field by field, in the reader's words: labels as in forms, choices in words, links to rows."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.models import Engagement, Indicator, Institution, Organisation, Programme
from programmes.selectors.history import REMOVED, Act, History, Related, State
from programmes.words import PARTS, named, named_by_code
from programmes.words.acts import FACTS
from ta_portal.accounts.models import User
from ta_portal.changes.models import MoneyField
from ta_portal.registry.acts import word_for
from ta_portal.registry.histories import RowHistory, history_of
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table

# Figures by the names of their fields, whatever the row: they can lead to a named person's rate.
_FIGURE = re.compile("amount|rate|cost|days|quantity|fte")
# Every row's own bookkeeping, and the engagement that the act stands beside.
_BOOKKEEPING = frozenset({"id", "public_id", "row_version", "change_xid", "updated_at", "updated_by", "engagement"})
_BOOKKEPT = frozenset({"created_at", "created_by"})
_WITHHELD = "withheld"
_RANGE = re.compile(r"^\[(?P<lower>[0-9-]*),(?P<upper>[0-9-]*)\)$")
_SHARE = re.compile(r"(\S+) ([0-9.]+) %")
_NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
_PAGES: Mapping[type[models.Model], str] = {
    Engagement: "programmes:engagement",
    Institution: "institution",
    Organisation: "donor",
    Programme: "programme",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an act. A fact that was told with the act has no earlier value: `is_fact`."""

    label: str
    was: SafeString | None
    now: SafeString | None
    is_fact: bool = False
    is_hidden: bool = False


def act_table(history: History, *, with_engagement: bool = False) -> Table[Act]:
    """Each act with when, who, and field by field from what to what; the engagement too in a history of all."""
    return Table(
        name="acts",
        caption=gettext_lazy("Audit trail"),
        columns=[
            Column(gettext_lazy("When"), _when),
            *([Column(gettext_lazy("Engagement"), _engagement)] if with_engagement else []),
            Column(gettext_lazy("What"), _what),
            Column(gettext_lazy("Details"), lambda act: _shown(changes_of(act, history.related)), wide=True),
            Column(gettext_lazy("Who"), who),
        ],
        rows=history.acts,
        empty=gettext_lazy("Nothing is recorded yet."),
        stacked=True,
    )


def who(act: Act) -> SafeString:
    return formats.bdi(act.event.by) if act.event.by else formats.missing(_("the portal itself"))


def changes_of(act: Act, related: Related) -> list[Change]:
    """What an act changed and told. What the reader may not know is named, and not told."""
    told = history_of(act.event.target_kind)
    return [*_changed(act, told, related), *_recorded(act, related), *_facts(act, told, related)]


def _changed(act: Act, told: RowHistory | None, related: Related) -> Iterator[Change]:
    recorded: Mapping[str, Any] = act.event.data.get("changes") or {}
    fields = told_fields(told.model) if told else {}
    # An event keeps its fields in no order of ours.
    names = [name for name in fields if (name in recorded if recorded else _differs(act, fields[name]))]
    names += [name for name in recorded if name not in fields]
    for name in names:
        if told and name in told.left_out:
            continue
        label, column = (told.label(name) if told else name), fields.get(name)
        if _is_secret(name, act, told):
            yield Change(label, None, None, is_hidden=True)
        elif told and column is not None and _differs(act, column):
            was, now = (_stated(state, column, told, act, related) for state in (act.was, act.now))
            yield Change(label, was, now)
        elif isinstance(pair := recorded.get(name), dict):
            was, now = (_said(pair.get(side), column, told, related, name=name) for side in ("was", "now"))
            yield Change(label, was, now)
        else:
            yield Change(label, None, None, is_hidden=True)


def _recorded(act: Act, related: Related) -> Iterator[Change]:
    """The figures of a progress report, each with the one that it took the place of."""
    for former, figure in act.figures:
        indicator = related.get((Indicator._meta.db_table, figure["indicator_id"]))
        name = f"{indicator.code} {named(indicator.title)}" if isinstance(indicator, Indicator) else ""
        part = str(PARTS.get(figure["disagg"], figure["disagg"]))
        label = _(", ").join(filter(None, [name, part]))
        yield Change(label, _reported(former) if former else None, _reported(figure))


def _reported(figure: State) -> SafeString:
    """What an observation says: a value, a place on a scale, a ratio, words; or why there is nothing."""
    if not figure["reported"]:
        because = figure["not_reported_reason"]
        return format_html("{}: {}" if because else "{}", _("not reported"), formats.bdi(because))
    if figure["numerator"] is not None or figure["denominator"] is not None:
        parts = (_figure(str(figure[side])) or formats.number(None) for side in ("numerator", "denominator"))
        return formats.ratio(*parts)
    if figure["value"] is not None:
        return formats.number(_trimmed(figure["value"]))
    return formats.bdi(figure["level"] or figure["text"])


def _facts(act: Act, told: RowHistory | None, related: Related) -> Iterator[Change]:
    """What else was recorded with the act, but for what its row says already."""
    fields = told_fields(told.model) if told else {}
    covered = {name for name, column in fields.items() if _differs(act, column)} | {"changes"}
    covered |= told.left_out if told else set()
    if act.was is not None or act.now is not None:
        covered |= {"was", "now", told.code if told else "code"}
    for name, value in act.event.data.items():
        if name in covered or value in (None, "", [], {}):
            continue
        label = told.label(name) if told and name in fields else name
        label = str(FACTS.get(name, name)) if label == name else label
        if _is_secret(name, act, told):
            yield Change(label, None, None, is_hidden=True)
        else:
            yield Change(label, None, _said(value, fields.get(name), told, related, name=name), is_fact=True)


def told_fields(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """The columns whose history a reader is told, in the order of the model."""
    left_out = _BOOKKEEPING | _BOOKKEPT
    return {column.name: column for column in model._meta.concrete_fields if column.name not in left_out}


def _differs(act: Act, column: models.Field[Any, Any]) -> bool:
    was, now = (None if state is None else state.get(column.attname) for state in (act.was, act.now))
    # What is empty in a row that is new or gone is no news.
    return was != now and (was or None, now or None) != (None, None)


def _is_secret(name: str, act: Act, told: RowHistory | None) -> bool:
    return not act.with_rates and bool(_FIGURE.search(name) or (told and name in told.private))


# --- values ---


def field_in_words(table: str, name: str, text: str) -> tuple[str, SafeString]:
    """A field that was told apart from its act, such as an amendment: what it is called, and its value."""
    told = history_of(table)
    column = told_fields(told.model).get(name) if told else None
    label = told.label(name) if told else name
    return label, _said(text, column, told, {}, name=name) or formats.missing(_("nothing"))


def _stated(
    state: State | None, column: models.Field[Any, Any], told: RowHistory, act: Act, related: Related
) -> SafeString | None:
    """A value of a kept state, or None where there is none."""
    value = None if state is None else state.get(column.attname)
    if value in (None, "", [], {}):
        return None
    if isinstance(column, models.ForeignKey):
        table = column.related_model._meta.db_table
        return _row(related.get((table, value)), act)
    if isinstance(column, MoneyField) and state and state.get("currency_id"):
        return formats.money(_trimmed(value), state["currency_id"])
    return _typed(value, column, told)


def _said(
    value: Any, column: models.Field[Any, Any] | None, told: RowHistory | None, related: Related, name: str = ""
) -> SafeString | None:
    """A value as an event holds it: codes and plain words."""
    if value in (None, "", []):
        return None
    if name == "user" and (user := related.get((User._meta.db_table, value))):
        return formats.bdi(user)
    if column is not None and told is not None and not isinstance(column, models.ForeignKey):
        return _typed(value, column, told)
    if name in _LISTED and isinstance(value, str):
        return _LISTED[name](value)
    if isinstance(value, bool):
        return _yes_or_no(str(value))
    text = _in_a_line(value)
    return _date(text) or _figure(text) or formats.bdi(text)


def _typed(value: Any, column: models.Field[Any, Any], told: RowHistory) -> SafeString:
    """A value by what its column holds; as it stands where it cannot be read."""
    text = _in_a_line(value)
    word = told.word(column.name, text)
    if word is not None:
        return formats.bdi(word)
    write = next((write for kind, write in _WRITTEN if isinstance(column, kind)), None)
    return (write(text) if write else None) or formats.bdi(named(text))


def _in_a_line(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{FACTS.get(key, key)}: {said}" for key, said in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _yes_or_no(text: str) -> SafeString:
    return formats.bdi(_("Yes") if text == "True" else _("No"))


def _moment(text: str) -> SafeString | None:
    found = parse_datetime(text)
    return formats.moment(found) if found else None


def _date(text: str) -> SafeString | None:
    found = _day(text)
    return formats.day(found) if found else None


def _figure(text: str) -> SafeString | None:
    return formats.number(_trimmed(text)) if _NUMBER.match(text) else None


def _days(text: str) -> SafeString:
    """A range: `[2024-01-01,2025-01-01)` of a state is open at its end, `2024-01-01/2024-12-31` of an event is not."""
    if found := _RANGE.match(text):
        first, after = _day(found["lower"]), _day(found["upper"])
        last = after - dt.timedelta(days=1) if after else None
    else:
        begins, _slash, ends = text.partition("/")
        first, last = _day(begins), _day(ends)
    if first is None:
        return formats.bdi(text)
    if last is None:
        return format_html(_("from {day}"), day=formats.day(first))
    return format_html(_("{first} to {last}"), first=formats.day(first), last=formats.day(last))


# What a column of a kind holds, and how it is written; an instant is a kind of date to Django, so it comes first.
_WRITTEN: tuple[tuple[type[models.Field[Any, Any]], Callable[[str], SafeString | None]], ...] = (
    (models.BooleanField, _yes_or_no),
    (models.DateTimeField, _moment),
    (models.DateField, _date),
    (DateRangeField, _days),
    (models.DecimalField, _figure),
    (models.IntegerField, _figure),
)


def _shares(text: str) -> SafeString:
    """`MD 60 %, UA 40 %`, by what places and sectors are called."""
    found = _SHARE.findall(text)
    if not found:
        return formats.bdi(text)
    lines = ((named_by_code(code), formats.pct(_trimmed(pct))) for code, pct in found)
    return format_html_join(_(", "), "<bdi>{}</bdi> {}", lines)


def _targets(text: str) -> SafeString:
    """`2025-12-31: 80; 2026-12-31: 90`, each day and what is wanted by then."""
    pairs = [line.partition(": ") for line in text.split("; ")]
    lines = ((_date(day) or day, _figure(goal) or formats.bdi(goal)) for day, _colon, goal in pairs)
    return format_html_join(_(", "), "{}: {}", lines)


# What no column holds, and how it is written.
_LISTED: Mapping[str, Callable[[str], SafeString]] = {
    "recipients": _shares,
    "sectors": _shares,
    "targets": _targets,
    "instalments": _targets,
}


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _trimmed(value: Any) -> Decimal:
    """Without the zeros that only its column has."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


def _row(row: models.Model | None, act: Act) -> SafeString:
    """A row that a field points at, as a link where there is a page that shows it."""
    if row is None:
        return formats.bdi(_("something that you may not see"))
    code = getattr(row, "ref", None) or getattr(row, "code", None)
    title = getattr(row, "title", None) or getattr(row, "name", None)
    words = f"{code} {named(title)}" if code and title else named(str(title or code or row))
    address = _address(row, act)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, words) if address else formats.bdi(words)


def _address(row: models.Model, act: Act) -> str:
    if page := _PAGES.get(type(row)):
        return reverse(page, args=[getattr(row, "ref", None) or getattr(row, "code", "")])
    told = history_of(row._meta.db_table)
    same = act.engagement is not None and getattr(row, "engagement_id", None) == act.engagement.pk
    return reverse(told.tab, args=[act.engagement.ref]) if told and told.tab and same and act.engagement else ""


# --- cells ---


def _when(act: Act) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', formats.moment(act.event.at))


def _engagement(act: Act) -> SafeString:
    if act.engagement is None:
        return formats.missing(_("of no engagement"))
    address = reverse("programmes:activity", args=[act.engagement.ref])
    return format_html('<a href="{}"><bdi dir="ltr">{}</bdi></a>', address, act.engagement.ref)


def _what(act: Act) -> SafeString:
    """The act in words, and the row that it is on."""
    told = history_of(act.event.target_kind)
    word = word_for(act.event.verb)
    if told is None:
        return format_html("{}", word)
    code = code_of(act, told)
    shown = _date(code) or formats.bdi(code, "ltr")
    on = format_html("{} {}", told.name, shown) if code else format_html("{}", told.name)
    if told.tab and act.engagement and not act.event.verb.endswith(REMOVED):
        on = format_html('<a href="{}">{}</a>', reverse(told.tab, args=[act.engagement.ref]), on)
    return format_html("{}<small>{}</small>", word, on)


def code_of(act: Act, told: RowHistory) -> str:
    """What the row is known by; nothing where it has no code."""
    return str((act.now or act.was or {}).get(told.code) or act.event.data.get(told.code) or "")


def _shown(changes: list[Change]) -> SafeString:
    if not changes:
        return formats.missing(_("nothing"))
    lines = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((one.label, _line(one)) for one in changes))
    return format_html('<dl class="facts">{}</dl>', lines)


def _line(change: Change) -> SafeString:
    """From what to what, as a sentence that is heard as well."""
    if change.is_hidden:
        return format_html('<span class="muted">{}</span>', _("not shown"))
    if change.is_fact or change.was is None:
        return change.now or formats.missing(_("nothing"))
    now = change.now or formats.missing(_("nothing"))
    arrow = format_html('<span aria-hidden="true">{}</span><span class="vh">{}</span>', _("→"), _("became"))
    return format_html("<del>{}</del> {} {}", change.was, arrow, now)
