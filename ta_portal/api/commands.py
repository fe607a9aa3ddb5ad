"""What the portal's commands share: one JSON object on stdout, everything else on stderr, a refusal in one line."""

import datetime as dt
import sys
from argparse import ArgumentTypeError
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ta_portal.api.rendering import dumps
from ta_portal.errors import DomainError


class Refused(CommandError):
    """What Django prints at the end of a command: its name, a colon, and the sentence. The exit code is 1."""


class PortalCommand(BaseCommand):
    """Exit 0 when done, 1 when a rule refuses (one sentence on stderr), 2 when the call is wrong."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DomainError as refusal:
            raise Refused(refusal.message) from refusal
        except ProgrammingError as problem:
            raise Refused(f"{_first_line(problem)} Are all migrations applied? (manage.py migrate)") from problem
        except OperationalError as problem:
            raise Refused(f"The database cannot be reached: {_first_line(problem)}") from problem

    def answer(self, answer: Any) -> None:
        """Print the one object of `--json`: the same bytes as REST gives."""
        self.stdout.write(dumps(answer).decode("utf-8"))

    def tell(self, line: str) -> None:
        """For the person at the terminal, never for a program."""
        self.stderr.write(line, style_func=lambda text: text)

    def usage(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0].rstrip(".") + "."


def add_as_of(parser: CommandParser) -> None:
    parser.add_argument("--as-of", type=a_day, default=None, metavar="DATE", help="the valid date, today by default")


def a_day(text: str) -> dt.date:
    """A date as YYYY-MM-DD; argparse turns the error into its usage message."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValueError(f"{text!r} is not a date such as 2025-12-31")
    return day


def a_past_instant(text: str) -> dt.datetime:
    """A moment that has passed, with its time zone, such as 2025-12-31T18:00:00Z."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} is no instant with a time zone, such as 2025-12-31T18:00:00Z")
    if moment > timezone.now():
        raise ArgumentTypeError(f"{text!r} lies in the future: nobody knows yet what will be known then")
    return moment


def today() -> dt.date:
    return timezone.localdate()
