"""Which law may exempt data of whom. Pure (ERA-05)."""

from collections.abc import Collection

from erasure.planning.facts import EU, IN

PACKS = frozenset({IN, EU})


def may_cite(packs: Collection[str], pack: str) -> bool:
    """Whether a law of this pack applies to a person of those; where none is known, each may.

    Indian law exempts nothing of somebody under the GDPR alone, nor the GDPR of somebody in India.
    """
    return pack in PACKS and (pack in packs or not packs)
