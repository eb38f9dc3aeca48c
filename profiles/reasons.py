"""What staff may write as a reason: words that are kept for good, and so name nobody (P10). Pure.

A text cannot be proven free of personal data. What looks like an address or a long number is
refused, and pages ask for no names.
"""

import re
from typing import Final

SHORTEST: Final = 10
LONGEST: Final = 300
CASE: Final = re.compile(r"(?!.*\d{9})[A-Za-z0-9][A-Za-z0-9/_-]{0,79}")
_TELLING: Final = re.compile(r"@|\d(?:[\s().-]?\d){6,}")


def names_somebody(text: str) -> bool:
    """Whether the text holds what looks like an e-mail address or a number of seven digits."""
    return _TELLING.search(text) is not None


def is_reason(text: str) -> bool:
    """Whether a (stripped) text may be kept as a reason."""
    return SHORTEST <= len(text) <= LONGEST and not names_somebody(text)


def is_case(text: str) -> bool:
    """Whether a text may be kept as the name of a case."""
    return CASE.fullmatch(text) is not None
