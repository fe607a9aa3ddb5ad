"""Seals on addresses: the portal vouches for a question that a reader may follow and may not make up."""

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

_SEALS = Signer(salt="ta_portal.ui.seals")


def seal(*question: object) -> str:
    """What stands in an address beside the question that it is for."""
    return _SEALS.signature(" ".join(map(str, question)))


def is_sealed(given: str, *question: object) -> bool:
    """Was this very question sealed by the portal?"""
    return constant_time_compare(given, seal(*question))
