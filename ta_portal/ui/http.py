"""The request as the portal's views know it: signed in, and with what htmx says of itself."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ta_portal.accounts.models import User


class PortalRequest(HttpRequest):
    """An annotation only: by the time a view is called, the middleware has seen to both."""

    user: User
    htmx: HtmxDetails
