"""What can go wrong with people's requests. Each says what to do, and names nobody."""

from keys.problems import DomainError

__all__ = [
    "ActingNotVerifiedError", "CopyMissingError", "CorrectionUnderWayError", "IdentifiedError",
    "IdentityUnknownError", "NotIdentifiedError", "PauseMissingError", "ReceivedInFutureError",
    "RefusalError", "RequestMissingError", "RequestReasonError", "RequestStateError",
    "RequestUnknownKindError", "TooLateToTakeBackError",
]  # fmt: skip


class RequestUnknownKindError(DomainError):
    code = "request_kind_unknown"
    status = 422
    message = "A request asks for erasure, a copy or a correction, and says by which way it came."
    field = "kind"


class ReceivedInFutureError(DomainError):
    code = "request_received_in_future"
    status = 422
    message = "A request cannot have been received in the future."
    field = "received_at"


class ActingNotVerifiedError(DomainError):
    code = "acting_not_verified"
    status = 403
    message = "Only a verified parent or guardian may ask for somebody else."
    field = "acting_id"


class RequestMissingError(DomainError):
    code = "request_missing"
    status = 404
    message = "There is no such request."


class RequestStateError(DomainError):
    code = "request_state"
    status = 409
    message = "The request is not in a state in which this can be done."


class IdentityUnknownError(DomainError):
    code = "identity_way_unknown"
    status = 422
    message = "Say by one of the known ways how it was settled who asks."
    field = "how"


class IdentifiedError(DomainError):
    code = "request_identified"
    status = 409
    message = "It is settled who asks: the clock is paused on a doubt about that alone."


class NotIdentifiedError(DomainError):
    code = "request_not_identified"
    status = 409
    message = "Nothing is done before it is settled who asks."


class PauseMissingError(DomainError):
    code = "request_not_paused"
    status = 409
    message = "The clock of this request is not paused."


class RequestReasonError(DomainError):
    code = "request_reason_missing"
    status = 422
    message = "Say why, in at most 300 characters: the person is told."
    field = "reason"


class RefusalError(DomainError):
    code = "refusal_incomplete"
    status = 422
    message = "A refusal needs one of the grounds of the law and its reasons in plain words."
    field = "text"


class TooLateToTakeBackError(DomainError):
    code = "request_under_way"
    status = 409
    message = "Systems were told already, so the request can be taken back no more."


class CorrectionUnderWayError(DomainError):
    code = "correction_under_way"
    status = 409
    message = "The same is being put right to another value; ask again when that is answered."


class CopyMissingError(DomainError):
    code = "copy_missing"
    status = 404
    message = "There is no copy of this person's data: it was not made yet, or its time is over."
