"""Whom we look for in files, and how often they were met. Pure."""

from collections import Counter
from collections.abc import Mapping

__all__ = ["Met", "Wanted", "folded", "note"]

Wanted = Mapping[str, frozenset[str]]
"""By scheme, the identifiers (folded) that are looked for."""
Met = Counter[tuple[str, str]]
"""In how many rows an identifier stands: by (scheme, identifier)."""


def folded(value: object) -> str:
    """Identifiers are compared without regard to the case of letters and the space around them."""
    return "" if value is None else str(value).strip().casefold()


def note(met: Met, wanted: Wanted, values: Mapping[str, object]) -> bool:
    """Whether a row is about somebody who is wanted; counted in `met` for each identifier."""
    is_met = False
    for scheme, value in values.items():
        text = folded(value)
        if text in wanted.get(scheme, ()):
            met[scheme, text] += 1
            is_met = True
    return is_met
