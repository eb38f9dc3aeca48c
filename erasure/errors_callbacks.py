"""What can go wrong with what processors report. Said alike for whoever has proven nothing."""

from keys.problems import DomainError


class CallbackRefusedError(DomainError):
    code = "callback_refused"
    status = 403
    message = "The signature is not one of the processor of this address, or its key has expired."


class CallbackUnknownError(DomainError):
    code = "callback_unknown"
    status = 404
    message = "There is no such request. Report it again later."


class CallbackLaterError(DomainError):
    code = "callback_later"
    status = 503
    message = "The system is paused. Report it again later."
