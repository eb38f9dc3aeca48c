"""What an act must be to count: its method, who acted, what shows it, and how far it reaches.

Asked of a yes. To end a consent must never be harder than to give it (DPDP s.6(4); GDPR Art 7(3)),
so a no is taken from whoever brings it.
"""

import json
import re

from consent import methods
from consent.catalogue import PurposeInForce
from consent.errors import (
    EvidenceError,
    ForbiddenMethodError,
    GiverLacksError,
    GiverMayNotError,
    ScopeTooNarrowError,
    UnknownChannelError,
    UnknownGiverError,
    UnknownMethodError,
)
from consent.opaque import names_document
from consent.services.lines import Choice
from consent.transitions import AFFIRMATIVE, State

OFFICIAL_ENDS = frozenset({State.REVOKED, State.INVALIDATED})
MOST_MEMBERS = 12
MOST_LETTERS = 200
MOST_BYTES = 2000
_NAME = re.compile(r"[a-z][a-z_]{0,29}")
BEYOND = "beyond"
"""The member of the evidence that counts data a form named and the purpose does not need."""


def check_act(choice: Choice, purpose: PurposeInForce) -> None:
    """Raises the error that says why this act cannot be recorded."""
    _check_method(choice)
    _check_evidence(choice.evidence)
    if choice.given_by not in methods.GIVERS:
        raise UnknownGiverError
    if choice.channel and choice.channel not in methods.CHANNELS:
        raise UnknownChannelError
    if not choice.is_import:
        _check_giver(choice)
        _check_scope(choice, purpose)


def evidence_of(choice: Choice, purpose: PurposeInForce) -> str:
    """The evidence as JSON text. Data beyond what the purpose needs are counted, never kept."""
    beyond = set(choice.categories) - set(purpose.categories)
    found = {**choice.evidence, BEYOND: str(len(beyond))} if beyond else choice.evidence
    return json.dumps(found) if found else "{}"


def _check_method(choice: Choice) -> None:
    if sentence := methods.FORBIDDEN.get(choice.method):
        raise ForbiddenMethodError(sentence)
    is_official = choice.method == methods.OFFICIAL and choice.state in OFFICIAL_ENDS
    if choice.method not in methods.ACCEPTED and not is_official:
        raise UnknownMethodError


def _check_evidence(evidence: dict[str, str]) -> None:
    """References of bounded size: no document, no number of one, no words of anybody."""
    if not evidence:
        return
    if len(evidence) > MOST_MEMBERS or len(json.dumps(evidence)) > MOST_BYTES:
        raise EvidenceError
    for name, value in evidence.items():
        is_text = isinstance(value, str) and len(value) <= MOST_LETTERS and value.isprintable()
        if not (_NAME.fullmatch(name) and is_text) or names_document(value):
            raise EvidenceError


def _check_giver(choice: Choice) -> None:
    needed = methods.NEEDS.get(choice.given_by)
    is_yes = choice.state in AFFIRMATIVE
    if is_yes and choice.given_by in methods.ENDS_ONLY:
        raise GiverMayNotError
    if needed and not choice.evidence.get(needed) and (is_yes or needed == methods.MANAGER):
        raise GiverLacksError(methods.LACKS[needed])
    if is_yes and choice.given_by == "operator" and choice.method not in methods.ASSISTED:
        raise GiverLacksError(methods.LACKS["method"], field="method")


def _check_scope(choice: Choice, purpose: PurposeInForce) -> None:
    """A yes is to all the purpose needs: less is no consent to it, and more adds nothing."""
    if not choice.categories or choice.state not in AFFIRMATIVE:
        return
    if set(purpose.categories) - set(choice.categories):
        raise ScopeTooNarrowError
