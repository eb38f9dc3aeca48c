"""The jobs that remind, ask again, give old consents their notice, and watch over waivers."""

from uuid import UUID

from consent.services import upkeep, waiving
from work.handlers import JobView, Outcome, again, finished, handler, periodic


@periodic("consent.remind", every=900)
def remind(job: JobView) -> Outcome:
    """Note reminders for yeses that end soon (CON-18)."""
    noted = upkeep.remind_due(limit=upkeep.AT_ONCE)
    return again(cursor={}, done=job.done + noted) if noted >= upkeep.AT_ONCE else finished()


@periodic("consent.look_for_changes", every=60)
def look_for_changes(job: JobView) -> Outcome:
    """Begin to ask again where a material change has come into force (CON-19)."""
    upkeep.order_asking_again()
    return finished()


@periodic("consent.watch_languages", every=900)
def watch_languages(job: JobView) -> Outcome:
    """Tell officers of notices in force whose languages are waived no longer (CON-07)."""
    waiving.watch()
    return finished()


@handler(upkeep.ASK_AGAIN)
def ask_again(job: JobView) -> Outcome:
    """Ask those whom one change suspended."""
    change = upkeep.Change(job.controller_id, job.payload["kind"], UUID(job.payload["version"]))
    return _went_on(job, upkeep.note_asking_again(change=change, after=_after(job)))


@handler(upkeep.ORDER_NOTICES)
def legacy_notices(job: JobView) -> Outcome:
    """Note the notices of s.5(2) that an officer ordered (CON-20)."""
    went_on = upkeep.note_legacy_notices(
        controller_id=job.controller_id, purpose_id=UUID(job.payload["purpose"]),
        notice_version_id=UUID(job.payload["notice"]), after=_after(job),
    )  # fmt: skip
    return _went_on(job, went_on)


def _after(job: JobView) -> UUID | None:
    return UUID(job.cursor["after"]) if "after" in job.cursor else None


def _went_on(job: JobView, after: UUID | None) -> Outcome:
    if after is None:
        return finished()
    return again(cursor={"after": str(after)}, done=job.done + upkeep.AT_ONCE)
