"""The end of what is left of somebody whose data key was destroyed, or of a part of it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import documents
from profiles.definitions import definitions_of, due_at
from profiles.models import FormerRecord, ProfileRecord
from profiles.services import exporting, storing
from profiles.services.storing import Stored
from subjects import sealing


@transaction.atomic
def forget(*, controller_id: UUID, subject_id: UUID) -> int:
    """Delete their records and every file in which they may be; returns how many records.

    The values are noise by then, but the records still say which attributes there were, and a file
    of exported profiles was sealed under no key of theirs. May be repeated.
    """
    return forget_many(controller_id=controller_id, subject_ids=[subject_id])


@transaction.atomic
def forget_many(*, controller_id: UUID, subject_ids: Collection[UUID]) -> int:
    """As `forget`, of many people at once."""
    whose = {"controller_id": controller_id, "subject_id__in": list(subject_ids)}
    deleted = sum(
        model.objects.filter(**whose).delete()[0] for model in (ProfileRecord, FormerRecord)
    )
    exporting.end_with_any(controller_id, subject_ids)
    return deleted


@transaction.atomic
def forget_categories(
    *, by: Actor, controller_id: UUID, subject_ids: Sequence[UUID], categories: Collection[str]
) -> int:
    """Take these people's values of these data categories out; returns how many records changed.

    Former values go whole, and so does every file of exports in which one of them may be: what is
    in either cannot be told apart. May be repeated.
    """
    codes = _codes(controller_id, categories)
    whose = {"controller_id": controller_id, "subject_id__in": list(subject_ids)}
    rows = ProfileRecord.objects.select_for_update(of=("self",)).filter(
        **whose, codes__overlap=codes
    )
    found = list(rows.select_related("subject", "source").order_by("id"))
    _take_out(by, controller_id, found, set(codes))
    FormerRecord.objects.filter(**whose, codes__overlap=codes).delete()
    exporting.end_with_any(controller_id, subject_ids)
    return len(found)


def holders(
    controller_id: UUID, subject_ids: Collection[UUID], categories: Collection[str] | None
) -> set[UUID]:
    """Of whom there are values of these categories still; None: values of any kind."""
    found: set[UUID] = set()
    for model in (ProfileRecord, FormerRecord):
        rows = model.objects.filter(controller_id=controller_id, subject_id__in=list(subject_ids))
        if categories is not None:
            rows = rows.filter(codes__overlap=_codes(controller_id, categories))
        found |= set(rows.values_list("subject_id", flat=True))
    return found


def _codes(controller_id: UUID, categories: Collection[str]) -> list[str]:
    definitions = definitions_of(controller_id)
    return [code for code, one in definitions.items() if one.category in categories]


def _take_out(
    by: Actor, controller_id: UUID, rows: Sequence[ProfileRecord], codes: set[str]
) -> None:
    keyring = sealing.keyring(controller_id, {row.subject_id for row in rows})
    definitions, kept, empty = definitions_of(controller_id), list[Stored](), list[UUID]()
    drafts: list[audit.Draft] = []
    for row in rows:
        context = documents.context(row.source_id, row.sensitivity)
        whole = (
            documents.decode_whole(
                keyring.unseal(row.subject_id, bytes(row.sealed), context=context)
            )
            if row.subject_id in keyring
            else {}
        )
        left = {code: one for code, one in whole.items() if code not in codes}
        drafts.append(_noted(by, row, sorted(codes & whole.keys())))
        if not left:
            empty.append(row.id)
            continue
        kept.append(
            Stored(
                row.id, row.subject_id, row.sensitivity,
                keyring.seal(row.subject_id, documents.encode(left), context=context),
                tuple(sorted(code for code, one in left.items() if one.v is not None)),
                max(one.at for one in left.values()), due_at(left, definitions), row.sequence + 1,
            )
        )  # fmt: skip
    ProfileRecord.objects.filter(id__in=empty).delete()
    storing.change(kept, None)
    audit.record_many(drafts)


def _noted(by: Actor, row: ProfileRecord, codes: list[str]) -> audit.Draft:
    return audit.Draft(
        event="profile:ended", by=by, controller_id=row.controller_id,
        target=Target("system", str(row.source_id)),
        subject=SubjectRef(row.subject_id, row.subject.pseudonym),
        data={"source": row.source.code, "attributes": codes},
    )  # fmt: skip
