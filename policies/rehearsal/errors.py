"""What can go wrong with a rehearsal."""

from keys.problems import DomainError


class NothingToRehearseError(DomainError):
    code = "rehearsal_without_draft"
    status = 409
    message = "There is no draft to rehearse: draft a policy version first."


class PeriodError(DomainError):
    code = "rehearsal_period"
    message = "A period begins before it ends, in the past, and is at most 400 days long."
    field = "since"


class ShadowRunsError(DomainError):
    code = "shadow_runs"
    status = 409
    message = "A draft runs in the shadow already; stop it first."


class NotRunningError(DomainError):
    code = "rehearsal_not_running"
    status = 409
    message = "This rehearsal has ended already."
