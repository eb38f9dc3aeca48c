"""What can go wrong with what goes beyond a view, leaves the house, or is watched."""

from keys.problems import DomainError


class ReasonError(DomainError):
    code = "reason_missing"
    status = 422
    message = (
        "Say why, in 10 to 300 characters, and name nobody: no address, no number of a person."
    )
    field = "reason"


class CaseError(DomainError):
    code = "case_missing"
    status = 422
    message = "Name the case it belongs to: letters, digits, /, _ and - only, 80 at most."
    field = "case"


class DurationError(DomainError):
    code = "duration_invalid"
    status = 422
    message = "It cannot last so long, or so short."
    field = "minutes"


class StaffOnlyError(DomainError):
    code = "staff_only"
    status = 403
    message = "Only a member of staff, who answers for it in person, may open more than the view."


class NotMaskedError(DomainError):
    code = "not_masked"
    status = 409
    message = (
        "The view does not mask this field for your role and purpose: there is nothing to open."
    )
    field = "attribute"


class GlassOverError(DomainError):
    code = "glass_over"
    status = 409
    message = "This access is over already."


class GlassReviewedError(DomainError):
    code = "glass_reviewed"
    status = 409
    message = "This access has been reviewed already."


class SecondPersonError(DomainError):
    code = "second_person_needed"
    status = 409
    message = "Whoever asked for it cannot decide on it; a second person must."


class FindingMissingError(DomainError):
    code = "finding_missing"
    status = 422
    message = "Say what you found, in 10 to 300 characters, and name nobody."
    field = "finding"


class SearchLimitError(DomainError):
    code = "search_limit"
    status = 429
    message = "You have searched very often in the last hour; go on later."


class RecipientUnknownError(DomainError):
    code = "recipient_unknown"
    status = 422
    message = "The controller has no such recipient on record."
    field = "recipient"


class DisclosureCategoryError(DomainError):
    code = "category_unknown"
    status = 422
    message = "A data category is not registered, or none is named."
    field = "categories"


class GroundUnknownError(DomainError):
    code = "ground_unknown"
    status = 422
    message = "The law knows no such ground."
    field = "ground"


class DescribedError(DomainError):
    code = "described_invalid"
    status = 422
    message = "Describe what was handed over in 1 to 300 characters, never the data themselves."
    field = "described"


class RequestReferenceError(DomainError):
    code = "request_reference_missing"
    status = 422
    message = "A written request of an authority is named by its reference (DPDP s.11(2))."
    field = "request_reference"


class DisclosedInFutureError(DomainError):
    code = "disclosed_in_future"
    status = 422
    message = "This has not happened yet."
    field = "disclosed_at"


class DisclosureConflictError(DomainError):
    code = "disclosure_conflict"
    status = 409
    message = "Another disclosure was recorded under this key."
    field = "key"


class DisclosurePlaceError(DomainError):
    code = "disclosure_place_invalid"
    status = 422
    message = "Where data are shown is a web address, of what was made public alone."
    field = "place"


class DisclosureKeyError(DomainError):
    code = "disclosure_key_invalid"
    status = 422
    message = "The key of a disclosure is 1 to 40 letters, digits, and . _ : / -."
    field = "key"


class ExportPeopleError(DomainError):
    code = "export_people"
    status = 422
    message = "An export is about 1 to 10,000 people of the controller."
    field = "subjects"


class ExportMissingError(DomainError):
    code = "export_missing"
    status = 404
    message = "There is no such export."


class ExportDecidedError(DomainError):
    code = "export_decided"
    status = 409
    message = "This export was decided on already."


class ExportNotReadyError(DomainError):
    code = "export_not_ready"
    status = 409
    message = "The export waits for approval, or is still being made: ask again later."


class ExportNotYoursError(DomainError):
    code = "export_not_yours"
    status = 403
    message = "Only who asked for an export takes its file."


class ExportGoneError(DomainError):
    code = "export_gone"
    status = 410
    message = "The export was refused, failed or was deleted: ask for a new one."


class NotUnusualError(DomainError):
    code = "access_answered"
    status = 409
    message = "This access was answered already."


class OwnAccessError(DomainError):
    code = "own_access"
    status = 409
    message = "Nobody answers for their own access; somebody else must."


class FlaggedError(DomainError):
    code = "already_watched"
    status = 409
    message = "This is on record already."
    field = "subject"


class FlagEndedError(DomainError):
    code = "watch_ended"
    status = 409
    message = "This has ended already."


class ReaderUnknownError(DomainError):
    code = "reader_unknown"
    status = 422
    message = "No such member of staff serves this controller."
    field = "holder"


class LimitsError(DomainError):
    code = "limits_invalid"
    status = 422
    message = "These limits make no sense together."
