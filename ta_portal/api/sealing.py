"""What is handed out to be brought back: opaque, short, the same for the same content, and ours or refused.

A cursor or a watermark holds primary keys, which are nobody's business and nobody's to choose. AES in its synthetic-IV
mode (RFC 5297) hides and vouches for the content without a random part, so nothing has to be kept, and a page that is
the same has the same links.
"""

import base64
import hashlib
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

# The mode takes no empty content.
_FIRST = b"\0"


def seal(content: bytes, *, purpose: str) -> str:
    """`content` as a text for addresses, which only `unseal` reads, for the same purpose."""
    sealed = _cipher(settings.SECRET_KEY).encrypt(_FIRST + content, [purpose.encode()])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(text: str, *, purpose: str) -> bytes:
    """What was sealed. Raises ValueError for a text that was not made here for this purpose, or not as it stands."""
    sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(sealed, [purpose.encode()])[len(_FIRST) :]
        except InvalidTag:
            continue
    raise ValueError(purpose)


@cache
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.blake2b(secret.encode(), digest_size=32, person=b"ta-portal seal").digest())
