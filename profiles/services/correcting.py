"""Putting values right that a person had corrected (DPDP s.12(2); GDPR Art 16), and looking."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import documents
from profiles.definitions import Document, definitions_of, due_at
from profiles.documents import Observed
from profiles.errors_intake import ValueRefusedError
from profiles.models import FormerRecord, ProfileRecord
from profiles.services import exporting, storing
from profiles.services.storing import Stored
from profiles.values import ValueFaultError
from subjects import sealing

__all__ = ["check", "correct", "is_right"]

BY_CORRECTION: Final = "correction"
"""How such a value was verified, as its record says."""


@transaction.atomic
def correct(
    *, by: Actor, controller_id: UUID, subject_id: UUID, values: Mapping[str, Any]
) -> list[str]:
    """Put these attributes right wherever a source has said something of them; whose codes changed.

    What was wrong is not kept as a former value, and what a source observed before now comes too
    late. Attributes that nobody has for the person need no correction. Raises ValueRefusedError for
    a value that its definition does not allow.
    """
    right = _checked(controller_id, values)
    changed: set[str] = set()
    for row, document in _documents(controller_id, subject_id, right.keys()):
        after = {**document, **{code: one for code, one in right.items() if code in document}}
        wrong = {code for code in after if after[code].v != document[code].v}
        if wrong:
            _store(by, row, after, sorted(wrong))
            changed |= wrong
    if changed:
        FormerRecord.objects.filter(
            controller_id=controller_id, subject_id=subject_id, codes__overlap=sorted(changed)
        ).delete()
        exporting.end_with(controller_id, subject_id)
    return sorted(changed)


def check(controller_id: UUID, values: Mapping[str, Any]) -> None:
    """Raises ValueRefusedError for a value that its definition does not allow."""
    _checked(controller_id, values)


def is_right(controller_id: UUID, subject_id: UUID, values: Mapping[str, Any]) -> bool:
    """Whether nothing that is stored contradicts these values."""
    try:
        right = _checked(controller_id, values)
    except ValueRefusedError:
        return False
    return all(
        document[code].v == right[code].v
        for _, document in _documents(controller_id, subject_id, right.keys())
        for code in document.keys() & right.keys()
        if document[code].v is not None
    )


def _checked(controller_id: UUID, values: Mapping[str, Any]) -> Document:
    """The values as they are kept; of attributes that are not defined nothing is stored."""
    definitions, now = definitions_of(controller_id), timezone.now()
    found: Document = {}
    for code, value in values.items():
        definition = definitions.get(code)
        if definition is None:
            continue
        try:
            kept = None if value is None else definition.read(value)
        except ValueFaultError as fault:
            raise ValueRefusedError(fault.code, code) from None
        found[code] = Observed(kept, now, BY_CORRECTION)
    return found


def _documents(
    controller_id: UUID, subject_id: UUID, codes: Collection[str]
) -> Iterator[tuple[ProfileRecord, Document]]:
    rows = ProfileRecord.objects.select_for_update(of=("self",)).filter(
        controller_id=controller_id, subject_id=subject_id, codes__overlap=list(codes)
    )
    found = list(rows.select_related("subject", "source").order_by("id"))
    keyring = sealing.keyring(controller_id, {subject_id} if found else ())
    for row in found:
        if subject_id in keyring:
            context = documents.context(row.source_id, row.sensitivity)
            text = keyring.unseal(subject_id, bytes(row.sealed), context=context)
            yield row, documents.decode_whole(text)


def _store(by: Actor, row: ProfileRecord, document: Document, codes: list[str]) -> None:
    keyring = sealing.keyring(row.controller_id, {row.subject_id})
    context = documents.context(row.source_id, row.sensitivity)
    sealed = keyring.seal(row.subject_id, documents.encode(document), context=context)
    held = tuple(sorted(code for code, one in document.items() if one.v is not None))
    due = due_at(document, definitions_of(row.controller_id))
    storing.change(
        [
            Stored(
                row.id, row.subject_id, row.sensitivity, sealed, held,
                max(one.at for one in document.values()), due, row.sequence + 1,
            )
        ],
        None,
    )  # fmt: skip
    audit.record(
        event="profile:recorded", by=by, controller_id=row.controller_id,
        target=Target("system", str(row.source_id)),
        subject=SubjectRef(row.subject_id, row.subject.pseudonym),
        data={
            "source": row.source.code, "attributes": codes, "recorded": len(codes), "removed": 0,
            "refreshed": 0,
        },
    )  # fmt: skip
