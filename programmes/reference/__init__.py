"""Facts of the field as files: codes, names and numbers. One row of a file is one row of a table."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Row = dict[str, str]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list whose words are there in the portal's other languages.

    `listed` and `names` are the files of the list and of its words, `column` is what is put into other languages, and
    `key` says which row of the list a row of the other file belongs to.
    """

    listed: str
    names: str
    key: tuple[str, ...]
    column: str = "name"
    folder: Path = _FOLDER

    def rows(self) -> list["Row"]:
        return read_rows(self.folder / f"{self.listed}.csv")

    def translations(self) -> list["Row"]:
        return read_rows(self.folder / f"{self.names}.csv")

    def pairs(self) -> Iterator[tuple[str, "Row"]]:
        """Each English word with its row of other languages."""
        said = {tuple(row[column] for column in self.key): row for row in self.translations()}
        for row in self.rows():
            yield row[self.column], said[tuple(row[column] for column in self.key)]


NAMED = [
    NamedList("countries", "country_names", ("iso2",)),
    NamedList("regions", "region_names", ("code",)),
    NamedList("practice_areas", "practice_area_names", ("code",)),
    NamedList("topics", "topic_names", ("area", "code")),
    NamedList("sectors", "sector_names", ("code",)),
    NamedList("indicator_catalogue", "indicator_title_names", ("code",), "title"),
    NamedList("indicator_catalogue", "indicator_definition_names", ("code",), "definition"),
    NamedList("indicator_catalogue", "indicator_unit_names", ("unit",), "unit"),
    NamedList("rating_anchors", "rating_anchor_names", ("kind", "score"), "text"),
]


def also_named(*lists: NamedList) -> None:
    """Lists of an app above this one: it says so when it is ready."""
    NAMED.extend(one for one in lists if one not in NAMED)
    names_in.cache_clear()


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file by its headings."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def reference_rows(name: str) -> list[Row]:
    """The rows of one of this folder's files, such as `countries`."""
    return read_rows(_FOLDER / f"{name}.csv")


@cache
def english_by_code() -> dict[str, str]:
    """The English names of countries, regions and sectors by their codes, of which none is in two of the lists."""
    lists = (("countries", "iso2"), ("regions", "code"), ("sectors", "code"))
    return {row[code]: row["name"] for listed, code in lists for row in reference_rows(listed)}


@cache
def names_in(language: str) -> dict[str, str]:
    """What the rows of the lists are called in a language, by their English names. Empty for English itself."""
    return {english: names[language] for listed in NAMED for english, names in listed.pairs() if language in names}
