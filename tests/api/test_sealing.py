"""What goes out sealed comes back as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ta_portal.api.sealing import seal, unseal


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_is_sealed_comes_back(content, purpose):
    text = seal(content, purpose=purpose)

    assert unseal(text, purpose=purpose) == content
    assert text == seal(content, purpose=purpose)
    assert text.isascii()


def test_the_content_is_hidden():
    content = b"a place in a list that is nobody's business"

    assert content[:6] not in seal(content, purpose="here").encode()
    assert seal(content, purpose="here") != seal(content, purpose="there")


@pytest.mark.parametrize("text", ["", "A", "€", "AAAAAAAAAAAAAAAAAAAAAAAA", "no base 64 at all!", "\0"])
def test_what_was_not_sealed_here_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whichever
        unseal(text, purpose="here")


def test_a_purpose_is_no_part_of_the_content():
    with pytest.raises(ValueError, match="here1"):
        unseal(seal(b"1", purpose="here"), purpose="here1")


def test_a_key_that_was_replaced_still_opens_until_it_is_dropped(settings):
    settings.SECRET_KEY = "the first key"
    text = seal(b"content", purpose="here")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    assert unseal(text, purpose="here") == b"content"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="here"):
        unseal(text, purpose="here")
