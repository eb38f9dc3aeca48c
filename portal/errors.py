"""What can go wrong in the portal."""

from keys.problems import DomainError


class TooManyRequestsError(DomainError):
    code = "too_many_requests"
    status = 429
    message = "Too many links are asked for at this moment."


class StillSignalledError(DomainError):
    code = "still_signalled"
    status = 409
    message = "The browser still signals the opt-out that is to be taken back."


class WordsChangedError(DomainError):
    code = "words_changed"
    status = 409
    message = "The words changed while the person read them."
    field = "notice"
