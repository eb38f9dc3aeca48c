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
    Instrument("AI Act", "Artificial Intelligence Act, Regulation (EU) 2024/1689"),
    Instrument(
        "ePrivacy Directive", "Directive 2002/58/EC on privacy and electronic communications"
    ),
    Instrument("DSA", "Digital Services Act, Regulation (EU) 2022/2065"),
    Instrument(
        "TCCCPR 2018", "Telecom Commercial Communications Customer Preference Regulations (India)"
    ),
    Instrument("CCPA", "California Consumer Privacy Act, Cal. Civ. Code 1798.100 and following"),
    Instrument("CCPA Regulations", "California Code of Regulations, title 11, division 6"),
    Instrument("AuthZEN 1.0", "OpenID AuthZEN Authorization API 1.0 and its obligations profile"),
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


def ai_act(*articles: str) -> tuple[str, ...]:
    """Cite articles of the EU's AI Act."""
    return tuple(f"AI Act Art {article}" for article in articles)


def ccpa(*sections: str) -> tuple[str, ...]:
    """Cite sections of California's Consumer Privacy Act."""
    return tuple(f"CCPA s.{section}" for section in sections)


def resolve(ref: str) -> Instrument | None:
    """Return the instrument a citation names, or None when the citation is not one of ours."""
    for instrument in INSTRUMENTS:
        place = ref.removeprefix(f"{instrument.name} ")
        if place and place != ref:
            return instrument
    return None
