"""What can go wrong with profiles. Each says what to do, and none names a person's data."""

from accounts.errors import ReadNotRecordedError
from keys.problems import DomainError

__all__ = [
    "CaseMalformedError", "NoSeatError", "PurposeMissingError", "ReadNotRecordedError",
    "SeatAmbiguousError", "SubjectNotFoundError", "TooManySubjectsError",
]  # fmt: skip


class NoSeatError(DomainError):
    code = "no_seat"
    status = 403
    message = "You have no seat from which profiles are read in this role and for this unit."
    field = "role"


class SeatAmbiguousError(DomainError):
    code = "seat_ambiguous"
    status = 422
    message = "You read in several roles or for several units: say in which."
    field = "role"


class PurposeMissingError(DomainError):
    code = "purpose_missing"
    status = 422
    message = "Say for which purpose the profile is read."
    field = "purpose"


class SubjectNotFoundError(DomainError):
    """Nobody of that id, or somebody whom this reader may not know of: told alike (PRO-06)."""

    code = "profile_not_found"
    status = 404
    message = "There is no such person whom you may see."
    field = "subject"


class CaseMalformedError(DomainError):
    code = "case_malformed"
    status = 422
    message = "A case is a reference of at most 80 printable characters, and never a name."
    field = "case"


class TooManySubjectsError(DomainError):
    code = "too_many_subjects"
    status = 422
    message = "A list of profiles is about 1 to 100 people."
    field = "subjects"
