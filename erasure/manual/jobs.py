"""Who does not answer is asked again; files of evidence end with their case's last look."""

from uuid import UUID

from django.utils import timezone

from erasure.manual import reminding, services
from erasure.models import Step
from work.handlers import JobView, Outcome, finished, handler, periodic, retry

DAILY = 86_400
HOURLY = 3600


@periodic("erasure.evidence_tidy", every=DAILY)
def tidy(_job: JobView) -> Outcome:
    services.forget_files()
    return finished()


@periodic("erasure.errands_due", every=HOURLY)
def ask_who_is_late(_job: JobView) -> Outcome:
    """Ask again where somebody is late, and raise the alarm where that did not help."""
    reminding.begin_due(timezone.now())
    reminding.watch(timezone.now())
    return finished()


def write(job: JobView) -> list[Step] | None:
    """The letter of one system."""
    return reminding.write(job.controller_id, UUID(job.payload["system"]))


@handler(reminding.LETTER, perform=write)
def note_letter(_job: JobView, steps: list[Step] | None) -> Outcome:
    """Only a letter that went out counts."""
    if steps is None:
        return retry("letter_not_sent")
    reminding.note_asked(steps=steps, at=timezone.now())
    return finished()
