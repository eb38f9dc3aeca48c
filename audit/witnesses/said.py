"""What a witness answers when all is well."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Said:
    """That a witness has seen `size` entries of a log; what it signed, if it signs.

    `had` is what it held before, where it says so: less than it once acknowledged means that it
    lost what it had seen.
    """

    size: int
    line: str = ""
    token: bytes = b""
    at: datetime | None = None
    had: int | None = None
