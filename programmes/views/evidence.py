"""Evidence on pages: a file of a report to be saved, and what a report's form does with the files that come with it."""

import uuid
from collections.abc import Callable, Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from programmes.forms.evidence import ATTACH, REMOVE, EvidenceForm
from programmes.forms.report import ACT
from programmes.models import Indicator, ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import evidence_of, visible_evidence
from programmes.services.evidence import add_evidence, remove_evidence
from programmes.services.file_store import kept
from programmes.tables.evidence import FileLine, file_lines
from programmes.tables.progress import report_address
from ta_portal.api.downloads import file_to_save
from ta_portal.errors import DomainError, InvalidInput, NotFound, NotPermitted
from ta_portal.ui.editing import Sheet, fill_in, show_as_typed
from ta_portal.ui.http import PortalRequest


@require_GET
def evidence(request: PortalRequest, ref: str, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, to be saved."""
    row = visible_evidence(request.user, visible_engagement(request.user, ref), public_id)
    return file_to_save(
        request, kept(row.sha256), name=row.name, media_type=row.media_type, size=row.size, digest=row.sha256
    )


class Attached:
    """The files of a report as its form shows them, and those that come with it."""

    def __init__(self, request: PortalRequest, report: ProgressReport) -> None:
        self.request, self.report = request, report
        self.engagement = report.period.engagement
        indicators = Indicator.objects.filter(engagement=self.engagement).order_by("code")
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        self.form = EvidenceForm(*given, indicators=list(indicators))

    @property
    def begin(self) -> str:
        """Where the page's script begins to send a file."""
        return report_address(self.report, "uploads")

    def files(self) -> list[FileLine]:
        """As they are when the page is written: those that came with it stand there already."""
        found = evidence_of(self.report)
        return [line for rows in found.values() for line in file_lines(rows, self.engagement.ref)]

    def fill_in(self, sheet: Sheet, go_on: Callable[[PortalRequest, Sheet], HttpResponse] = fill_in) -> HttpResponse:
        """The report's form. Files that came with it are kept before anything else, so that no later fault loses them.

        Where one is refused, or files were all that was asked for, the form comes back as it was typed: the report is
        neither saved nor sent.
        """
        posted = self.request.POST
        removes, attaches = REMOVE in posted, posted.get(ACT) == ATTACH
        refused = list(self._removed() if removes else self._kept(must=attaches)) if posted else []
        if not (removes or attaches or refused):
            return go_on(self.request, sheet)
        for sentence in refused:
            self.form.add_error("evidence", sentence)
        return show_as_typed(self.request, sheet, refused=refused)

    def _kept(self, *, must: bool) -> Iterator[str]:
        """Keep what came; gives the sentence for each file that is refused."""
        chosen = self.request.FILES.getlist("evidence")
        if must and not chosen:
            yield _("Choose a file first.")
        if not chosen:
            return
        if not self.form.is_valid():
            yield _("Choose what the files back.")
            return
        kept_now = 0
        for file in chosen:
            try:
                add_evidence(
                    report_id=self.report.pk,
                    content=file,
                    name=file.name or "",
                    indicator=self.form.about,
                    by=self.request.user,
                )
                kept_now += 1
            except DomainError as error:
                yield _sentence(error)
        if kept_now:
            said = ngettext("%(n)d file was added.", "%(n)d files were added.", kept_now)
            messages.success(self.request, said % {"n": kept_now})

    def _removed(self) -> Iterator[str]:
        """Take one out of the draft; gives the sentence where that is refused."""
        try:
            key = uuid.UUID(self.request.POST[REMOVE])
        except ValueError:
            yield _("There is nothing at this address, or nothing that you may see.")
            return
        row = self.report.evidence.filter(public_id=key).first()
        if row is None:
            # Somebody else, or another tab, took it out already.
            return
        try:
            reason = _("Taken out while the report was written.")
            remove_evidence(evidence_id=row.pk, reason=reason, by=self.request.user)
            messages.success(self.request, _("“%(name)s” was taken out.") % {"name": row.name})
        except DomainError as error:
            yield _sentence(error)


def _sentence(error: DomainError) -> str:
    """What is said at the field of what a rule refuses; who may not do it at all is told so on a page of its own."""
    if isinstance(error, NotFound | NotPermitted):
        raise error
    return " ".join(fault.message for fault in error.faults) if isinstance(error, InvalidInput) else error.message
