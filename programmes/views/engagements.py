"""The list of engagements, and an engagement's first page."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from programmes.forms.filters import EngagementFilterForm
from programmes.models.engagements import EngagementQuerySet
from programmes.selectors.engagements import engagement_list as engagements_for
from programmes.selectors.engagements import may_be_taken_away, stay_here, visible_engagement
from programmes.tables.engagements import (
    COLUMNS,
    ListColumn,
    chosen_columns,
    engagement_table,
    file_head,
    file_lines,
    rows_of,
)
from programmes.views.parts import parts_of
from ta_portal.access.grants import grants_of
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.api.exports import csv_file, csv_lines, one_reading
from ta_portal.api.services.limits import count_file
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import require_anywhere
from ta_portal.ui.saved_views import ALL, views_on

LIST = "engagements"
ROWS_ON_A_PAGE = 25
# Of a file: so many are read, and asked where they stand, at once.
ROWS_AT_A_TIME = 500


@require_GET
def engagement_list(request: PortalRequest) -> HttpResponse:
    """The engagements that the reader may see, as they want to see them; with nothing asked, their default view."""
    views = views_on(request, LIST)
    if views.default and not request.GET:
        return redirect(views.default)
    form = EngagementFilterForm(request.GET, user=request.user)
    columns, choice = chosen_columns(request.GET.getlist("column")), form.choice()
    found = engagements_for(request.user, choice, request.GET.get("sort", ""))
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    asked = [(name, value) for name, values in request.GET.lists() for value in values]
    context = {
        "form": form,
        "page": page,
        "table": engagement_table(list(page.object_list), columns, asked, as_of=timezone.localdate()),
        "filtered": bool(choice),
        "all_of_it": f"?{ALL}",
        "views": views,
        "columns": [(column, column in columns) for column in COLUMNS],
        # What the two forms of the page hand on, each of the other's.
        "chosen_columns": [("column", key) for key in request.GET.getlist("column")],
        "chosen_rows": [(name, value) for name, value in asked if name not in ("column", "page")],
        **_what_may_be_done(request, found),
    }
    return render_page(request, "programmes/engagement_list.html", context, partial="rows")


@require_GET
def engagement_file(request: PortalRequest) -> StreamingHttpResponse:
    """What the list shows, all pages of it, as CSV: of the engagements that the reader may take away.

    Sent as it is read, in constant memory; a batch costs the same few queries however many there are.
    """
    require_anywhere(request.user, Permission.EXPORT)
    count_file(by=request.user)
    choice = EngagementFilterForm(request.GET, user=request.user).choice()
    columns = chosen_columns(request.GET.getlist("column"))
    found = may_be_taken_away(request.user, engagements_for(request.user, choice, request.GET.get("sort", "")))
    return csv_file("engagements", _file(found, columns, language=translation.get_language()))


def _what_may_be_done(request: PortalRequest, found: EngagementQuerySet) -> dict[str, object]:
    """The acts over the list that are open to the reader. A query more for whoever may take away some of it."""
    grants = grants_of(request.user)
    taken = grants.anywhere(Permission.EXPORT)
    part = taken and not grants.everywhere(Permission.EXPORT)
    left_out = part and stay_here(request.user, found).exists()
    return {
        "may_set_up": grants.anywhere(Permission.ENGAGEMENT_CHANGE),
        "may_set_up_programmes": grants.everywhere(Permission.ENGAGEMENT_CHANGE),
        "may_take_away": taken,
        "some_left_out": left_out,
    }


def _file(found: EngagementQuerySet, columns: Sequence[ListColumn], *, language: str | None) -> Iterator[bytes]:
    """The head, and then a batch of lines at a time. The language of the request is over by the time this runs."""
    with translation.override(language), one_reading():
        yield csv_lines([file_head(columns)])
        rows = found.iterator(chunk_size=ROWS_AT_A_TIME)
        while batch := list(islice(rows, ROWS_AT_A_TIME)):
            lines = file_lines(rows_of(batch, columns, as_of=timezone.localdate()), columns)
            yield csv_lines(lines)


@require_GET
def engagement(request: PortalRequest, ref: str) -> HttpResponse:
    """An engagement at a glance: what each app has to say of it, in reading order."""
    found = visible_engagement(request.user, ref)
    held = permissions_on(request.user, found)
    parts = parts_of("engagement", request, found, held)
    columns = {column: [part for part in parts if part.column == column] for column in ("top", "aside", "main", "side")}
    return render_page(request, "programmes/engagement.html", {"engagement": found, **columns})
