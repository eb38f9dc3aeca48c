"""What can go wrong when versions of purposes and notices are drafted and put in force."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class TermUnknownError(DomainError):
    code = "term_unknown"
    status = 422
    message = _("This is not a term of the Data Privacy Vocabulary 2.3 for it.")
    field = "dpv_purpose"


class LegalGroundError(DomainError):
    code = "legal_ground_unknown"
    status = 422
    message = _("This is not a ground of that law.")
    field = "grounds"


class PurposeFamilyError(DomainError):
    code = "purpose_family_wrong"
    status = 422
    message = _(
        "The wider purpose must be another open one that does not itself belong to this one."
    )
    field = "parent"


class PurposeIncompleteError(DomainError):
    code = "purpose_incomplete"
    status = 422
    message = _("The purpose lacks what it must say before it is in force.")


class ChangeMaterialError(DomainError):
    code = "change_material"
    status = 409
    message = _("The draft calls a material change editorial; draft it again as material.")


class ReasonNeededError(DomainError):
    code = "reason_needed"
    status = 422
    message = _("Words changed: say why that is not material, or draft it again as material.")
    field = "note"


class BeginsInPastError(DomainError):
    code = "begins_in_past"
    status = 422
    message = _("A version cannot begin before it is approved.")
    field = "effective_from"


class VersionOrderError(DomainError):
    code = "version_order"
    status = 409
    message = _("A later version is approved already, or begins after this one; draft a new one.")
    field = "effective_from"


class HasBegunError(DomainError):
    code = "has_begun"
    status = 409
    message = _("Only a version that is approved and has not begun can be taken back.")


class LanguageTagError(DomainError):
    code = "language_tag_invalid"
    status = 422
    message = _("This is not a language tag, such as hi or ks-Deva (BCP 47).")
    field = "language"


class SourceLanguageError(DomainError):
    code = "language_is_source"
    status = 409
    message = _("English is what the version means: to change it, draft the next version.")
    field = "language"


class TranslationApprovedError(DomainError):
    code = "translation_approved"
    status = 409
    message = _("These words are approved and never change; draft the next version.")


class TranslationChangedError(DomainError):
    code = "translation_changed"
    status = 409
    message = _("The words were drafted anew meanwhile; read them again before you approve them.")


class TranslationUnlikeError(DomainError):
    code = "translation_unlike"
    status = 422
    message = _("The words do not say the same things as the English ones.")
    field = "content"


class TranslationFileError(DomainError):
    code = "translation_file_invalid"
    status = 422
    message = _("The file cannot be read; nothing of it was taken.")
    field = "lines"


class OfficerReadsError(DomainError):
    code = "officer_reads"
    status = 403
    message = _("Words that a machine wrote are approved by an officer, who has read them.")


class VersionOverError(DomainError):
    code = "version_over"
    status = 409
    message = _("The version is superseded or was taken back; add the words to a newer one.")


class LanguagesMissingError(DomainError):
    code = "languages_missing"
    status = 422
    message = _("The notice cannot be read in every language the law names (DPDP Act 2023 s.5(3)).")
    field = "languages"


class WaiverNotNeededError(DomainError):
    code = "waiver_not_needed"
    status = 422
    message = _("Only the languages of the Eighth Schedule, of an Indian notice, are waived.")
    field = "languages"


class WaiverReasonError(DomainError):
    code = "waiver_reason_missing"
    status = 422
    message = _("Say why the notice is not in these languages yet, in at most 300 characters.")
    field = "reason"


class WaiverTimeError(DomainError):
    code = "waiver_time_invalid"
    status = 422
    message = _("A waiver ends today or later, and within a year.")
    field = "until_on"


class WaiverDecidedError(DomainError):
    code = "waiver_decided"
    status = 409
    message = _("The waiver is approved already, or its time is over.")


class VersionMissingError(DomainError):
    code = "notice_version_missing"
    status = 404
    message = _("There is no such notice version about purposes of this service.")


class LinesTooLargeError(DomainError):
    code = "body_too_large"
    status = 413
    message = _("The body is larger than 1 MiB.")
