"""How the rules cite: one spelling per instrument, and the list of instruments that exist here.

A citation is the instrument's short name, a space, and the place inside it.
"""

from typing import NamedTuple


class Instrument(NamedTuple):
    """A law, regulation or standard that a rule may cite."""

    name: str
    title: str


INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument(
        "DPDP Act 2023", "Digital Personal Data Protection Act, 2023 (India, No. 22 of 2023)"
    ),
    Instrument(
        "DPDP Rules 2025", "Digital Personal Data Protection Rules, 2025 (India, G.S.R. 846(E))"
    ),
    Instrument("GDPR", "General Data Protection Regulation, Regulation (EU) 2016/679"),
    Instrument("ISO/IEC TS 27560:2023", "Consent record information structure"),
    Instrument("DPV 2.3", "W3C Data Privacy Vocabulary, version 2.3"),
    Instrument(
        "MeitY BRD 2025", "Business Requirement Document for Consent Management (India, 2025)"
    ),
)


def act(*sections: str) -> tuple[str, ...]:
    """Cite sections of India's DPDP Act."""
    return tuple(f"DPDP Act 2023 s.{section}" for section in sections)


def rules(*numbers: str) -> tuple[str, ...]:
    """Cite India's DPDP Rules."""
    return tuple(f"DPDP Rules 2025 r.{number}" for number in numbers)


def gdpr(*articles: str) -> tuple[str, ...]:
    """Cite articles of the GDPR."""
    return tuple(f"GDPR Art {article}" for article in articles)


def resolve(ref: str) -> Instrument | None:
    """Return the instrument a citation names, or None when the citation is not one of ours."""
    for instrument in INSTRUMENTS:
        place = ref.removeprefix(f"{instrument.name} ")
        if place and place != ref:
            return instrument
    return None
