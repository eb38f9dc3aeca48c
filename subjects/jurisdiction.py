"""Which laws apply to a person, from facts. Pure (POL-12).

DPDP s.3: data processed in India, or of persons in India who are offered goods or services. GDPR
Art 3: an establishment in the Union, or persons in the Union who are offered goods or services. An
unknown residence gives no law at all, so that the decision is a denial (unknown is protective).
"""

import re
from functools import lru_cache

EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


@lru_cache(maxsize=4096)
def packs(residence: str, establishment: str) -> tuple[str, ...]:
    """The statutory packs for a person of `residence`, at a controller of `establishment`."""
    if not residence:
        return ()
    places = {residence, establishment}
    found = (("IN", "IN" in places), ("EU", bool(places & EEA)))
    return tuple(pack for pack, applies in found if applies)


_PART = re.compile(r"[A-Z0-9]{1,3}")


@lru_cache(maxsize=4096)
def region(residence: str, part: str) -> str:
    """Where a person lives: a country, or a part of it where that is on record as a code.

    ISO 3166; empty where the country is unknown. `part` may be written with the country or not.
    """
    code = part.removeprefix(f"{residence}-")
    return f"{residence}-{code}" if residence and _PART.fullmatch(code) else residence
