"""The IATI codelists that an export is held to: codes, names, and whether a code is withdrawn."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from programmes.reference import read_rows, reference_rows

_FOLDER = Path(__file__).parent / "reference"


class Codelist(StrEnum):
    """By the name of its file."""

    AID_TYPE = "aid_types"
    FINANCE_TYPE = "finance_types"
    FLOW_TYPE = "flow_types"
    TIED_STATUS = "tied_statuses"
    COUNTRY = "countries"
    CURRENCY = "currencies"
    REGION = "regions"
    SECTOR = "sectors"
    REGISTRATION_AGENCY = "registration_agencies"


@cache
def statuses(codelist: Codelist) -> dict[str, str]:
    """`active` or `withdrawn` for every code of the list."""
    rows = reference_rows("sectors") if codelist is Codelist.SECTOR else read_rows(_FOLDER / f"{codelist.value}.csv")
    return {row["code"]: row["status"] for row in rows}


@cache
def practice_areas() -> dict[str, str]:
    """The practice area that a sector speaks for, where one does."""
    return {row["sector"]: row["area"] for row in read_rows(_FOLDER / "practice_areas.csv")}


def is_listed(codelist: Codelist, code: str) -> bool:
    return code in statuses(codelist)
