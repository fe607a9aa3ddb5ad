"""What acts of the audit trail are called: each app says it of its own verbs when it is ready."""

from collections.abc import Mapping

from django.utils.functional import Promise

_words: dict[str, str | Promise] = {}


def register_acts(words: Mapping[str, str | Promise]) -> None:
    """`{"budget.approved": _("Budget approved")}`"""
    _words.update(words)


def word_for(verb: str) -> str:
    """The act in words; the verb itself if no app named it."""
    return str(_words.get(verb, verb))
