"""What can be wrong with asking for an audience."""

from keys.problems import DomainError


class AudienceUnknownError(DomainError):
    code = "audience_unknown"
    status = 404
    message = "There is no such audience."


class SegmentUnknownError(DomainError):
    code = "segment_unknown"
    status = 404
    message = "There is no such segment."
    field = "segment"


class SegmentCodeError(DomainError):
    code = "segment_code_malformed"
    message = "A segment's code has up to 60 small letters, digits, - and _."


class AudienceNotReadyError(DomainError):
    code = "audience_not_ready"
    status = 409
    message = "The audience is still in the making."


class AudienceOverError(DomainError):
    code = "audience_over"
    status = 410
    message = "The permits of this audience have ended; ask again."


class AudienceStoppedError(DomainError):
    code = "audience_stopped"
    status = 410
    message = "An officer stopped this audience."


class AudienceFailedError(DomainError):
    code = "audience_failed"
    status = 410
    message = "This audience could not be made; its `problem` says why. Ask again."


class AudienceNotStoppableError(DomainError):
    code = "audience_not_stoppable"
    status = 409
    message = "The audience is over already."


class ListMalformedError(DomainError):
    """Says where, never what: the values may be personal."""

    code = "list_malformed"
    status = 422
    message = "The list cannot be read."


class ListTooLargeError(DomainError):
    code = "list_too_large"
    status = 413
    message = "The list is larger than is taken at once; make a segment of parts of it."


class FormatMissingError(DomainError):
    code = "format_missing"
    status = 415
    message = "This form of a list cannot be read or written here."
