"""What can go wrong when versions of purposes and notices are drafted and put in force."""

from keys.problems import DomainError


class TermUnknownError(DomainError):
    code = "term_unknown"
    status = 422
    message = "This is not a term of the Data Privacy Vocabulary 2.3 for it."
    field = "dpv_purpose"


class LegalGroundError(DomainError):
    code = "legal_ground_unknown"
    status = 422
    message = "This is not a ground of that law."
    field = "grounds"


class PurposeFamilyError(DomainError):
    code = "purpose_family_wrong"
    status = 422
    message = "The wider purpose must be another open one that does not itself belong to this one."
    field = "parent"


class PurposeIncompleteError(DomainError):
    code = "purpose_incomplete"
    status = 422
    message = "The purpose lacks what it must say before it is in force."


class ChangeMaterialError(DomainError):
    code = "change_material"
    status = 409
    message = "The draft calls a material change editorial; draft it again as material."


class ReasonNeededError(DomainError):
    code = "reason_needed"
    status = 422
    message = "Words changed: say why that is not material, or draft it again as material."
    field = "note"


class BeginsInPastError(DomainError):
    code = "begins_in_past"
    status = 422
    message = "A version cannot begin before it is approved."
    field = "effective_from"


class VersionOrderError(DomainError):
    code = "version_order"
    status = 409
    message = "A later version is approved already, or begins after this one; draft a new one."
    field = "effective_from"


class HasBegunError(DomainError):
    code = "has_begun"
    status = 409
    message = "Only a version that is approved and has not begun can be taken back."
