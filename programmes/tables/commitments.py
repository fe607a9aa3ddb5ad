"""What an institution has committed itself to, as a table."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.models import Commitment
from programmes.tables.workplan import how_done
from programmes.words import COMMITMENT_KINDS
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def commitment_table(rows: Sequence[Commitment], *, ref: str, today: dt.date, may_complete: bool) -> Table[Commitment]:
    """Each with who answers for it, when it was due and done; open ones with the form that says that they are done."""
    columns: list[Column[Commitment]] = [
        Column(pgettext_lazy("of an institution", "Commitment"), _titled),
        Column(_("Kind"), lambda row: COMMITMENT_KINDS[row.kind]),
        Column(_("Post"), lambda row: formats.bdi(row.post.title) if row.post else formats.missing(_("none named"))),
        Column(_("Due"), lambda row: formats.day(row.due)),
        Column(_("Done"), lambda row: _done(row, ref, may_complete), wide=True),
        Column(_("Status"), lambda row: how_done(row.due, row.done, today)),
    ]
    empty = _("No commitments of the institution are recorded.")
    return Table(name="commitments", caption=_("Commitments"), columns=columns, rows=rows, empty=empty, stacked=True)


def _titled(row: Commitment) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(row.text), formats.bdi(row.code, "ltr"))


def _done(row: Commitment, ref: str, may_complete: bool) -> SafeString:
    if row.done:
        return format_html("{}<small>{}</small>", formats.day(row.done), formats.bdi(row.done_note))
    if may_complete:
        address = reverse("programmes:complete-commitment", args=[ref, row.code])
        return format_html('<a href="{}">{}</a>', address, _("Record as done"))
    return formats.missing(_("not done"))
