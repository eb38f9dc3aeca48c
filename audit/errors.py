"""What can go wrong when recording."""


class NotAtomicError(RuntimeError):
    """An entry must be written in the transaction of the fact it records; there is none."""


class ReadNotRecordedError(RuntimeError):
    """Somebody's reading could not be recorded: nothing may be shown."""
