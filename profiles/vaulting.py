"""What is known of people, by data category, for what a law has put out of reach (DPDP r.8(3))."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from profiles import documents
from profiles.definitions import definitions_of
from profiles.models import ProfileRecord
from subjects import sealing

__all__ = ["known"]

Known = dict[UUID, dict[str, dict[str, dict[str, Any]]]]


def known(controller_id: UUID, subject_ids: Collection[UUID]) -> Known:
    """For each person, by category and then by source: attribute code to value and its time.

    A value whose attribute is not defined any more stands under the category "". The caller
    records the reading (P11). People whose key is gone are absent.
    """
    categories = {code: one.category for code, one in definitions_of(controller_id).items()}
    keyring = sealing.keyring(controller_id, subject_ids)
    found: Known = {}
    rows = ProfileRecord.objects.filter(
        controller_id=controller_id, subject_id__in=list(subject_ids)
    )
    for row in rows.select_related("source").order_by("id"):
        if row.subject_id not in keyring:
            continue
        context = documents.context(row.source_id, row.sensitivity)
        text = keyring.unseal(row.subject_id, bytes(row.sealed), context=context)
        person = found.setdefault(row.subject_id, {})
        for code, said in documents.decode(text).items():
            part = person.setdefault(categories.get(code, ""), {})
            told = {"value": said.v, "at": said.at.isoformat()}
            part.setdefault(row.source.code, {})[code] = told
    return found
