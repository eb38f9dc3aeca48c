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
