"""Typed readers for environment variables. A value that cannot be used stops the start with a sentence."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that `NAME_FILE` names (how containers hand over secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {problem}") from problem
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in _YES:
        return True
    if value.lower() in _NO:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write yes or no.")


def choice(name: str, options: Sequence[str], *, default: str) -> str:
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}: choose one of {', '.join(options)}.")
    return value


def whole(name: str, *, default: int, least: int = 0) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number, {least} or more.")
    return int(value)


def words(name: str) -> list[str]:
    """A list separated by commas, empty where the variable is not set."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def database(name: str) -> dict[str, str] | None:
    """The entry for `DATABASES` behind an address like postgresql://user:word@host:5432/name; None if unset."""
    address = text(name)
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://user:password@host:5432/name (PostgreSQL is the only database)."
        )
    options = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder does not fit before the colon: it comes as ?host=/folder, as libpq has it.
        "HOST": options.get("host", [parts.hostname or ""])[0],
        "PORT": options.get("port", [str(parts.port or "")])[0],
    }


def web_address(name: str, *, default: str) -> str:
    """Where something stands on the web, ending with a slash so that paths can be put behind it."""
    value = text(name) or default
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}: write an address like https://portal.example.org/.")
    return value.rstrip("/") + "/"


class MailServer(NamedTuple):
    """Who takes our e-mail, and how: the settings of Django's SMTP backend."""

    host: str
    port: int
    user: str
    password: str
    use_ssl: bool
    use_tls: bool


NO_MAIL_SERVER = MailServer("", 0, "", "", use_ssl=False, use_tls=False)
# smtps speaks TLS from the first byte, smtp turns to it before it says who we are; smtp+plain never does.
_MAIL_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}


def mail_server(name: str) -> MailServer | None:
    """The mail server behind an address like smtps://user:word@host:465; None if unset."""
    address = text(name)
    if not address:
        return None
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} has a port that is none: {problem}") from problem
    if parts.scheme not in _MAIL_PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must look like smtps://user:password@host:465, smtp://user:password@host:587 (STARTTLS) or "
            "smtp+plain://host:25 (without TLS)."
        )
    return MailServer(
        host=parts.hostname,
        port=port or _MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parts.scheme == "smtp",
    )
