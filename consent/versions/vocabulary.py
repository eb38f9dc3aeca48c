"""The terms that purposes, data and grounds may be named by: DPV 2.3, and ours for India. Pure.

The Data Privacy Vocabulary has no legal bases for the DPDP Act, so `in-dpdp` is a namespace of our
own. The lists hold terms and their kinds only; `taxonomy/README.md` says where they come from.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

PLACE: Final = Path(__file__).parent / "taxonomy"
NAMESPACES: Final = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "legal-in": "https://w3id.org/dpv/legal/in#",
    "in-dpdp": "urn:sammati:in-dpdp:",
}
"""What each prefix stands for, as a JSON-LD context says it."""
PURPOSE: Final = "purpose"
PROCESSING: Final = "processing"
BASIS: Final = "basis"
DATA: Final = frozenset(("data", "special"))
_INDIAN: Final = {"consent": "in-dpdp:S6-consent"} | {
    f"s7{letter}": f"in-dpdp:S7-{letter}" for letter in "abcdefghi"
}


@cache
def terms() -> dict[str, str]:
    """The kind of every term, by the term with its prefix, such as `dpv:Marketing`."""
    found: dict[str, str] = {}
    for name in ("dpv.csv", "in-dpdp.csv"):
        with (PLACE / name).open(encoding="utf-8", newline="") as file:
            found.update((row["term"], row["kind"]) for row in csv.DictReader(file))
    return found


def iri(term: str) -> str:
    """The whole IRI of a term. Raises KeyError where no list has it."""
    prefix, _, name = term.partition(":")
    if term not in terms():
        raise KeyError(term)
    return NAMESPACES[prefix] + name


def is_purpose(term: str) -> bool:
    """Whether this is a purpose of the vocabulary."""
    return terms().get(term) == PURPOSE


def is_special(term: str) -> bool:
    """Whether the vocabulary counts these data among the special categories of GDPR Art 9."""
    return terms().get(term) == "special"


def basis(pack: str, ground: str) -> str | None:
    """The term of a ground as purposes name it, such as `s7a` or `6-1-f`; None: there is none."""
    term = _INDIAN.get(ground, "") if pack == "IN" else f"eu-gdpr:A{ground}"
    return term if terms().get(term) == BASIS else None


def unknown_data(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the data categories that claim a vocabulary's prefix and are not in it.

    A code without such a prefix is a company's own word and stands for itself.
    """
    return tuple(
        code
        for code in codes
        if code.partition(":")[0] in NAMESPACES and ":" in code and terms().get(code) not in DATA
    )


def unknown_operations(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the operations that are not processing in the vocabulary; its prefix may miss."""
    return tuple(
        name for name in names if terms().get(name if ":" in name else f"dpv:{name}") != PROCESSING
    )
