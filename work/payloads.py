"""What a payload may hold: ids, numbers and short codes. Personal data cannot slip in. Pure."""

import re
from typing import Any, Final

from work.errors import PayloadError

CODE: Final = re.compile(r"[A-Za-z0-9_.:/+\-]{0,200}")
MAX_ITEMS: Final = 1000


def check_payload(payload: dict[str, Any]) -> None:
    """Raises PayloadError naming the key, never the value (it may be what must not be shown)."""
    for key, value in payload.items():
        if not isinstance(key, str) or not CODE.fullmatch(key):
            raise PayloadError("A payload's keys must be short codes.")
        items = value if isinstance(value, list) else [value]
        if len(items) > MAX_ITEMS or not all(_is_plain(item) for item in items):
            raise PayloadError(
                f"The payload's {key!r} must be an id, a number, a short code or a list of those: "
                "store anything else in a table and pass its id."
            )


def _is_plain(item: object) -> bool:
    if isinstance(item, str):
        return CODE.fullmatch(item) is not None
    return item is None or isinstance(item, bool | int)
