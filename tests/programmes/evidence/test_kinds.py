"""What a file is, told by what is in it; and what is refused, each for its own reason."""

import tracemalloc

import pytest

from programmes.domain.evidence import ENDINGS, MediaType, NotEvidence, Refusal, kind_of, name_of
from programmes.words.evidence import REFUSALS
from tests.programmes.evidence.files import GOOD, HOSTILE, WORD, office

# The size, by the service; and what a scanner says (test_scanning.py).
TOLD_ELSEWHERE = {Refusal.TOO_LARGE, Refusal.INFECTED}
MOST_MEMORY = 32 * 1024 * 1024


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_is_told_by_its_content(name):
    content, media_type = GOOD[name]

    assert kind_of(content, name_of(name)) == media_type


def test_there_is_an_example_of_every_kind_and_an_ending_for_it():
    assert {media_type for _content, media_type in GOOD.values()} == set(MediaType) == set(ENDINGS)


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_for_what_it_is(what):
    name, content, why = HOSTILE[what]

    with pytest.raises(NotEvidence) as refusal:
        kind_of(content, name_of(name))
    assert refusal.value.why == why


def test_every_reason_has_a_sentence_and_an_example():
    assert set(REFUSALS) == set(Refusal)
    assert {why for _name, _content, why in HOSTILE.values()} == set(Refusal) - TOLD_ELSEWHERE


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" minutes  of May.pdf ", "minutes of May.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("\u2067محضر\u2069.pdf", "محضر.pdf"),
        ("{0}.pdf", "{0}.pdf"),
    ],
)
def test_a_name_is_kept_as_one_line_without_marks_that_hide_it(given, kept):
    assert name_of(given) == kept


def test_a_document_may_hold_ever_so_many_pictures():
    pictures = [(f"word/media/{number}.png", b"x") for number in range(900)]

    assert kind_of(office(WORD, *pictures), "law.docx") == MediaType.DOCX


@pytest.mark.parametrize("what", [what for what in HOSTILE if "bomb" in what or "more parts" in what])
def test_a_bomb_is_refused_without_the_memory_that_it_is_after(what):
    name, content, _why = HOSTILE[what]
    tracemalloc.start()
    with pytest.raises(NotEvidence):
        kind_of(content, name)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MOST_MEMORY
