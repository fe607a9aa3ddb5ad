"""`write_openapi FILE`: the OpenAPI file as it is committed: read in differences, and no larger than it must be."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from ta_portal.api.commands import PortalCommand


class Command(PortalCommand):
    help = "Write the OpenAPI file of this version of the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        options["file"].write_text(json.dumps(schema, default=str, indent=1, ensure_ascii=False) + "\n", "utf-8")
