"""What can go wrong with the vault."""

from keys.problems import DomainError


class VaultGroundError(DomainError):
    code = "vault_ground_unknown"
    status = 422
    message = "Name a known ground and cite the law that lets the vault be opened."
    field = "ground"


class VaultSecondPersonError(DomainError):
    code = "vault_second_person"
    status = 403
    message = "Whoever asked to read the vault cannot decide on it."


class VaultAccessStateError(DomainError):
    code = "vault_access_state"
    status = 409
    message = "This access was decided already, or its time is over."


class VaultClosedError(DomainError):
    code = "vault_closed"
    status = 403
    message = "The vault opens to the officer who asked, once a second person approved it."
