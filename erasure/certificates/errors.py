"""What can go wrong with certificates."""

from keys.problems import DomainError

__all__ = ["CertificateMissingError", "CertificateTooEarlyError"]


class CertificateTooEarlyError(DomainError):
    code = "certificate_too_early"
    status = 409
    message = "A step of the case has not ended: a certificate is issued when all have."


class CertificateMissingError(DomainError):
    code = "certificate_missing"
    status = 404
    message = "This case has no certificate yet."
