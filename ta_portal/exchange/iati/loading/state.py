"""What the steps of loading activities share: what is known before a batch, and one activity under way."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.models import Country, Currency, Engagement, Organisation, PracticeArea, Region, Sector
from ta_portal.accounts.models import User
from ta_portal.exchange.iati.content import Activity
from ta_portal.exchange.iati.loading.rows import Rows
from ta_portal.exchange.iati.references import LONGEST, Codes
from ta_portal.exchange.scenario.values import refuse
from ta_portal.money.exact import rounded

_LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    id: int
    code: str
    kind: str


class Organisations:
    """Those that the portal has, and those that the file adds: by reference where they have one, else by name."""

    def __init__(self) -> None:
        self._by_reference: dict[str, KnownOrganisation] = {}
        self._by_code: dict[str, KnownOrganisation] = {}
        self._by_name: dict[str, KnownOrganisation] = {}
        rows = Organisation.objects.order_by("pk").values_list("pk", "code", "kind", "iati_ref", "name")
        for pk, code, kind, ref, name in rows:
            self.add(KnownOrganisation(pk, code, kind), ref, name)
        self.codes = Codes(
            [code for _pk, code, _kind, _ref, _name in rows],
            _LONGEST_CODE,
        )

    def add(self, organisation: KnownOrganisation, ref: str, name: str) -> None:
        """The first of a reference or of a name is the one that is found."""
        if ref:
            self._by_reference.setdefault(ref, organisation)
        else:
            self._by_code.setdefault(organisation.code, organisation)
        self._by_name.setdefault(name.casefold(), organisation)

    def find(self, ref: str | None, name: str) -> KnownOrganisation | None:
        if ref:
            return self._by_reference.get(ref) or self._by_code.get(ref)
        return self._by_name.get(name.casefold())


@dataclass(frozen=True, slots=True)
class Known:
    """The reference data that activities refer to and the codes that are taken, looked up once for a file."""

    currencies: dict[str, Currency]
    countries: dict[str, Country]
    regions: dict[str, Region]
    sectors: dict[str, Sector]
    areas: dict[str, PracticeArea]
    organisations: Organisations
    refs: Codes


def look_up() -> Known:
    """Seven queries."""
    return Known(
        currencies=Currency.objects.in_bulk(),
        countries=Country.objects.in_bulk(),
        regions=Region.objects.in_bulk(),
        sectors=Sector.objects.in_bulk(),
        areas=PracticeArea.objects.in_bulk(),
        organisations=Organisations(),
        refs=Codes(Engagement.objects.values_list("ref", flat=True), LONGEST),
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """A funding agreement of the activity, as its entries and lines need it."""

    id: int
    contributor_id: int


@dataclass
class Load:
    """One activity under way. `author` writes, `approver` approves what the author wrote."""

    activity: Activity
    ref: str
    author: User
    approver: User
    known: Known
    rows: Rows
    notes: list[str] = field(default_factory=list)
    organisations: dict[tuple[str | None, str], KnownOrganisation] = field(default_factory=dict)
    agreements: dict[tuple[str | None, str], Agreement] = field(default_factory=dict)
    # Its versions, the last of which stands.
    budgets: list[int] = field(default_factory=list)
    programme_id: int = 0
    engagement_id: int = 0

    @property
    def source(self) -> str:
        """What the activity's rates and ledger entries are known to come from."""
        return f"iati:{self.ref}"

    @property
    def base(self) -> Currency:
        """What its programme counts in."""
        return self.currency(self.activity.currency, self.activity.place)

    def currency(self, code: str, place: str) -> Currency:
        found = self.known.currencies.get(code)
        if found is None:
            refuse(place, _("There is no currency “{code}”: give a code of ISO 4217, such as USD.").format(code=code))
        return found

    def in_minor_units(self, amount: Decimal, code: str, place: str) -> Decimal:
        """The amount in decimals that its currency has: rounded half up where the file has more, and told."""
        currency = self.currency(code, place)
        found = rounded(amount, currency.minor_units)
        if found != amount:
            self.notes.append(
                _("{place}: {amount} has more decimals than {currency} has; it became {rounded}.").format(
                    place=place, amount=f"{amount:f}", currency=currency.code, rounded=f"{found:f}"
                )
            )
        return found
