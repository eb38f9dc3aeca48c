"""Finding out whether somebody who says to be a parent is an identifiable adult (r.10).

Each method of the rule has a verifier, named in the settings by its path, so that a deployment can
bring its own. A verifier gets no more than it needs and answers with a result and a reference; it
never hands out a document. Whatever fails or cannot be reached verifies nobody.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from consent.errors import VerifierUnavailableError
from consent.family.parents import may_use
from consent.opaque import is_reference
from subjects import family
from subjects import selectors as subjects
from subjects.errors import KeyDestroyedError

log = structlog.get_logger(__name__)
CONFIRMED, NOT_ADULT, NOT_HELD = "adult_confirmed", "not_adult", "details_not_held"
NOT_IDENTIFIABLE, NOT_FITTING = "not_identifiable", "method_not_fitting"
UNRECOGNISED = "token_not_recognised"
OUTCOMES = frozenset({
    CONFIRMED, NOT_ADULT, NOT_HELD, NOT_IDENTIFIABLE, NOT_FITTING, UNRECOGNISED,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says to be whose parent. The token is a secret of theirs: it is passed on, never kept."""

    controller_id: UUID
    child_id: UUID
    parent_id: UUID
    is_registered: bool
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: whether they are an identifiable adult, why, and the reference of it."""

    is_adult: bool
    outcome: str
    reference: str = ""


class Verifier(Protocol):
    """One way to find out. `check` may take seconds; it runs outside every transaction."""

    def check(self, claim: Claim) -> Verdict:
        """Judge the claim; raise whatever it likes when it cannot."""


class ExistingDetails:
    """By reliable details that are held already: the parent's own account, its age verified."""

    def check(self, claim: Claim) -> Verdict:
        parent = subjects.subject(claim.controller_id, claim.parent_id)
        if family.is_child(parent):
            return Verdict(False, NOT_ADULT)
        if not self._is_identifiable(parent):
            return Verdict(False, NOT_IDENTIFIABLE)
        if not family.is_verified_adult(parent):
            return Verdict(False, NOT_HELD)
        return Verdict(True, CONFIRMED)

    def _is_identifiable(self, parent: Any) -> bool:
        gone = subjects.standings(parent).filter(
            state__in=("erasing", "erased", "deceased"), scope_type="everything"
        )
        try:
            return not gone.exists() and bool(subjects.masked_identifiers(parent))
        except KeyDestroyedError:
            return False


def judge(method: str, claim: Claim) -> Verdict:
    """The verdict of the method's verifier.

    Raises VerifierUnavailableError when there is none, or it failed, or what it said makes no
    sense: nobody is verified by accident.
    """
    if not may_use(method, is_registered=claim.is_registered):
        return Verdict(False, NOT_FITTING)
    try:
        verdict = _verifier(method).check(claim)
    except Exception as error:
        log.warning("parent_verifier_failed", method=method, error=type(error).__name__)
        raise VerifierUnavailableError from None
    if not _makes_sense(verdict):
        log.warning("parent_verifier_failed", method=method, error="verdict")
        raise VerifierUnavailableError
    return verdict


def _verifier(method: str) -> Verifier:
    return cast("Verifier", import_string(settings.PARENT_VERIFIERS[method])())


def _makes_sense(verdict: Verdict) -> bool:
    """Only a plain yes with its code and a reference that is nobody's document counts as one."""
    if verdict.outcome not in OUTCOMES or verdict.is_adult is not (verdict.outcome == CONFIRMED):
        return False
    return not verdict.reference or is_reference(verdict.reference)
