"""What can go wrong with the steps of a case. Each says what to do, and names nobody."""

from keys.problems import DomainError


class StepUnknownError(DomainError):
    code = "step_unknown"
    status = 404
    message = "There is no such step."
    field = "step"


class StepNotFailedError(DomainError):
    code = "step_not_failed"
    status = 409
    message = "Only a failed step of a system is tried again."
    field = "step"


class StepEndedError(DomainError):
    code = "step_ended"
    status = 409
    message = "The step has ended, or its case does not run."
    field = "step"


class ExceptionReasonError(DomainError):
    code = "exception_reason_missing"
    status = 422
    message = "Say why the data stay, in 10 to 300 characters and without a person's data."
    field = "reason"


class EvidenceMalformedError(DomainError):
    code = "evidence_malformed"
    status = 422
    message = "Evidence is 1 to 20 codes, numbers or digests by name, and never a person's data."
    field = "evidence"


class SystemRestsNotError(DomainError):
    code = "system_rests_not"
    status = 409
    message = "The system does not rest: it is called as soon as something is due."
