"""Obligations and cures on the wire: the AuthZEN obligations profile. Pure."""

from functools import lru_cache
from typing import Any

import msgspec

from policies import texts
from policies.pdp.model import Obligation
from policies.rules.duties import ADVISORY, CAPTURE_CONSENT
from policies.rules.scope import ANY_OF_OURS


class Duty(msgspec.Struct, omit_defaults=True):
    """An obligation as the AuthZEN obligations profile writes it."""

    id: str
    type: str
    properties: dict[str, Any] = {}
    mandatory: bool = True


def duties(obligations: tuple[Obligation, ...], cure_url: str = "") -> tuple[Duty, ...]:
    """Obligations in the form of the profile; the one to ask the person gets the address."""
    return tuple(_duty(each, cure_url) for each in obligations)


def _duty(obligation: Obligation, cure_url: str) -> Duty:
    code, properties = obligation.code, obligation.args
    if code == CAPTURE_CONSENT and cure_url:
        properties = {**properties, "url": cure_url}
    return Duty(code, ANY_OF_OURS, properties, code not in ADVISORY)


@lru_cache(maxsize=1024)
def cure(code: str, url: str) -> dict[str, str]:
    """What would change a denial; `url` goes with what only the person can do. Empty: nothing."""
    remedy = texts.cure(code)
    if not remedy.code:
        return {}
    members = {"code": remedy.code, "text": remedy.text}
    return {**members, "url": url} if url and remedy.by_person else members
