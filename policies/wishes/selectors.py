"""Questions about what persons let guardrails know."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from policies.guardrails.matching import patterns
from policies.guardrails.model import Deny, Off, RulesError
from policies.versions import selectors as versions
from policies.wishes.models import SwitchedOff, Volunteered


def volunteered(controller_id: UUID, subject_id: UUID) -> list[tuple[str, str]]:
    """What a person offers: purpose and attribute, in order."""
    rows = Volunteered.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return list(rows.order_by("purpose", "attribute").values_list("purpose", "attribute"))


def is_switched_off(controller_id: UUID, subject_id: UUID) -> bool:
    """Whether the person switched personalisation off."""
    rows = SwitchedOff.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return rows.exists()


def has_switch(controller_id: UUID, at: datetime) -> bool:
    """Whether the company's rules in force heed the switch; rules nobody can read may do."""
    version = versions.in_force(controller_id, at)
    if version is None:
        return False
    try:
        effects = [rule.effect for rule in versions.rules(version)]
    except RulesError:
        return True
    return any(isinstance(one, Off) and one.whom == "whoever_asked" for one in effects)


def spared(controller_id: UUID, at: datetime, purposes: Collection[str]) -> dict[str, list[str]]:
    """For each of the purposes the attributes that rules in force spare when volunteered.

    Attributes that a rule names by a pattern are left out: nobody can offer a whole family.
    """
    version = versions.in_force(controller_id, at)
    try:
        rules = versions.rules(version) if version else ()
    except RulesError:
        return {}
    found: dict[str, set[str]] = {}
    for rule in rules:
        if not (isinstance(rule.effect, Deny) and rule.effect.unless_volunteered):
            continue
        named = {one for one in rule.match.attributes if not one.endswith(".*")}
        wanted = set(rule.match.purposes)
        for purpose in purposes:
            if named and (not wanted or wanted.intersection(patterns(purpose))):
                found.setdefault(purpose, set()).update(named)
    return {purpose: sorted(names) for purpose, names in found.items()}
