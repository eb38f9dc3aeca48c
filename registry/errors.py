"""What can go wrong in the registry."""

from keys.problems import DomainError


class ContractMissingError(DomainError):
    code = "contract_missing"
    status = 422
    message = "A processor or recipient needs a contract reference (DPDP s.8(2); GDPR Art 28(3))."
    field = "contract_reference"


class ForeignPartyError(DomainError):
    code = "party_of_another_controller"
    status = 404
    message = "There is no such party."
    field = "party"


class ForeignServiceError(DomainError):
    code = "service_of_another_controller"
    status = 404
    message = "There is no such service."
    field = "service"


class SecondPersonError(DomainError):
    code = "second_person_needed"
    status = 409
    message = "Who recorded this cannot decide on it as well; a second person must."


class AlreadyApprovedError(DomainError):
    code = "already_approved"
    status = 409
    message = "The finding is approved already."


class AlreadyEndedError(DomainError):
    code = "already_ended"
    status = 409
    message = "The finding was taken back."


class AlreadyReleasedError(DomainError):
    code = "already_released"
    status = 409
    message = "The freeze was released already."


class FindingKindError(DomainError):
    code = "finding_kind_unknown"
    status = 422
    message = "There is no such kind of finding."
    field = "kind"


class FindingPurposeError(DomainError):
    code = "finding_purpose_wrong"
    status = 422
    message = "This kind of finding is about one purpose, by its code, or about none."
    field = "purpose"


class FindingTopicError(DomainError):
    code = "finding_topic_wrong"
    status = 422
    message = "This kind of finding needs a data category or another purpose, or takes none."
    field = "topic"


class FindingTimeError(DomainError):
    code = "finding_time_wrong"
    status = 422
    message = "What allows needs a last day, today or later and not too far away; a duty has none."
    field = "valid_until"


class FrozenUnknownError(DomainError):
    code = "frozen_unknown"
    status = 422
    message = "There is no service, party or system of this code."
    field = "code"


class ReasonMissingError(DomainError):
    code = "reason_missing"
    status = 422
    message = "A reason is needed."
    field = "reason"


class DiligenceError(DomainError):
    code = "diligence_wrong"
    status = 422
    message = "Due diligence needs its reference and a last day, within a year from today."
    field = "diligence_until"


class ProhibitedModelError(DomainError):
    code = "model_prohibited"
    status = 409
    message = "A prohibited practice cannot be approved (AI Act Art 5)."
    field = "risk"


class OrderMissingError(DomainError):
    code = "order_without_state"
    status = 422
    message = "An order is recorded only for a party that is, or serves, a foreign State."
    field = "state_order"
