"""The first English words of a notice, made from what its purposes say.

People read them in English whatever language the officer works in; other languages are drafted
from these.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from accounts import selectors as accounts
from consent.models import PurposeVersion
from consent.versions.lint_eu import FROM_THE_PERSON, INTERESTS, RIGHTS
from registry import selectors as registry

GROUNDS: Final = {
    "6-1-a": "Your consent, GDPR Art 6(1)(a)",
    "6-1-b": "A contract with you, or steps you asked for before one, GDPR Art 6(1)(b)",
    "6-1-c": "A legal obligation of ours, GDPR Art 6(1)(c)",
    "6-1-d": "The vital interests of a person, GDPR Art 6(1)(d)",
    "6-1-e": "A task in the public interest, GDPR Art 6(1)(e)",
    "6-1-f": "A legitimate interest, GDPR Art 6(1)(f)",
}
RIGHTS_IN_WORDS: Final = dict(
    zip(
        RIGHTS,
        (
            "See your data", "Have them corrected", "Have them erased", "Have their use restricted",
            "Object to their use", "Take them with you",
        ),
        strict=True,
    )
)  # fmt: skip
NOBODY: Final = "Nobody but us"


def english(
    controller_id: UUID, purposes: list[PurposeVersion], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The words of a notice; `given` holds what its purposes do not say."""
    names = registry.category_names(controller_id)
    items = [
        {
            "purpose": one.purpose.code, "title": one.title, "description": one.description,
            "data": [names.get(code, code) for code in one.categories], "enables": one.enables,
        }
        for one in purposes
    ]  # fmt: skip
    content = {
        "title": given["title"], "introduction": given["introduction"], "items": items,
        "withdraw": {"text": "Change or withdraw your choices", "url": "/privacy/"},
        "rights": {"text": "Use your rights", "url": "/privacy/"},
        "grievance": {"text": "Complain to us", "url": "/privacy/"},
        "board": {"text": "Complain to the authority", "url": given["board_url"]},
        "contact": {"name": given["contact_name"], "email": given["contact_email"]},
    }  # fmt: skip
    if given["pack"] == "EU":
        parties = {one.code: one.name for one in registry.parties(controller_id)}
        for item, one in zip(items, purposes, strict=True):
            item.update(_european_item(one, given, parties))
        content.update(_european(controller_id, given))
    return content


def _european_item(
    version: PurposeVersion, given: Mapping[str, Any], parties: Mapping[str, str]
) -> dict[str, Any]:
    ground = version.grounds.get("EU", "")
    return {
        "basis": GROUNDS.get(ground, ""),
        "interests": given["interests"] if ground == INTERESTS else "",
        "recipients": [parties.get(code, code) for code in version.recipients] or [NOBODY],
        "retention": f"{version.retention_days} days",
    }


def _european(controller_id: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
    controller = accounts.controller(controller_id)
    told = {
        "controller": {"name": controller.name, "contact": given["contact_email"]},
        "dpo": {"email": given["dpo_email"]},
        "data_rights": RIGHTS_IN_WORDS,
        "transfers": given["transfers"], "necessity": given["necessity"],
        "automated": given["automated"], "source": given["source"],
    }  # fmt: skip
    return told if given["source"] else {**told, "collected_from": FROM_THE_PERSON}
