"""What a row is called in a heading: words first, then its day or the end of an id."""

from datetime import date
from uuid import UUID

from django.utils.translation import get_language_bidi

__all__ = ["dated", "tailed"]


def dated(words: object, day: date | None) -> str:
    """The words with the day of a moment; without it where it is not known yet."""
    return _followed(words, f"{day:%Y-%m-%d}" if day else "")


def tailed(words: object, row_id: UUID) -> str:
    """The words with the end of an id, where no day tells one row from another."""
    return _followed(words, f"…{str(row_id)[-12:]}")


def _followed(words: object, rest: str) -> str:
    """The rest reads from the left in every language."""
    if rest and get_language_bidi():
        rest = f"\N{LEFT-TO-RIGHT ISOLATE}{rest}\N{POP DIRECTIONAL ISOLATE}"
    return f"{words} {rest}".strip()
