"""What can go wrong with keys. Messages never hold key material or plaintext."""


class KeysError(Exception):
    """Parent of this package's errors; `code` is stable."""

    code = "keys_error"


class KeyUnavailableError(KeysError):
    """A key cannot be had: no file, a file others can read, a garbled file, an unknown version."""

    code = "key_unavailable"


class KeyMismatchError(KeysError):
    """The key file does not belong to this database."""

    code = "key_mismatch"


class UnsealError(KeysError):
    """Sealed bytes were changed, cut, opened with another key, or in another context."""

    code = "unseal_failed"
