"""What can go wrong with cases, holds and retention. Each says what to do, and names nobody."""

from keys.problems import DomainError


class CaseScopeError(DomainError):
    code = "case_scope_unknown"
    status = 422
    message = "Name everything, or a purpose or a data category of this controller."
    field = "scope"


class CaseTriggerError(DomainError):
    code = "case_trigger_unknown"
    status = 422
    message = "A case needs one of the known triggers, a verb, and a reference of what happened."
    field = "trigger"


class CaseReceivedError(DomainError):
    code = "case_received_in_future"
    status = 422
    message = "A duty cannot have begun in the future."
    field = "received_at"


class CorrectionEmptyError(DomainError):
    code = "correction_empty"
    status = 422
    message = "A correction says which values are right; no other case carries any."
    field = "values"


class RestrictionStandsError(DomainError):
    code = "restriction_stands"
    status = 409
    message = (
        "The restriction still stands: announce its end, tell the person and lift it first "
        "(GDPR Art 18(3))."
    )
    field = "scope"


class CaseUnknownError(DomainError):
    code = "case_unknown"
    status = 404
    message = "There is no such case."
    field = "case"


class CaseStateError(DomainError):
    code = "case_state"
    status = 409
    message = "The case is not in a state in which this can be done."
    field = "case"


class CaseUnderWayError(CaseStateError):
    code = "case_under_way"
    status = 409
    message = "A system was told already, so the case can be cancelled no more."
    field = "case"


class SecondPersonError(DomainError):
    code = "second_person_needed"
    status = 403
    message = "Another person than the one who began must decide."


class RefusalGroundError(DomainError):
    code = "refusal_ground_missing"
    status = 422
    message = "What a person asked for is refused on one of the grounds of the law."
    field = "ground"


class ReasonMissingError(DomainError):
    code = "reason_missing"
    status = 422
    message = "Say why, in at most 300 characters and without a person's data."
    field = "reason"


class ExemptionForeignError(DomainError):
    code = "exemption_of_another_law"
    status = 422
    message = "A law that does not apply to this person exempts nothing of theirs."
    field = "pack"


class ExemptionError(DomainError):
    code = "exemption_incomplete"
    status = 422
    message = "An exemption names a data category, a law and its place, and a day that is to come."
    field = "citation"


class PolicyError(DomainError):
    code = "erasure_policy_invalid"
    status = 422
    message = "The erasure policy has a part that is unknown or out of bounds."
    field = "content"


class PolicyStateError(DomainError):
    code = "erasure_policy_state"
    status = 409
    message = "Only the newest policy that nobody approved yet can be approved."


class HoldError(DomainError):
    code = "hold_incomplete"
    status = 422
    message = (
        "A hold names its matter, the authority, the law, its scope, and a day on which it is "
        "reviewed, within the next two years."
    )
    field = "matter"


class HoldUnknownError(DomainError):
    code = "hold_unknown"
    status = 404
    message = "There is no such hold, or it was lifted."


class RetentionRuleError(DomainError):
    code = "retention_rule_invalid"
    status = 422
    message = (
        "A retention rule needs a code, a purpose or category that exists, a law for its minimum "
        "and a maximum that is not below it."
    )
    field = "rule"


class RetentionRuleUnknownError(DomainError):
    code = "retention_rule_unknown"
    status = 404
    message = "There is no such retention rule, or it has ended."


class NoticeTooLateError(DomainError):
    code = "notice_too_late"
    status = 422
    message = "The notice must reach the person at least 48 hours before the erasure (r.8(2))."
    field = "delivered_at"


class NoticeProofError(DomainError):
    code = "notice_unproven"
    status = 422
    message = "Say how the notice reached the person, and by which reference that is shown."
    field = "proof"


class NoticeUnknownError(DomainError):
    code = "notice_unknown"
    status = 404
    message = "There is no such notice, or it has ended."


class ExtensionTooLateError(DomainError):
    code = "extension_too_late"
    status = 409
    message = "A clock is extended once, with reasons, within the first month (GDPR Art 12(3))."


class ClockPauseError(DomainError):
    code = "clock_pause_invalid"
    status = 422
    message = "A pause ends after it began, and begins after the clock did."
