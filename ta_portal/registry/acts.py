"""What acts of the audit trail are called: each app says it of its own verbs when it is ready."""

from collections.abc import Collection, Mapping

from django.utils.functional import Promise

_words: dict[str, str | Promise] = {}
_news: set[str] = set()


def register_acts(words: Mapping[str, str | Promise], *, news: Collection[str] = ()) -> None:
    """`{"budget.approved": _("Budget approved")}`. Of `news` whoever sees the engagement may know that it happened."""
    _words.update(words)
    _news.update(news)


def word_for(verb: str) -> str:
    """The act in words; the verb itself if no app named it."""
    return str(_words.get(verb, verb))


def news_verbs() -> list[str]:
    return sorted(_news)
