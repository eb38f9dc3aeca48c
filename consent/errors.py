"""What can go wrong with purposes, notices and consents."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class PurposeUnknownError(DomainError):
    code = "purpose_unknown"
    status = 422
    message = _("There is no such purpose, or it is not approved.")
    field = "purpose"


class PurposeClosedError(DomainError):
    code = "purpose_closed"
    status = 409
    message = _("The purpose is closed.")
    field = "purpose"


class NoticeNotInForceError(DomainError):
    code = "notice_not_in_force"
    status = 422
    message = _("There is no published notice for this purpose in this language.")
    field = "notice"


class NoticeIncompleteError(DomainError):
    code = "notice_incomplete"
    status = 422
    message = _("The notice lacks elements the law asks for.")
    field = "content"


class AlreadyPublishedError(DomainError):
    code = "already_published"
    status = 409
    message = _("A published version never changes; draft a new one.")


class SecondPersonError(DomainError):
    code = "second_person_needed"
    status = 409
    message = _("Whoever drafted or recorded this cannot decide on it; a second person must.")


class ForbiddenMethodError(DomainError):
    code = "method_forbidden"
    status = 422
    message = _("This is not a clear affirmative action.")
    field = "method"


class UnknownMethodError(DomainError):
    code = "method_unknown"
    status = 422
    message = _("The method is not one the suite knows.")
    field = "method"


class IllegalTransitionError(DomainError):
    code = "illegal_transition"
    status = 409
    message = _("This step cannot follow the consent's present state.")
    field = "state"


class EventTimeError(DomainError):
    code = "event_time_invalid"
    status = 422
    message = _("The time of the choice lies in the future or before the last recorded one.")
    field = "event_at"


class GiverNotVerifiedError(DomainError):
    code = "guardian_not_verified"
    status = 422
    message = _("A parent or guardian must be a verified relation of the subject (DPDP s.9(1)).")
    field = "guardian"


class UnknownGiverError(DomainError):
    code = "giver_unknown"
    status = 422
    message = _("Nobody acts in this way for a person.")
    field = "given_by"


class GiverMayNotError(DomainError):
    code = "giver_may_not"
    status = 422
    message = _("A nominee exercises rights and may end a use, but cannot consent (DPDP s.14).")
    field = "given_by"


class GiverLacksError(DomainError):
    code = "giver_lacks_evidence"
    status = 422
    message = _("What shows that this one may act for the person is missing.")
    field = "evidence"


class UnknownChannelError(DomainError):
    code = "channel_unknown"
    status = 422
    message = _("The channel is not one the suite knows.")
    field = "channel"


class EvidenceError(DomainError):
    code = "evidence_invalid"
    status = 422
    message = _(
        "Evidence is a few short references, never free text, an identity document or its number."
    )
    field = "evidence"


class ScopeTooNarrowError(DomainError):
    code = "scope_too_narrow"
    status = 422
    message = _("The person agreed to less than the purpose needs, which is no consent to it.")
    field = "categories"


class MergeOverError(DomainError):
    code = "merge_over"
    status = 409
    message = _("These records are not joined any more.")


class EndReasonError(DomainError):
    code = "reason_unknown"
    status = 422
    message = _("Say why by one of the known reasons; a consent is not ended without one.")
    field = "reason"


class ConsentMissingError(DomainError):
    code = "consent_missing"
    status = 404
    message = _("There is no consent of this subject to this purpose.")


class ObjectionMissingError(DomainError):
    code = "objection_missing"
    status = 404
    message = _("No such objection stands.")


class ObjectionPurposeError(DomainError):
    code = "objection_purpose_wrong"
    status = 422
    message = _(
        "Such an objection is about one purpose, by its code; one to marketing is about all."
    )
    field = "purpose"


class ObjectionDecidedError(DomainError):
    code = "objection_decided"
    status = 409
    message = _("There is nothing to decide: the objection is absolute, decided or lifted.")


class GroundsMissingError(DomainError):
    code = "grounds_missing"
    status = 422
    message = _("A decision on an objection needs its grounds (GDPR Art 21(1)).")
    field = "grounds"


class NoticeMissingError(DomainError):
    code = "notice_missing"
    status = 404
    message = _("No notice about this purpose is published.")


class CursorUnknownError(DomainError):
    code = "cursor_unknown"
    status = 400
    message = _("This cursor does not belong to this list; start again without it.")
    field = "cursor"


class NeverAskedError(DomainError):
    code = "never_asked"
    status = 404
    message = _("The person was never asked about this purpose, so there is nothing to prove.")
    field = "purpose"


class GroundUnknownError(DomainError):
    code = "ground_unknown"
    status = 422
    message = _(
        "A ground is a clause of DPDP s.7 (s7a to s7i) or of GDPR Art 6 or 9 (6-1-b, 9-2-h)."
    )
    field = "ground"


class GroundNotDeclaredError(DomainError):
    code = "ground_not_declared"
    status = 422
    message = _("The version of the purpose in force does not rest on this ground.")
    field = "ground"


class GroundEvidenceError(DomainError):
    code = "ground_evidence_missing"
    status = 422
    message = _("The ground lacks the evidence it needs before it may count.")


class GroundMissingError(DomainError):
    code = "ground_missing"
    status = 404
    message = _("There is no such ground on record.")


class GroundDecidedError(DomainError):
    code = "ground_decided"
    status = 409
    message = _("The ground is active already, or it has ended.")


class GroundTakenError(DomainError):
    code = "ground_taken"
    status = 409
    message = _("This ground is on record with other evidence; end it first.")


class CommitmentTakenError(DomainError):
    code = "commitment_taken"
    status = 409
    message = _("A commitment of this reference is on record and says something else.")
    field = "reference"


class CommitmentTimeError(DomainError):
    code = "commitment_time_invalid"
    status = 422
    message = _(
        "A commitment starts before it is reported and ends after it starts; one that is reported "
        "after a withdrawal started within the last seven days."
    )
    field = "started_at"


class CommitmentMissingError(DomainError):
    code = "commitment_missing"
    status = 404
    message = _("There is no such commitment.")


class ContactPlanError(DomainError):
    code = "contact_plan_invalid"
    status = 422
    message = _("Remind up to five times, each 1 to 365 days before a consent ends.")
    field = "remind_days"


class RightNotGivenError(DomainError):
    code = "right_not_given"
    status = 422
    message = _(
        "The law that protects this person gives no such right; a consent can be withdrawn."
    )
    field = "kind"


class LiftNotOpenError(DomainError):
    code = "lift_not_open"
    status = 403
    message = _("A service cannot take this back: only the person can, on their own pages.")


class RestrictionMissingError(DomainError):
    code = "restriction_missing"
    status = 404
    message = _("No such restriction stands.")


class RestrictionScopeError(DomainError):
    code = "restriction_scope_wrong"
    status = 422
    message = _("A restriction is of everything, or of one purpose or data category by its code.")
    field = "scope"


class RestrictionReasonError(DomainError):
    code = "restriction_reason_missing"
    status = 422
    message = _("Ending a restriction needs its reason, and 1 to 90 days for the person to answer.")
    field = "reason"


class LiftingNotAnnouncedError(DomainError):
    code = "lifting_not_announced"
    status = 409
    message = _("Announce the end of the restriction first (GDPR Art 18(3)).")


class SubjectNotToldError(DomainError):
    code = "subject_not_told"
    status = 409
    message = _("The person has not been told that the restriction ends (GDPR Art 18(3)).")


class LiftingTooSoonError(DomainError):
    code = "lifting_too_soon"
    status = 409
    message = _("The time that was announced to the person has not passed yet.")


class DeviceCategoryError(DomainError):
    code = "device_category_unknown"
    status = 422
    message = _("A choice on a device is about at least one known category.")
    field = "choices"


class ParentNotNeededError(DomainError):
    code = "parent_not_needed"
    status = 409
    message = _("The person is an adult, or would be their own parent: nobody decides for them so.")
    field = "child"


class ParentCheckMissingError(DomainError):
    code = "parent_check_missing"
    status = 404
    message = _("There is no such verification of a parent.")


class ParentCheckClosedError(DomainError):
    code = "parent_check_closed"
    status = 409
    message = _("This verification of a parent is over; begin a new one.")


class VerifierUnavailableError(DomainError):
    code = "verifier_unavailable"
    status = 503
    message = _("The parent could not be verified in this way now; nothing was decided.")


class ReferenceFormError(DomainError):
    code = "reference_form"
    status = 422
    message = _("Give a reference, never an identity document or its number: none may be kept.")
    field = "reference"


class AppointmentStepError(DomainError):
    code = "appointment_step_refused"
    status = 409
    message = _("This step cannot follow where the appointment stands.")


class AppointmentTimeError(DomainError):
    code = "appointment_time_invalid"
    status = 422
    message = _("An appointment begins today or earlier, and ends later than today, if it does.")
    field = "appointed_on"


class GuardianNotAdultError(DomainError):
    code = "guardian_not_adult"
    status = 422
    message = _("A guardian is another person of this controller, and not a child.")
    field = "guardian"


class ScheduleItemError(DomainError):
    code = "schedule_item_unknown"
    status = 422
    message = _(
        "Cite the item of the Fourth Schedule and how its condition is met: "
        "“Part A, item 3: ...” (DPDP Rules 2025 r.12)."
    )
    field = "schedule_item"
