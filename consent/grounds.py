"""Grounds other than consent, and what each needs on record before it may count. Pure (CON-21).

DPDP Act s.7(a)-(i); GDPR Art 6(1)(b)-(f) and the conditions of Art 9(2)(b)-(j).
"""

from collections.abc import Mapping
from types import MappingProxyType

PROVIDED, REFERENCE, CITATION, ASSESSMENT = "provided_at", "reference", "citation", "assessment_id"
EVIDENCE = (PROVIDED, REFERENCE, CITATION, ASSESSMENT)
"""When the person gave the data of their own accord; the company's own reference of the contract,
application, judgment or incident; the law and the place in it; the balancing test (a finding)."""

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "s7a": (PROVIDED,),
    "s7b": (REFERENCE, CITATION),
    "s7c": (CITATION,),
    "s7d": (CITATION,),
    "s7e": (REFERENCE, CITATION),
    "s7f": (REFERENCE,),
    "s7g": (CITATION,),
    "s7h": (CITATION,),
    "s7i": (REFERENCE,),
    "6-1-b": (REFERENCE,),
    "6-1-c": (CITATION,),
    "6-1-d": (REFERENCE,),
    "6-1-e": (CITATION,),
    "6-1-f": (ASSESSMENT,),
    "9-2-b": (CITATION,),
    "9-2-c": (REFERENCE,),
    "9-2-d": (REFERENCE,),
    "9-2-e": (REFERENCE,),
    "9-2-f": (REFERENCE,),
    "9-2-g": (CITATION,),
    "9-2-h": (CITATION,),
    "9-2-i": (CITATION,),
    "9-2-j": (CITATION,),
})  # fmt: skip

CONDITIONS = frozenset(ground for ground in NEEDS if ground.startswith("9-2-"))
"""They stand beside a basis of Art 6, so no purpose declares them as its ground."""


def pack_of(ground: str) -> str:
    """The law a ground belongs to. Raises KeyError for one that is none of these."""
    NEEDS[ground]
    return "IN" if ground.startswith("s7") else "EU"


def missing(ground: str, evidence: Mapping[str, object]) -> list[str]:
    """What a ground still needs, in a fixed order. Raises KeyError as `pack_of`."""
    return [name for name in NEEDS[ground] if not evidence.get(name)]
