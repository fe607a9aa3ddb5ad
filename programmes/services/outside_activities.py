"""What others do in the same country: recorded so that overlaps are seen, never counted or paid for here."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from programmes.models import Country, Currency, Institution, Organisation, OutsideActivity
from programmes.services.checks import check, code_taken, refuse, saying
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def add_outside_activity(
    *,
    code: str,
    title: str,
    source: str = "",
    organisation: Organisation,
    country: Country,
    during: DateRange,
    sectors: Sequence[str] = (),
    institution: Institution | None = None,
    institution_name: str = "",
    budget: Decimal | None = None,
    currency: Currency | None = None,
    by: User,
) -> OutsideActivity:
    """Record somebody else's activity in a country where `by` may change engagements."""
    require(by, Permission.ENGAGEMENT_CHANGE, country)
    activity = OutsideActivity(
        source=source,
        code=code,
        title=title,
        organisation=organisation,
        country=country,
        institution=institution,
        institution_name=institution_name,
        during=during,
        sectors=list(sectors),
        budget=budget,
        currency=currency,
        created_by=by,
    )
    check(activity)
    if budget is not None and currency is None:
        refuse("currency", _("A budget needs its currency."))
    with saying(code_taken("outside_activity_once_in_source", code)):
        activity.save(force_insert=True)
    audit.record("outside_activity.added", target=activity, by=by, code=code)
    return activity
