"""The catalogues brought up to date with the sources: what is missing, an empty entry for it, and the .mo files."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ta_portal.i18n.catalogue import Translation, bring_up_to_date, catalogues, fill, missing, save, unused
from ta_portal.i18n.extraction import messages_of_project


class Command(BaseCommand):
    help = (
        "List what each language (ta_portal/locale/*/LC_MESSAGES/django.po) still lacks, add an empty entry for it, "
        "leave out what nothing asks for, and compile. Ends with an error while anything is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only list; change no file")
        parser.add_argument(
            "--from",
            dest="source",
            type=Path,
            metavar="FILE",
            help='translations to put in, as JSON: {"Costs": {"fr": "Coûts"}, "deployment|Completed": {"fr": "…"}, '
            '"%%(n)s day": {"fr": ["%%(n)s jour", "%%(n)s jours"]}}',
        )

    def handle(self, *args: Any, check: bool, source: Path | None, **options: Any) -> None:
        asked = messages_of_project(settings.BASE_DIR)
        given: dict[str, dict[str, Translation]] = json.loads(source.read_text(encoding="utf-8")) if source else {}
        lacking = 0
        for language, catalogue in catalogues():
            for message in unused(catalogue, asked):
                self.stdout.write(f"{language}: nothing asks for: {message.text}")
            if not check:
                bring_up_to_date(catalogue, asked)
                fill(catalogue, {text: words[language] for text, words in given.items() if language in words})
                save(catalogue)
            for message in (found := missing(catalogue, asked)):
                self.stdout.write(f"{language}: missing: {'|'.join(filter(None, [message.context, message.text]))}")
            lacking += len(found)
        if lacking:
            raise CommandError(f"{lacking} translations are missing: fill them in and run this again.")
        self.stdout.write("Every language is complete.")
