"""Why a file is not kept, in a sentence: what is wrong, and what would do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.domain.evidence import Refusal

# Each with the file's name and, in megabytes, the most that a file may hold.
REFUSALS: dict[Refusal, Promise] = {
    Refusal.NO_NAME: _("The file has no name: give it one and add it again."),
    Refusal.PATH_IN_NAME: _("“{name}” is no plain name of a file: it names a folder, or holds what cannot be seen."),
    Refusal.NAME_TOO_LONG: _("The file's name is longer than 150 characters: shorten it."),
    Refusal.NAME_SAYS_OTHERWISE: _("“{name}” is not what its name says it is: the ending does not fit what is in it."),
    Refusal.EMPTY: _("“{name}” is empty."),
    Refusal.TOO_LARGE: _("“{name}” is larger than {most} MB."),
    Refusal.UNKNOWN_KIND: _(
        "“{name}” is no file of a kind that can be kept: PDF, JPEG, PNG, WebP, plain text, CSV, DOCX, XLSX, ODT or ODS."
    ),
    Refusal.ACTIVE: _("“{name}” is a web page or an SVG drawing, which may act by itself: save it as a PDF."),
    Refusal.PROGRAM: _("“{name}” is a program; only documents, pictures, tables and plain text are kept."),
    Refusal.MACROS: _("“{name}” holds macros: save it without them."),
    Refusal.TWO_IN_ONE: _("“{name}” is two files in one, which no document is: save it anew."),
    Refusal.UNPACKS_TOO_FAR: _("“{name}” would unpack to far more than a document holds."),
    Refusal.DAMAGED: _("“{name}” is damaged and cannot be opened: save it anew."),
    Refusal.INFECTED: _("“{name}” holds something harmful, says the scanner of this portal."),
    Refusal.LOCKED: _("“{name}” is protected by a password: save it without one."),
}

# What is told of a file in a history.
FIELDS: dict[str, Promise] = {
    "report": _("Progress report"),
    "indicator": _("Indicator"),
    "name": _("Name"),
    "sha256": _("Hash of the content"),
    "size": _("Bytes"),
    "media_type": _("Kind of file"),
}
