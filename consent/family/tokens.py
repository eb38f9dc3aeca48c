"""The adapter for virtual tokens: age details held by an entity the law entrusts with them (r.10).

A parent gets a token from such an entity, for example through a Digital Locker service, and hands
it in. An issuer of tokens is reached by a class of the deployment's own, which the settings name:
it exchanges the token for three facts. docs/children.md shows how to write one.
"""

from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from consent.family.verifiers import (
    CONFIRMED,
    NOT_ADULT,
    NOT_IDENTIFIABLE,
    UNRECOGNISED,
    Claim,
    Verdict,
)

MAX_TOKEN = 4000


@dataclass(frozen=True, slots=True)
class TokenDetails:
    """What an entity says of the holder of a token. Unknown is not adult and not identified."""

    is_identified: bool
    is_adult: bool
    reference: str


class TokenIssuer(Protocol):
    """An entity that maps tokens to the details it holds."""

    def exchange(self, token: str) -> TokenDetails | None:
        """The facts behind the token; None for one it does not know, or that is used up."""


class VirtualToken:
    """Verifies by asking the issuer that the settings name."""

    def check(self, claim: Claim) -> Verdict:
        if not 0 < len(claim.token) <= MAX_TOKEN:
            return Verdict(False, UNRECOGNISED)
        issuer = cast("TokenIssuer", import_string(settings.PARENT_TOKEN_ISSUER)())
        details = issuer.exchange(claim.token)
        if details is None:
            return Verdict(False, UNRECOGNISED)
        if details.is_identified is not True:
            return Verdict(False, NOT_IDENTIFIABLE, details.reference)
        if details.is_adult is not True:
            return Verdict(False, NOT_ADULT, details.reference)
        return Verdict(True, CONFIRMED, details.reference)
