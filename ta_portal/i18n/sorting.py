"""Names in the order in which a reader looks for them."""

import unicodedata


def alphabetical(name: str) -> str:
    """A key to sort names by that takes é for e and upper for lower case: Égypte stands before Espagne."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
