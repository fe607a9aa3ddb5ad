"""No template says anything that is not marked for translation."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import PROJECT

TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
# Attributes that are read out or shown.
SAID = {"alt", "aria-label", "aria-description", "placeholder", "title"}
# What stands in these is code, the same in every language; the styleguide shows components on invented data.
CODE = {"code", "pre", "script", "style"}
WITH_SAMPLES = {"ui/styleguide.html", "ui/_styleguide_states.html"}
# Comments, what is marked, and blocks that fill an attribute of the page's frame.
NOT_SHOWN = re.compile(
    r"{% comment.*?{% endcomment %}|{#.*?#}|{% blocktranslate.*?{% endblocktranslate %}"
    r"|{% block (?:main_class|html_attributes) %}.*?{% endblock %}",
    re.DOTALL,
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


class Words(HTMLParser):
    """Gathers the words that a reader of the page would meet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag, attrs):
        self._code += tag in CODE
        self.found += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag):
        self._code -= tag in CODE

    def handle_data(self, data):
        if not self._code:
            self.found.append(data)


def bare_words(source: str) -> list[str]:
    words = Words()
    words.feed(TAGS.sub(" ", NOT_SHOWN.sub(" ", source)))
    return [word for text in words.found for word in re.findall(r"[^\W\d_]{2,}", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT / "templates")))
def test_every_word_of_a_template_is_marked(path: Path):
    if str(path.relative_to(PROJECT / "templates")) not in WITH_SAMPLES:
        assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Costs</p>", ["Costs"]),
        ("<p>{% translate 'Costs' %} <b>{{ total }}</b></p>", []),
        ("{# a note #}{% comment %}another{% endcomment %}<p>{% blocktranslate %}Said{% endblocktranslate %}</p>", []),
        ('<a title="Open it" href="/costs/" class="card">→</a>', ["Open", "it"]),
        ('<a title="{% translate "Open it" %}">{{ name }}</a>', []),
        ("<code>GET /costs/</code>", []),
        ("{% if a %}<p>shown{% else %}<p>or so{% endif %}</p>", ["shown", "or", "so"]),
    ],
)
def test_bare_words_are_found_wherever_they_are_read(source, words):
    assert bare_words(source) == words
