"""What can go wrong when recording."""


class NotAtomicError(RuntimeError):
    """An entry must be written in the transaction of the fact it records; there is none."""
