"""Guardrails and versions of them, made through the services; same every time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actors import Actor
from policies.versions import selectors, services
from policies.versions.models import PolicyVersion

AUTHOR = Actor("officer", "author")
APPROVER = Actor("officer", "approver")
REHEARSAL = UUID(int=7)
WORDS = {"en": "A rule of the company forbids it.", "hi": "कंपनी का नियम इसे रोकता है।"}


def rule(code: str = "no_offers", kind: str = "deny", **more: Any) -> dict[str, Any]:
    """A guardrail as JSON; what belongs to the match goes there, the rest to the effect."""
    lists = (
        "purposes", "categories", "channels", "recipients", "regions", "operations", "attributes",
        "campaigns",
    )  # fmt: skip
    match = {name: more.pop(name) for name in lists if name in more}
    return {
        "code": code, "title": code.replace("_", " "), "match": match,
        "effect": {"kind": kind, **more}, "text": WORDS, "person": WORDS,
    }  # fmt: skip


def draft(controller_id: UUID, *rules: dict[str, Any]) -> PolicyVersion:
    """A draft of just these rules."""
    version = services.draft_policy(by=AUTHOR, controller_id=controller_id, note="A test")
    return services.replace_guardrails(by=AUTHOR, version=version, guardrails=list(rules))


def rehearsed(controller_id: UUID, *rules: dict[str, Any]) -> PolicyVersion:
    """A draft that has been rehearsed."""
    return services.note_rehearsed(
        by=AUTHOR, version=draft(controller_id, *rules), job_id=REHEARSAL
    )


def in_force(
    controller_id: UUID, *rules: dict[str, Any], effective_from: datetime | None = None
) -> PolicyVersion:
    """An approved version of just these rules, in force from now or a moment to come."""
    made = rehearsed(controller_id, *rules)
    return services.approve_policy(by=APPROVER, version=made, effective_from=effective_from)


def rules_of(version: PolicyVersion) -> list[str]:
    """The codes of a version's rules."""
    return [one.code for one in selectors.rules(version)]
