"""Issuing certificates: many cases at once, each signed like a receipt and told to the log."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import canonical
from erasure.certificates import form
from erasure.certificates.errors import CertificateTooEarlyError
from erasure.certificates.form import Account, Ended
from erasure.models import Case, Certificate, Step
from keys import services as keys
from keys.bulk import copy_in
from keys.ids import uuid7

ISSUER: Final = Actor.system("erasure")
AT_ONCE: Final = 500
COLUMNS: Final = (
    "id", "controller_id", "case_id", "number", "body", "signature", "key_id", "issued_at",
)  # fmt: skip
CASE: Final = (
    "id", "controller_id", "controller__name", "verb", "trigger", "scope_type", "scope", "packs",
    "plan", "plan_sha256", "received_at", "due_at", "opened_at", "planned_at", "approved_at",
    "closed_at",
)  # fmt: skip
STEP: Final = (
    "case_id", "system__code", "system__name", "party__code", "party__name", "party_id", "duty",
    "verb", "state", "round", "possible_repeats", "categories", "kept", "evidence",
    "excepted_reason", "sent_at", "confirmed_at", "ended_at", "late_at", "late_finding",
)  # fmt: skip


@transaction.atomic
def issue_many(*, case_ids: Collection[UUID], at: datetime) -> int:
    """Issue the next certificate of each of these cases; returns how many.

    Raises CertificateTooEarlyError where a step of one has not ended (promise: nothing is
    certified because nobody looked); then none is issued.
    """
    for some in _batched(sorted(case_ids)):
        cases = list(
            Case.objects.select_for_update(of=("self",)).filter(id__in=some).order_by("id")
            .values(*CASE)
        )  # fmt: skip
        _issue(cases, at)
    return len(case_ids)


def _issue(cases: Sequence[Mapping[str, Any]], at: datetime) -> None:
    ids = [one["id"] for one in cases]
    ended, before = _ended(ids), _before(ids)
    rows, drafts = [], []
    for case in cases:
        account = _account(case, ended[case["id"]], before.get(case["id"]), at)
        row = _row(account, case)
        rows.append(row)
        drafts.append(_draft(account, row))
    copy_in(Certificate._meta.db_table, COLUMNS, rows)
    audit.record_many(drafts)


def _ended(case_ids: Sequence[UUID]) -> dict[UUID, list[Ended]]:
    """How each system ended, by case, in the order in which they were planned."""
    found: dict[UUID, list[Ended]] = defaultdict(list)
    for row in Step.objects.filter(case_id__in=case_ids).order_by("id").values(*STEP):
        one = _one(row)
        if not one.outcome:
            raise CertificateTooEarlyError
        found[row["case_id"]].append(one)
    return found


def _one(row: Mapping[str, Any]) -> Ended:
    kind = "party" if row["party_id"] else "system"
    is_found = bool(row["late_finding"])
    return Ended(
        code=row[f"{kind}__code"], name=row[f"{kind}__name"], is_party=kind == "party",
        duty=row["duty"], verb=row["verb"], state=row["state"], round=row["round"],
        possible_repeats=row["possible_repeats"], categories=row["categories"], kept=row["kept"],
        evidence=row["evidence"], reason=row["excepted_reason"], sent_at=row["sent_at"],
        confirmed_at=row["confirmed_at"], ended_at=row["ended_at"],
        looked_again_at=row["late_at"] if is_found else None, found_again=row["late_finding"],
    )  # fmt: skip


def _before(case_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """The newest certificate of each case that has one: its id and number."""
    rows = Certificate.objects.filter(case_id__in=case_ids).order_by("number")
    return {case: (one, number) for case, one, number in rows.values_list("case", "id", "number")}


def _account(
    case: Mapping[str, Any], ended: Sequence[Ended], before: tuple[UUID, int] | None, at: datetime
) -> Account:
    former, number = (str(before[0]), before[1]) if before else ("", 0)
    return Account(
        id=uuid7(), number=number + 1, replaces=former, issued_at=at, ended=ended,
        controller={"id": str(case["controller_id"]), "name": case["controller__name"]},
        case={**case, "closed_at": case["closed_at"] or at},
    )  # fmt: skip


def _row(account: Account, case: Mapping[str, Any]) -> tuple[Any, ...]:
    body = canonical(form.content(account))
    made = keys.sign(body)
    return (
        account.id, case["controller_id"], case["id"], account.number, body, made.value,
        str(made.key_id), account.issued_at,
    )  # fmt: skip


def _draft(account: Account, row: tuple[Any, ...]) -> audit.Draft:
    body: bytes = row[COLUMNS.index("body")]
    return audit.Draft(
        event="certificate:issued", by=ISSUER, controller_id=row[COLUMNS.index("controller_id")],
        target=Target("certificate", str(account.id)),
        data={
            "case": str(account.case["id"]), "number": account.number,
            "sha256": hashlib.sha256(body).hexdigest(),
        },
    )  # fmt: skip


def _batched(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
