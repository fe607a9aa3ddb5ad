"""The rows of many activities on their way into the tables: by COPY, in the columns that a file can fill.

What a column cannot hold is refused as the services refuse it. Acts go into the audit trail one by one, as they do
when a person does them; the triggers keep the history of rows.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.utils import CursorWrapper

from costing.models import Budget, CostLine, CostLineKey, LedgerEntry, RateSet, RateSource
from programmes.models import (
    Engagement,
    EngagementRecipient,
    EngagementSector,
    EngagementTransition,
    FundingAgreement,
    Indicator,
    IndicatorTarget,
    Observation,
    ObservationRevision,
    Organisation,
    Outcome,
    Programme,
    ProgressReport,
    ReportingPeriod,
)
from ta_portal.accounts.models import User
from ta_portal.audit.copying import Tables
from ta_portal.audit.models import AuditEvent
from ta_portal.audit.request_id import current_request_id
from ta_portal.changes.models import ExactField
from ta_portal.errors import InvalidInput
from ta_portal.exchange.models import LoadedActivity

Fits = Callable[[Any], bool]


class Sheet:
    """The rows of one model. `add` takes a value for each of the columns and says the row's number."""

    def __init__(self, tables: Tables, model: type[models.Model], *columns: str, **constants: Any) -> None:
        self._table = tables.of(model, *columns, **constants)
        self._columns = columns
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self._limited = [(name, fits, fields[name]) for name in columns if (fits := _limit(fields[name])) is not None]

    def add(self, **values: Any) -> int:
        """Raises InvalidInput at the first column that cannot hold its value."""
        for name, fits, field in self._limited:
            if values[name] is not None and not fits(values[name]):
                _refuse(field, values[name])
        return self._table.add(*(values[name] for name in self._columns))


class Rows:
    """A sheet for each kind of row, in the order in which they lean on each other."""

    def __init__(self, cursor: CursorWrapper, author: User, approver: User) -> None:
        self._tables = Tables(cursor, author)
        self._author, self._approver = author.pk, approver.pk
        self._places()
        self._costs()
        self._results()
        self.loaded = self._sheet(LoadedActivity, "engagement_id", "digest", "content")
        self._acts = self._sheet(
            AuditEvent,
            "by_id",
            "verb",
            "target_kind",
            "target_id",
            "engagement_id",
            "data",
            request_id=current_request_id(),
        )

    def _places(self) -> None:
        self.organisations = self._sheet(Organisation, "code", "name", "kind", "iati_ref")
        self.programmes = self._sheet(
            Programme, "code", "title", "lead_id", "currency_id", "rate_source", "starts", "ends", "note"
        )
        self.engagements = self._sheet(
            Engagement,
            "ref",
            "iati_id",
            "title",
            "programme_id",
            "practice_area_id",
            "form_of_aid",
            "objective",
            "status",
            "planned",
            "actual",
            "publication",
            "aid_type",
            "finance_type",
            "flow_type",
            "tied_status",
            "source_facts",
            updated_by_id=self._author,
        )
        self.recipients = self._sheet(EngagementRecipient, "engagement_id", "country_id", "region_id", "pct")
        self.sectors = self._sheet(EngagementSector, "engagement_id", "sector_id", "pct")
        self.transitions = self._sheet(
            EngagementTransition, "engagement_id", "from_status", "to_status", "reason", by_id=self._author
        )

    def _costs(self) -> None:
        self.rate_sources = self._sheet(RateSource, "code", "pivot_id", "frequency", "grace_days")
        self.agreements = self._sheet(
            FundingAgreement,
            "engagement_id",
            "code",
            "contributor_id",
            "administrator_id",
            "provider_id",
            "instrument",
            "amount",
            "currency_id",
            "during",
        )
        self.rate_sets = self._sheet(RateSet, "code", "base_id")
        self.budgets = self._sheet(
            Budget, "engagement_id", "version", "rate_set_id", drafted_by_id=self._author, updated_by_id=self._author
        )
        self.line_keys = self._sheet(CostLineKey, "engagement_id", "code")
        self.lines = self._sheet(
            CostLine,
            "budget_id",
            "key_id",
            "description",
            "agreement_id",
            "quantity",
            "unit",
            "unit_cost",
            "currency_id",
            "planned",
            "amount",
            updated_by_id=self._author,
        )
        self.entries = self._sheet(
            LedgerEntry,
            "engagement_id",
            "kind",
            "on_date",
            "amount",
            "currency_id",
            "agreement_id",
            "description",
            "source",
            "external_ref",
            by_id=self._author,
        )

    def _results(self) -> None:
        self.outcomes = self._sheet(Outcome, "engagement_id", "code", "title", "objective")
        self.indicators = self._sheet(
            Indicator,
            "engagement_id",
            "outcome_id",
            "code",
            "title",
            "method",
            "direction",
            "unit",
            "frequency",
            "baseline",
            "baseline_on",
            "definition",
        )
        self.targets = self._sheet(IndicatorTarget, "indicator_id", "due", "value")
        self.periods = self._sheet(
            ReportingPeriod, "engagement_id", "starts", "ends", "due", "state", updated_by_id=self._approver
        )
        self.reports = self._sheet(
            ProgressReport,
            "period_id",
            "state",
            submitted_by_id=self._author,
            submitted_at="now",
            decided_by_id=self._approver,
            decided_at="now",
            updated_by_id=self._approver,
        )
        figures = ("status", "reported", "value", "text")
        self.observations = self._sheet(
            Observation,
            "indicator_id",
            "period_start",
            "period_end",
            "disagg",
            "report_id",
            *figures,
            updated_by_id=self._approver,
        )
        self.revisions = self._sheet(ObservationRevision, "observation_id", "seq", *figures, by_id=self._approver)

    @property
    def _sheet(self) -> Callable[..., Sheet]:
        return partial(Sheet, self._tables)

    def record(
        self,
        verb: str,
        table: str,
        target: int | None,
        engagement: int | None = None,
        *,
        by: User | None = None,
        **data: Any,
    ) -> None:
        """An act on a row of the table, for the audit trail: the author's, unless said otherwise."""
        self._acts.add(
            by_id=by.pk if by else self._author,
            verb=verb,
            target_kind=table,
            target_id=target,
            engagement_id=engagement,
            data=json.dumps(data, ensure_ascii=False, default=str),
        )

    def flush(self) -> None:
        """Write what was added. One COPY for each kind of row that there is."""
        self._tables.flush()

    def forget(self) -> None:
        self._tables.forget()


def _limit(field: "models.Field[Any, Any]") -> Fits | None:
    """Whether the column can hold a value that is of the right kind; None where it can hold any."""
    if isinstance(field, ExactField):
        digits, decimals = field.digits
        return partial(_has_digits, digits - decimals, -decimals)
    if isinstance(field, models.CharField) and field.max_length is not None:
        return partial(_is_short, field.max_length)
    return None


def _is_short(longest: int, text: str) -> bool:
    return len(text) <= longest


def _has_digits(whole: int, exponent: int, number: Decimal) -> bool:
    return number.adjusted() < whole and int(number.as_tuple().exponent) >= exponent


def _refuse(field: "models.Field[Any, Any]", value: Any) -> None:
    """In the words of Django's own check, which is the last to say."""
    try:
        field.clean(value, None)
    except ValidationError as refusal:
        raise InvalidInput.at(field.name, " ".join(refusal.messages)) from refusal
