#!/usr/bin/env python
"""The portal's command line: `manage.py demo`, `load_scenario`, `cost_summary` and Django's own."""

import os
import sys

from django.core.management import execute_from_command_line

from ta_portal.embedded.command_line import database_for_command, in_plain_words


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ta_portal.settings")
    with in_plain_words(), database_for_command(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
