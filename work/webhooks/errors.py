"""What can go wrong with an address."""

from keys.problems import DomainError


class AddressRefusedError(DomainError):
    code = "address_refused"
    status = 422
    message = "Give an https address of a public host, or one of this very machine."
    field = "url"
