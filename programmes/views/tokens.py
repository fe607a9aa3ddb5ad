"""One's own keys to the API: made here and shown once, and ended here."""

from http import HTTPStatus

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from programmes.forms.tokens import TokenForm
from ta_portal.access.grants import grants_of
from ta_portal.api.models import ApiToken
from ta_portal.api.services.idempotency import Answer, answer_once
from ta_portal.api.services.tokens import NewToken, create_token, revoke_token
from ta_portal.errors import NotFound, NotPermitted
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

# Whatever the form says when it is sent again, it is the same request: its token is made.
NEW_TOKEN = b"new token"
form_methods = require_http_methods(["GET", "HEAD", "POST"])


class RevokeForm(PortalForm):
    """Nothing to fill in: it is one's own."""


@form_methods
@never_cache
def new_token(request: PortalRequest) -> HttpResponse:
    """A key that acts as the reader, for less than they may. Its text is in this one answer and nowhere else.

    The same form sent again makes no second one: the reader is told so, where the first can be revoked.
    """
    if not grants_of(request.user).held:
        raise NotPermitted(
            _("You hold no role yet, so a token of yours would open nothing. An administrator gives roles.")
        )
    made: list[NewToken] = []

    def save(form: PortalForm) -> str:
        asked = form.values()
        once = asked.pop("once")

        def make() -> Answer:
            made.append(create_token(user=request.user, by=request.user, **asked))
            return Answer(HTTPStatus.CREATED, None)

        answer_once(key=f"token-page:{once}", request=NEW_TOKEN, by=request.user, act=make)
        if made:
            return _("The token was made.")
        return _(
            "This form has made its token already, and its text was shown that one time. "
            "If you have not copied it, revoke the token and make another."
        )

    sheet = Sheet(
        title=_("Make a token"),
        form=lambda data: TokenForm(data, subject=None, user=request.user),
        save=save,
        back=reverse("ui:account"),
        context={"where": _("Your account")},
        button=_("Make the token"),
        template="api/new_token.html",
    )
    response = fill_in(request, sheet)
    return _shown_once(request, made[0]) if made else response


@form_methods
def end_token(request: PortalRequest, prefix: str) -> HttpResponse:
    """A page of its own that asks once more: what uses the token stops working."""
    token = ApiToken.objects.filter(user=request.user, prefix=prefix, revoked_at=None).first()
    if token is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))

    def save(_form: PortalForm) -> str:
        revoke_token(token_id=token.pk, by=request.user)
        return _("The token was revoked.")

    sheet = Sheet(
        title=_("Revoke “%(name)s”") % {"name": token.name or token.prefix},
        form=lambda data: RevokeForm(data, subject=None, user=request.user),
        save=save,
        back=reverse("ui:account"),
        context={"where": _("Your account"), "notice": "api/_token_goes.html", "token": token},
        button=_("Revoke"),
    )
    return fill_in(request, sheet)


def _shown_once(request: PortalRequest, made: NewToken) -> HttpResponse:
    """Not by way of a redirect: the text would have to be kept somewhere until the next request."""
    response = render_page(request, "api/token_made.html", {"token": made.row, "text": made.text})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
