"""What can go wrong with what is done by hand. Each says what to do, and names nobody."""

from keys.problems import DomainError


class ErrandUnknownError(DomainError):
    code = "errand_unknown"
    status = 404
    message = "This link is too old, was opened before, or never was one. Ask for another one."


class EvidenceStepError(DomainError):
    code = "evidence_step"
    status = 404
    message = "Nothing is waiting to be done by hand there."
    field = "step"


class EvidenceWaitsError(DomainError):
    code = "evidence_waits"
    status = 409
    message = "What was shown for this step waits for another person to look at it."
    field = "file"


class EvidenceFileError(DomainError):
    code = "evidence_file"
    status = 422
    message = "Show a PDF, PNG, JPEG or plain text file of at most 5 MB."
    field = "file"


class EvidenceFolderError(DomainError):
    code = "evidence_folder"
    status = 503
    message = "There is no private folder for evidence: set SAMMATI_ERASURE_EVIDENCE_FOLDER."


class EvidenceGoneError(DomainError):
    code = "evidence_gone"
    status = 410
    message = "The file is gone; its digest stays on record."


class EvidenceDecidedError(DomainError):
    code = "evidence_decided"
    status = 409
    message = "What was shown has been decided upon."


class SamePersonError(DomainError):
    code = "same_person"
    status = 403
    message = "Another person than who showed it has to look at it."


class EvidenceReasonError(DomainError):
    code = "evidence_reason"
    status = 422
    message = "Say in 10 to 300 characters why it is not enough."
    field = "reason"


class NobodyWaitsError(DomainError):
    code = "nobody_waits"
    status = 409
    message = "Nothing waits to be done by hand there."
