"""What can go wrong with controllers, staff and services."""

from keys.problems import DomainError


class UnknownRoleError(DomainError):
    code = "unknown_role"
    status = 422
    message = "There is no such role."
    field = "role"


class TooManyKeysError(DomainError):
    code = "too_many_keys"
    status = 409
    message = "A service has at most two live keys; revoke one first."


class KeyNotLiveError(DomainError):
    code = "key_not_live"
    status = 409
    message = "The key is already revoked or has expired."


class IdempotencyConflictError(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = "This Idempotency-Key was used with another request."


class IdempotencyKeyError(DomainError):
    code = "idempotency_key_malformed"
    status = 400
    message = "An Idempotency-Key is 1 to 128 printable ASCII characters without spaces."


class PurposeNotRegisteredError(DomainError):
    code = "purpose_not_registered"
    status = 403
    message = "The service is not registered for this purpose."
    field = "purpose"


class ReadNotRecordedError(DomainError):
    code = "read_not_recorded"
    status = 503
    message = "The reading could not be recorded, so nothing is shown. Please try again."
