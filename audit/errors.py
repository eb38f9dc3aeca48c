"""What can go wrong when recording, and when answering an alarm."""

from keys.problems import DomainError


class NotAtomicError(RuntimeError):
    """An entry must be written in the transaction of the fact it records; there is none."""


class ReadNotRecordedError(DomainError):
    """Somebody's reading could not be recorded: nothing may be shown."""

    code = "read_not_recorded"
    status = 503
    message = "The reading could not be recorded, so nothing is shown. Please try again."


class EntryMissingError(DomainError):
    code = "entry_missing"
    status = 404
    message = "This log has no such entry."


class EntryPendingError(DomainError):
    code = "entry_pending"
    status = 409
    message = "The entry waits for its place in the log; ask again in a second."


class NoSuchAlarmError(DomainError):
    code = "alarm_unknown"
    status = 404
    message = "There is no such open alarm."


class AlarmAnsweredError(DomainError):
    code = "alarm_answered"
    status = 409
    message = "This alarm was acknowledged already."


class AlarmReasonError(DomainError):
    code = "alarm_reason"
    message = "The reason must be one of the listed codes."
    field = "reason"


class RetentionLoginMissingError(RuntimeError):
    """The login that may end payloads is not configured here."""

    def __str__(self) -> str:
        return "DATABASE_RETENTION_URL is not set: nothing can be dropped (docs/operations.md)."


class HoldReasonError(DomainError):
    code = "hold_reason"
    message = "The reason of a hold is a code of lower-case letters, digits, dots and dashes."
    field = "reason"


class HoldEndedError(DomainError):
    code = "hold_ended"
    status = 409
    message = "There is no such hold, or it has ended."


class CursorError(DomainError):
    """A cursor that we did not write, or wrote for other criteria."""

    code = "cursor_invalid"
    message = "This cursor is not one of ours."
    field = "cursor"
