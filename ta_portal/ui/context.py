"""What every page's frame needs, worked out only if the frame is drawn."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ta_portal.accounts.models import Density
from ta_portal.ui import navigation

# Where to search; an app above this kit answers there.
SEARCH = "/search/"


def frame(request: HttpRequest) -> dict[str, Any]:
    """`navigation` (the links of the top bar), `search_address`, `sample_data` (whether all shown is invented), and
    `densities` (how close rows and buttons may stand, each with its words).
    """
    return {
        "navigation": SimpleLazyObject(partial(navigation.links, request)),
        "search_address": SEARCH,
        "sample_data": settings.DEMO,
        "densities": [("", _("Usual: as each page suits")), *Density.choices],
    }
