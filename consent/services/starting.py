"""A company's first purposes and data categories, from a taxonomy that others have written."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from consent.models import Purpose
from consent.services.drafting import Words, draft_purpose
from consent.versions import vocabulary
from consent.versions.taxonomies import CATEGORIES, Entry, meaning
from registry import selectors as registry
from registry import services as registry_services


@dataclass(slots=True)
class Started:
    """How many were drafted or recorded, and how many codes were there already."""

    purposes: int = 0
    categories: int = 0
    there_already: int = 0


@transaction.atomic
def import_taxonomy(*, by: Actor, controller_id: UUID, entries: Iterable[Entry]) -> Started:
    """Draft a purpose for each data use, and record each data category; all of it, or nothing.

    A draft says no ground, no categories and no retention: nobody approves it before a person has
    completed it. What is there already by its code stays as it is. Raises as `draft_purpose`.
    """
    started = Started()
    purposes = set(
        Purpose.objects.filter(controller_id=controller_id).values_list("code", flat=True)
    )
    categories = registry.category_codes(controller_id)
    for entry in entries:
        if entry.kind == CATEGORIES:
            is_new = _category(by, controller_id, entry, categories)
            started.categories += is_new
        else:
            is_new = _purpose(by, controller_id, entry, purposes)
            started.purposes += is_new
        started.there_already += not is_new
    return started


def _purpose(by: Actor, controller_id: UUID, entry: Entry, known: set[str]) -> bool:
    if entry.key in known:
        return False
    meant = meaning(entry.key)
    words = Words(
        title=entry.name, description=entry.description, enables="", dpv_purpose=meant.term,
        grounds={}, categories=(), retention_days=0, owner="", parent=entry.parent,
        is_marketing="is_marketing" in meant.flags, is_tracking="is_tracking" in meant.flags,
        uses_ai="uses_ai" in meant.flags,
    )  # fmt: skip
    draft_purpose(by=by, controller_id=controller_id, code=entry.key, words=words)
    known.add(entry.key)
    return True


def _category(by: Actor, controller_id: UUID, entry: Entry, known: set[str]) -> bool:
    """By the vocabulary's term where the key means just that, else by its own key."""
    meant = meaning(entry.key)
    code = meant.term if meant.is_exact else entry.key
    if code in known:
        return False
    registry_services.record_category(
        by=by, controller_id=controller_id, code=code, name=entry.name,
        is_special=vocabulary.is_special(meant.term),
        is_criminal=meant.term.startswith("pd:Criminal"),
    )  # fmt: skip
    known.add(code)
    return True
