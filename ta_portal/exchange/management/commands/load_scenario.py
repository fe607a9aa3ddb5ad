"""manage.py load_scenario FILE: an engagement with all its parts from one file, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand
from ta_portal.errors import InvalidInput
from ta_portal.exchange.scenario.loader import Loaded, load_scenario


class Command(PortalCommand):
    help = "Load a scenario file. A second run changes nothing; another content under the same reference is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a scenario in JSON")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_scenario(_content(options["file"]))
        for warning in loaded.warnings:
            self.tell(_("Warning: {warning}").format(warning=warning))
        if loaded.not_mapped:
            self.tell(_("Kept as source facts, without a column: {places}").format(places=", ".join(loaded.not_mapped)))
        if options["json"]:
            self.answer(_as_json(loaded))
        else:
            self._print(loaded)

    def _print(self, loaded: Loaded) -> None:
        verdict = _("{ref}: loaded.") if loaded.is_new else _("{ref}: here already, nothing changed.")
        self.stdout.write(verdict.format(ref=loaded.ref))
        for kind, count in loaded.counts.items():
            self.stdout.write(f"{count:>6}  {kind.replace('_', ' ')}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise InvalidInput.at(
            str(file), _("The file cannot be read: {reason}.").format(reason=fault.strerror)
        ) from fault


def _as_json(loaded: Loaded) -> dict[str, Any]:
    return {
        "engagement": loaded.ref,
        "loaded": loaded.is_new,
        "counts": loaded.counts,
        "warnings": loaded.warnings,
        "not_mapped": loaded.not_mapped,
    }
