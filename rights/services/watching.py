"""What follows without being asked: an erasure that ended answers its request, and a clock that
ran out is an alarm.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import selectors as accounts
from audit import alarms
from audit.actors import Actor
from erasure import selectors as erasure
from erasure.certificates import selectors as certificates
from erasure.certificates.errors import CertificateMissingError
from rights import grounds, selectors
from rights.grounds import DONE, DONE_IN_PART
from rights.models import Request
from rights.services import answering, returning

KIND: Final = alarms.AlarmKind.REQUEST_OVERDUE
CLOSED, REFUSED, CANCELLED = "closed", "refused", "cancelled"
UUID_LENGTH: Final = 36
RIGHTS: Final = Actor.system("rights")


@transaction.atomic
def cases_closed(*, controller_id: UUID, case_ids: Collection[UUID]) -> int:
    """Answer the requests whose cases have ended, those that were joined into one of them too.

    Returns how many.
    """
    worked = _worked(controller_id, case_ids, (CLOSED,))
    found = list(selectors.working_on(controller_id, worked))
    for one in found:
        answering.answer(
            by=RIGHTS, controller_id=controller_id, request_id=one.id,
            code=_how(controller_id, worked[one.id]),
        )  # fmt: skip
    return len(found)


@transaction.atomic
def cases_called_off(*, controller_id: UUID, case_ids: Collection[UUID]) -> int:
    """End or take back into the queue the requests whose cases came to nothing; returns how many.

    A case that was refused refuses the request it came from, on the same ground and in the same
    words, which the person is told with the remedies (GDPR 12(4); DPDP s.13). What the person
    called off is taken back. What an officer called off answers nobody: the duty stays, its clock
    runs, and the request waits for an officer. So does one whose wish another's case did: that was
    refused for reasons of another wish.
    """
    worked = _worked(controller_id, case_ids, (REFUSED, CANCELLED))
    found = list(selectors.working_on(controller_id, worked))
    return sum(_called_off(one, erasure.case(controller_id, worked[one.id])) for one in found)


def _called_off(request: Request, case: Any) -> bool:
    """Whether anything followed; not where another case does it by now."""
    newest = selectors.case_of(request)
    if newest is not None and newest.id != case.id:
        return False
    is_own = case.trigger_ref.startswith(str(request.id))
    given = {"by": RIGHTS, "controller_id": case.controller_id, "request_id": request.id}
    if is_own and case.state == REFUSED and case.code in grounds.REFUSED:
        answering.refuse(**given, code=case.code, text=case.refusal)
    elif is_own and case.closed_by == str(case.subject_id):
        answering.take_back(**given)
    else:
        returning.give_back(**given)
    return True


def _worked(
    controller_id: UUID, case_ids: Collection[UUID], states: Collection[str]
) -> dict[UUID, UUID]:
    """Which of these cases, ended in one of these ways, did what which request asks for."""
    cases = erasure.cases([controller_id])
    ended = cases.filter(id__in=case_ids, state__in=states)
    ids = set(ended.values_list("id", flat=True))
    rows = cases.filter(Q(id__in=ids) | Q(joined_into__in=ids), trigger=selectors.BY_REQUEST)
    return {
        request_id: joined or own
        for own, joined, ref in rows.values_list("id", "joined_into", "trigger_ref")
        if (request_id := _id(ref)) is not None
    }


@transaction.atomic
def watch() -> int:
    """Raise the alarm where requests are overdue, and clear it where none is; returns at how many.

    The alarm says how many, and names no request.
    """
    every = [one.id for one in accounts.controllers()]
    late = Counter(selectors.overdue(every).values_list("controller_id", flat=True))
    for one in every:
        if one in late:
            alarms.raise_alarm(controller_id=one, kind=KIND, detail=f"{late[one]} overdue")
        else:
            alarms.clear(controller_id=one, kind=KIND)
    return len(late)


def _how(controller_id: UUID, case_id: UUID) -> str:
    """Whether something stays, by the certificate that was signed."""
    try:
        said = certificates.content(certificates.newest(controller_id, case_id))
    except CertificateMissingError:
        return DONE
    return DONE_IN_PART if said["stays"] or said["exceptions"] else DONE


def _id(reference: str) -> UUID | None:
    """The request that a case names; one that an officer opened may name something else."""
    try:
        return UUID(reference[:UUID_LENGTH])
    except ValueError:
        return None
