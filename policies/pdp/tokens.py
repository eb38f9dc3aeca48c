"""Page tokens of a search: sealed, saying nothing, and of use only for the search they continue.

A token holds when it ends and the person its page ended with, under authenticated encryption with
a key of the controller. What was asked, and by which service, is authenticated beside it: another
question, another caller, a changed or an old token are all refused the same way.
"""

import base64
import binascii
from struct import Struct

from keys import services as keys
from keys.errors import KeyUnavailableError, UnsealError

SECONDS = 600
"""How long a caller may take from one page to the next."""
_KEY = Struct("!I")
_CONTENT = Struct("!Q16s")
_USE = "page-token"


class TokenError(Exception):
    """The token is not one of ours for this search, or it has ended."""


def seal(position: bytes, *, controller: bytes, binding: bytes, now: float) -> str:
    """The token of the page after `position` (16 bytes), good for `SECONDS` from `now` (Unix).

    `binding` is a digest of everything the token must not be used without. Raises
    KeyUnavailableError.
    """
    key = keys.derived_key(use=_USE, owner=controller)
    content = _CONTENT.pack(int(now) + SECONDS, position)
    sealed = keys.seal(key.value, content, context=binding)
    return _text(_KEY.pack(key.version) + sealed)


def open_sealed(token: str, *, controller: bytes, binding: bytes, now: float) -> bytes:
    """The position a token holds. Raises TokenError."""
    raw = _raw(token)
    (version,) = _KEY.unpack_from(raw)
    try:
        key = keys.derived_key(use=_USE, owner=controller, version=version)
        content = keys.open_sealed(key.value, raw[_KEY.size :], context=binding)
    except (KeyUnavailableError, UnsealError):
        raise TokenError from None
    ends, position = _CONTENT.unpack(content)
    if now >= ends:
        raise TokenError
    return bytes(position)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(token: str) -> bytes:
    """The bytes of a token in its one spelling."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise TokenError from None
    if len(raw) < _KEY.size or _text(raw) != token:
        raise TokenError
    return raw
