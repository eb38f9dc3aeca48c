"""Which rules are asked in which order, laid out once for each kind of question.

That depends only on the laws that apply, on where consent is the ground, on what the question is
about, on the reserved purpose if it is one, on a flag that takes it out of India's Act, and on the
date a simulation is for.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from policies.pdp.model import EU, IN, Facts, Reason
from policies.rules import RULES
from policies.rules.commencement import rule_applies_from
from policies.rules.provenance import KEPT, OUTSOURCED, PUBLISHED, exemption
from policies.rules.registry import CONSENT_GROUND, KNOWN_PACKS, SEAM_PACKS, Condition, Rule
from policies.rules.reserved import PREFIX, RESERVED, is_reading
from policies.rules.topics import FLAGGED, topics

ORDER = (*KNOWN_PACKS, *SEAM_PACKS)
_IN_ORDER: dict[tuple[str, ...], tuple[str, ...]] = {
    (): (), (IN,): (IN,), (EU,): (EU,), (IN, EU): (IN, EU), (EU, IN): (IN, EU),
}  # fmt: skip
_PROOF = "R67"
ON_IN, ON_EU = CONSENT_GROUND[IN], CONSENT_GROUND[EU]


class Step(NamedTuple):
    """A rule to ask for one law (empty: whatever law), with what it says when it fires."""

    fires: Condition
    pack: str
    finding: Reason


class Kind(NamedTuple):
    """What decides which rules can speak. `about`: topics; `reserved`: the code, if it is one.

    `exempt` says what took the question out of India's Act, which then is not among the packs.
    """

    packs: tuple[str, ...]
    on_consent_in: bool
    on_consent_eu: bool
    about: int
    reserved: str = ""
    is_reading: bool = False
    as_of: date | None = None
    is_legacy: bool = False
    exempt: str = ""


_PLAIN: dict[tuple[tuple[str, ...], bool, bool, int], Kind] = {}
"""The kinds met so far that are neither reserved nor simulated: there are few, by construction."""


def in_order(packs: tuple[str, ...]) -> tuple[str, ...]:
    """The laws that have rules here, in the order in which they speak."""
    ordered = _IN_ORDER.get(packs)
    if ordered is None:
        return tuple(pack for pack in ORDER if pack in packs)
    return ordered


def kind(facts: Facts, as_of: date | None = None) -> Kind:
    """What kind of question the facts are."""
    subject, purpose, question = facts.subject, facts.purpose, facts.question
    packs = () if subject is None else in_order(subject.packs)
    grounds = {} if purpose is None else purpose.grounds
    about = topics(facts)
    exempt = exemption(facts) if about & FLAGGED else ""
    if exempt:
        packs = tuple(pack for pack in packs if pack != IN)
    plain = (packs, grounds.get(IN) == ON_IN, grounds.get(EU) == ON_EU, about)
    if as_of is None and not exempt and not question.purpose.startswith(PREFIX):
        return _PLAIN.get(plain) or _PLAIN.setdefault(plain, Kind(*plain))
    code = question.purpose if question.purpose in RESERVED else ""
    reading = is_reading(question.operations)
    return Kind(*plain, code, reading, as_of, facts.consent.is_legacy, exempt)


@lru_cache(maxsize=8192)
def programme(of: Kind) -> tuple[Step, ...]:
    """The rules that such a question is put to, in the order of decision."""
    return tuple(
        Step(rule.fires, pack, finding(rule, pack, of.packs))
        for rule, pack in spoken(of)
        if not silence(rule, pack, of)
    )


def spoken(of: Kind) -> list[tuple[Rule, str]]:
    """Every rule, once for each law that applies, or would but for a flag, and that it is of."""
    laws = (*of.packs, IN) if of.exempt else of.packs
    return [
        (rule, pack)
        for rule in RULES
        for pack in (rule.packs or ("",))
        if not rule.packs or pack in laws
    ]


def silence(rule: Rule, pack: str, of: Kind) -> str:
    """Why a rule is not asked: a code; empty when it is."""
    return next((code for code, is_so in _SILENCES.items() if is_so(rule, pack, of)), "")


def is_reserved(pack: str, of: Kind) -> bool:
    """Whether the purpose passes as reserved under a law: its ground there is not consent."""
    if not of.reserved:
        return False
    asked = (pack,) if pack else of.packs
    return not any(_is_on_consent(each, of) for each in asked)


def finding(rule: Rule, pack: str, packs: tuple[str, ...]) -> Reason:
    """What a rule says: the citations are those of the laws that apply, or of all."""
    cited = (pack,) if pack else [each for each in packs if each in rule.refs] or KNOWN_PACKS
    refs = tuple(ref for each in cited for ref in rule.refs[each])
    return Reason(rule=rule.number, code=rule.code, pack=pack, refs=refs)


def _switched_off_by(exempt: str) -> Callable[[Rule, str, Kind], bool]:
    def is_off(rule: Rule, pack: str, of: Kind) -> bool:
        return of.exempt == exempt and pack == IN and rule.number not in KEPT

    return is_off


def _is_of_another_ground(rule: Rule, pack: str, of: Kind) -> bool:
    return rule.only_on_consent and not _is_on_consent(pack, of)


def _is_on_consent(pack: str, of: Kind) -> bool:
    return of.on_consent_in if pack == IN else of.on_consent_eu and pack == EU


def _is_beside(rule: Rule, _pack: str, of: Kind) -> bool:
    return bool(rule.about) and not rule.about & of.about


def _is_passed_by(rule: Rule, pack: str, of: Kind) -> bool:
    if not is_reserved(pack, of):
        return False
    reserved = RESERVED[of.reserved]
    return reserved.passes_by(rule.number, rule.gate, is_reading=of.is_reading)


def _is_strict(rule: Rule, pack: str, of: Kind) -> bool:
    if of.as_of is None:
        return False
    # A consent older than the Act never had a notice to prove; s.5(2) lets it count meanwhile.
    return rule.strict_only or (of.is_legacy and rule.number == _PROOF and pack == IN)


def _is_future(rule: Rule, pack: str, of: Kind) -> bool:
    if of.as_of is None:
        return False
    applies_from = rule_applies_from(rule, pack)
    return applies_from is not None and of.as_of < applies_from


_SILENCES: dict[str, Callable[[Rule, str, Kind], bool]] = {
    OUTSOURCED: _switched_off_by(OUTSOURCED),
    PUBLISHED: _switched_off_by(PUBLISHED),
    "other_ground": _is_of_another_ground,
    "not_concerned": _is_beside,
    "reserved": _is_passed_by,
    "strict_only": _is_strict,
    "not_in_force": _is_future,
}
SILENCES = tuple(_SILENCES)
"""Why a rule may not be asked."""
