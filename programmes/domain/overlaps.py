"""Who else works on the same thing: two activities in one country, on one sector, over the same days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from programmes.domain.periods import Days

_FIVE_DIGITS = 5


class Strength(StrEnum):
    """Strong: the institution is the same too. Possible: only the parent sector is, so it is no overlap yet."""

    STRONG = "strong"
    WEAK = "weak"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class SectorCode:
    """A sector and the one that it belongs under, if known."""

    code: str
    parent: str = ""

    @property
    def is_five_digit(self) -> bool:
        return len(self.code) == _FIVE_DIGITS and self.code.isdigit()

    @property
    def family(self) -> frozenset[str]:
        return frozenset(filter(None, (self.code, self.parent)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What is compared: where, with whom, on what and when. An institution goes by its key, or by its name alone."""

    code: str
    title: str = ""
    lead: str | None = None
    lead_name: str = ""
    countries: frozenset[str]
    institutions: frozenset[int | str] = field(default_factory=frozenset)
    sectors: frozenset[SectorCode]
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Another activity that shares country, sector and days. Internal: the same lead donor."""

    code: str
    title: str
    lead_name: str
    internal: bool
    strength: Strength
    shared_sectors: tuple[str, ...]
    shared_days: Days

    @property
    def is_true(self) -> bool:
        return self.strength is not Strength.POSSIBLE


def overlap(own: Activity, other: Activity) -> Overlap | None:
    """How `other` overlaps with `own`; None if they share no country, no day, or nothing of their sectors."""
    shared_days = own.days.shared_with(other.days)
    if shared_days is None or not own.countries & other.countries:
        return None

    shared = sorted({s.code for s in own.sectors if s.is_five_digit} & {s.code for s in other.sectors})
    if not shared and not _families(own.sectors) & _families(other.sectors):
        return None
    strength = Strength.STRONG if own.institutions & other.institutions else Strength.WEAK
    return Overlap(
        code=other.code,
        title=other.title,
        lead_name=other.lead_name,
        internal=own.lead is not None and own.lead == other.lead,
        strength=strength if shared else Strength.POSSIBLE,
        shared_sectors=tuple(shared),
        shared_days=shared_days,
    )


def overlaps_with(own: Activity, others: Iterable[Activity]) -> list[Overlap]:
    """All overlaps, the strongest first, then by code."""
    order = list(Strength)
    found = filter(None, (overlap(own, other) for other in others))
    return sorted(found, key=lambda o: (order.index(o.strength), o.code))


def _families(sectors: Iterable[SectorCode]) -> frozenset[str]:
    return frozenset().union(*(sector.family for sector in sectors))
