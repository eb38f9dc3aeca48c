"""What can go wrong with subjects."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class SubjectUnknownError(DomainError):
    code = "subject_unknown"
    status = 404
    message = "There is no such subject."
    field = "subject"


class SubjectMergedError(DomainError):
    code = "subject_merged"
    status = 409
    message = "This record was joined to another of the same person; name the person by that one."
    field = "subject"


class SubjectsNotTwoError(DomainError):
    code = "subjects_not_two"
    status = 409
    message = "These are not two separate records, or not two records that were joined."
    field = "absorbed"


class SubjectsRelatedError(DomainError):
    code = "subjects_related"
    status = 409
    message = (
        "A verified relationship stands between the two, so they are two people; end it first if "
        "it is wrong."
    )
    field = "absorbed"


class RelationshipCycleError(DomainError):
    code = "relationship_cycle"
    status = 409
    message = "Verified relationships say the contrary, directly or through others."
    field = "related"


class RelationshipToSelfError(DomainError):
    code = "relationship_to_self"
    status = 422
    message = "Nobody stands to themself in a relationship."
    field = "related"


class RelationshipEndedError(DomainError):
    code = "relationship_ended"
    status = 409
    message = "It has ended already."


class WhoDecidesError(DomainError):
    code = "who_decides"
    status = 422
    message = "Who decides for a person is ended on the pages of parents and guardians."


class UnitUnknownError(DomainError):
    code = "unit_unknown"
    status = 422
    message = "No connected system is of that unit."
    field = "unit"


class UnitNotYoursError(DomainError):
    code = "unit_not_yours"
    status = 403
    message = "No system of yours keeps what this unit knows."
    field = "unit"


class IdentifierTakenError(DomainError):
    code = "identifier_taken"
    status = 409
    message = "The identifier already belongs to a subject of this controller."
    field = "identifiers"


class NoIdentifierError(DomainError):
    code = "identifier_missing"
    status = 422
    message = "A subject needs at least one identifier."
    field = "identifiers"


class IdentityConflictError(DomainError):
    code = "identity_conflict"
    status = 409
    message = "The identifiers belong to different subjects."
    field = "identifiers"


class SubjectErasedError(DomainError):
    code = "subject_erased"
    status = 409
    message = (
        "The subject is erased or being erased; only their own act can lift that: they ask for a "
        "sign-in link with this address in the portal (/privacy/) and follow it."
    )
    field = "subject"


class TombstoneLiftError(DomainError):
    code = "tombstone_stands"
    status = 409
    message = (
        "Only an act of the person themselves, after they were erased or asked to be, lets them "
        "come back."
    )


class ArrivalSettledError(DomainError):
    code = "arrival_settled"
    status = 409
    message = "This arrival was settled already."


class KeyDestroyedError(DomainError):
    code = "subject_key_destroyed"
    status = 409
    message = "The subject's data key was destroyed; nothing sealed under it can be read."


class SubjectHeldError(DomainError):
    code = "subject_held"
    status = 409
    message = "A legal hold stands on the subject: nothing of theirs may be destroyed."


class StandingUnknownError(DomainError):
    code = "standing_unknown"
    status = 404
    message = "There is no such standing."


class LinkNotValidError(DomainError):
    code = "link_not_valid"
    status = 410
    message = "This sign-in link has expired or was used already."


class TriggerInFutureError(DomainError):
    code = "trigger_in_future"
    status = 422
    message = "This has not happened yet."
    field = "at"


class ChannelError(DomainError):
    code = "channel_invalid"
    status = 422
    message = "There is no such channel or reason, or too many channels are closed already."
    field = "channel"


class ChannelOpenError(DomainError):
    code = "channel_open"
    status = 409
    message = "This channel is not closed to the person."
    field = "channel"


class AgeStepError(DomainError):
    code = "age_step_refused"
    status = 409
    message = (
        "Such an age cannot be, or would end a childhood on record without being verified "
        "(DPDP s.9)."
    )
    field = "age_state"


class IdentifiersSeveralError(DomainError):
    code = "identifiers_several"
    status = 409
    message = "The person is known by several of these, and nobody can say which is wrong."
    field = "values"


class ProvenanceReferenceError(DomainError):
    code = "provenance_reference_missing"
    status = 422
    message = _(
        "A flag needs the contract it rests on, or where and when the data were made public."
    )
    field = "reference"


class ProvenanceKindError(DomainError):
    code = "provenance_kind"
    status = 422
    message = _("There is no such kind of provenance flag.")
    field = "kind"


class ProvenanceCategoryError(DomainError):
    code = "provenance_category"
    status = 422
    message = _(
        "What was made public is named by a data category on record here; an outsourcing names "
        "none."
    )
    field = "category"


class ProvenanceResidentError(DomainError):
    code = "provenance_resident"
    status = 409
    message = _("The person lives in India, so an outsourcing takes nothing out of the Act.")
    field = "kind"


class ProvenanceOverError(DomainError):
    code = "provenance_over"
    status = 422
    message = _("This day has passed already.")
    field = "valid_until"


class ProvenanceTooManyError(DomainError):
    code = "provenance_too_many"
    status = 409
    message = _("So many flags stand about the person already.")
    field = "category"


class ProvenanceEndedError(DomainError):
    code = "provenance_ended"
    status = 409
    message = _("No such flag stands about the person.")
    field = "kind"
