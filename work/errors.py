"""What can go wrong with durable work."""


class WorkError(Exception):
    """Parent of this package's errors; `code` is stable."""

    code = "work_error"


class UnknownKindError(WorkError):
    """No handler of this kind is registered in this process."""

    code = "unknown_kind"


class PayloadError(WorkError):
    """A payload holds something else than ids and short codes."""

    code = "payload_refused"


class LeaseLostError(WorkError):
    """Another worker has this job now: nothing this one did may be recorded."""

    code = "lease_lost"


class NotDeadError(WorkError):
    """Only a dead job can be revived."""

    code = "job_not_dead"
