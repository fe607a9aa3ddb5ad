"""The doors of an engagement: one question each, under `engagements/{ref}/`. Higher apps open theirs on this base."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.api.views import PortalView
from ta_portal.errors import NotFound


class EngagementDoor(PortalView):
    """An answer on one engagement: 404 for one that the caller may not see, 403 where it is not for their role."""

    view_permission: ClassVar[Permission] = Permission.ENGAGEMENT_VIEW

    def get(self, request: Request, ref: str) -> HttpResponse:
        asked = self.parameters.read(request.query_params)
        return self.answer(self.reply(self.engagement(ref), **asked))

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        """The answer to what was `asked`: the checked parameters by name."""
        raise NotImplementedError

    def engagement(self, ref: str) -> Engagement:
        rows = Engagement.objects.select_related("programme", "institution").permitted(self.user)
        found = rows.filter(ref=ref).first()
        if found is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        if self.view_permission != Permission.ENGAGEMENT_VIEW:
            require(self.user, self.view_permission, found)
        return found
