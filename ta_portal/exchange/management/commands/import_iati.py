"""manage.py import_iati FILE [--commit]: engagements from an IATI activity file, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand
from ta_portal.errors import InvalidInput
from ta_portal.exchange.iati.loader import Imported, Loaded, import_activities


class Command(PortalCommand):
    help = (
        "Load an IATI activity file (2.01 to 2.03). Without --commit it says what would be loaded, and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an IATI activity file")
        parser.add_argument("--commit", action="store_true", help="load it; without this it is a dry run")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        imported = _imported(options["file"], commit=options["commit"])
        for loaded in imported.activities:
            for note in loaded.notes:
                self.tell(f"{loaded.identifier}: {note}")
        if imported.not_mapped:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(imported.not_mapped.items()))
            self.tell(_("Not mapped, by kind and count: {kinds}").format(kinds=kinds))
        if options["json"]:
            self.answer(_as_json(imported))
        else:
            self._print(imported, commit=options["commit"])
        if imported.faults:
            raise InvalidInput(imported.faults)

    def _print(self, imported: Imported, *, commit: bool) -> None:
        for loaded in imported.activities:
            self.stdout.write(_verdict(imported, loaded))
            if loaded.is_new:
                self._print_parts(loaded)
        new = sum(loaded.is_new for loaded in imported.activities)
        if imported.faults:
            self.stdout.write(_("Nothing was loaded: {count} faults.").format(count=len(imported.faults)))
        elif not new:
            self.stdout.write(_("All of it is here already: nothing changed."))
        elif not commit:
            self.stdout.write(_("A dry run: nothing was changed. Load it with --commit."))

    def _print_parts(self, loaded: Loaded) -> None:
        for kind, count in loaded.counts.items():
            if count:
                self.stdout.write(f"{count:>6}  {kind}")
        for (kind, currency), money in loaded.money.items():
            self.stdout.write(f"{money.count:>6}  {kind.replace('_', ' ')}: {currency} {money.total:f}")


def _verdict(imported: Imported, loaded: Loaded) -> str:
    if not loaded.is_new:
        return _("{identifier}: here already as {ref}, nothing changed.").format(
            identifier=loaded.identifier, ref=loaded.ref
        )
    sentence = _("{identifier}: loaded as {ref}.") if imported.committed else _("{identifier}: would be {ref}.")
    return sentence.format(identifier=loaded.identifier, ref=loaded.ref)


def _imported(file: Path, *, commit: bool) -> Imported:
    try:
        return import_activities(file, commit=commit)
    except OSError as fault:
        raise InvalidInput.at(
            str(file), _("The file cannot be read: {reason}.").format(reason=fault.strerror)
        ) from fault


def _as_json(imported: Imported) -> dict[str, Any]:
    return {
        "committed": imported.committed,
        "activities": [
            {
                "identifier": loaded.identifier,
                "engagement": loaded.ref,
                "new": loaded.is_new,
                "counts": loaded.counts,
                "money": [
                    {"kind": kind, "currency": currency, "count": money.count, "sum": f"{money.total:f}"}
                    for (kind, currency), money in loaded.money.items()
                ],
                "notes": loaded.notes,
                "not_mapped": loaded.not_mapped,
            }
            for loaded in imported.activities
        ],
        "not_mapped": imported.not_mapped,
        "faults": [{"place": fault.place, "code": fault.code, "message": fault.message} for fault in imported.faults],
    }
