"""References that say nothing about a person: no identity document and no number of one. Pure.

What a verification leaves behind is its result and a reference of whoever gave it (r.10, r.11).
"""

import re
from uuid import UUID

MAX_LENGTH = 80
FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/()+-]{0,79}")
_NUMBERS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{4})?"  # Aadhaar, and its virtual id
    r"|[A-Z]{5}\d{4}[A-Z]"  # permanent account number
    r"|[A-Z]\d{7}|[A-Z]{2}\d{7}"  # passports
    r"|[A-Z]{3}\d{7}"  # voter's card
    r"|[A-Z]{2}[ -]?\d{2}[ -]?\d{11}"  # driving licence
    r")(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def is_reference(text: str) -> bool:
    """Whether the text may be kept: short, of plain characters, and no number of a document."""
    return FORM.fullmatch(text) is not None and not names_document(text)


def names_document(text: str) -> bool:
    """Whether a text looks as if it held the number of an identity document."""
    return _NUMBERS.search(text) is not None and not _is_uuid(text)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
