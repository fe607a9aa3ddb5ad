"""The token's part of permission: what rows a caller may see is the queryset's matter, never decided here."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ta_portal.access.grants import limit_grants
from ta_portal.api.models import ApiToken
from ta_portal.api.scopes import READ, VIEWING, allows

if TYPE_CHECKING:
    from ta_portal.api.views import PortalView

_SAFE = ("GET", "HEAD", "OPTIONS")


class WithinTokenScopes(BasePermission):
    """A token does what its scopes name. For an act it gets that act's permissions, as far as its user has them."""

    def has_permission(self, request: Request, view: "PortalView") -> bool:  # type: ignore[override]
        token: Any = request.auth
        if not isinstance(token, ApiToken) or not view.resource:
            return True
        verb = READ if request.method in _SAFE else view.verb
        if not allows(token.scopes, view.resource, verb):
            needed = f"{view.resource}:{verb}"
            raise PermissionDenied(
                _("This token's scopes do not include {scope}.").format(scope=needed), code="scope_missing"
            )
        if verb != READ:
            limit_grants(request.user, VIEWING | view.act_permissions)
        return True
