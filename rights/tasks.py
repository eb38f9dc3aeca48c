"""What workers do for people's requests."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from audit.actors import Actor
from erasure.inbound.services import ASKED
from rights import services
from rights.copies.making import make
from rights.models import Channel, RequestKind
from subjects.errors import SubjectUnknownError
from work.handlers import JobView, Outcome, finished, handler, periodic

PLATFORM: Final = Actor.system("platform")


@handler("erasure.case_closed")
def case_closed(job: JobView) -> Outcome:
    """Cases have ended: whoever asked for one has their answer, or waits for it again."""
    cases = [UUID(one) for one in job.payload.get("cases", [job.payload.get("case")])]
    services.cases_closed(controller_id=job.controller_id, case_ids=cases)
    services.cases_called_off(controller_id=job.controller_id, case_ids=cases)
    return finished()


@handler(services.MAKE_COPY, lease_seconds=600)
def make_copy(job: JobView) -> Outcome:
    """Gather everything that is held about a person, and keep it for them."""
    copy_id = UUID(job.payload["copy"])
    body = make(controller_id=job.controller_id, copy_id=copy_id)
    if body is not None:
        services.keep_copy(copy_id=copy_id, controller_id=job.controller_id, body=body)
    return finished()


@handler(ASKED)
def access_asked(job: JobView) -> Outcome:
    """A platform passed on that somebody wants a copy; an officer settles who asks."""
    new = services.NewRequest(
        subject_id=UUID(job.payload["subject"]), kind=RequestKind.ACCESS, channel=Channel.PLATFORM
    )
    with suppress(SubjectUnknownError):  # erased meanwhile: there is nothing to give
        services.receive(by=PLATFORM, controller_id=job.controller_id, new=new)
    return finished()


@periodic("rights.clocks", every=600)
def clocks(job: JobView) -> Outcome:
    """Requests that are overdue are an alarm."""
    services.watch()
    return finished()


@periodic("rights.copies_end", every=3600)
def copies_end(job: JobView) -> Outcome:
    """Copies whose time is over are deleted."""
    services.end_copies()
    return finished()
