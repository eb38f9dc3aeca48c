"""What can go wrong with consent managers, company sites and their tickets."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class ManagerSignatureError(DomainError):
    code = "signature_invalid"
    status = 401
    message = _("The request does not carry a valid signature of a registered consent manager.")


class ManagerNotActiveError(DomainError):
    code = "consent_manager_not_active"
    status = 403
    message = _("The consent manager is not registered here, not yet accepted, or suspended.")


class ManagerStateError(DomainError):
    code = "consent_manager_state"
    status = 409
    message = _("This does not fit the consent manager's present state.")


class ManagerKeyError(DomainError):
    code = "consent_manager_key"
    status = 422
    message = _("Give an Ed25519 public key: 32 bytes in base64; at most two are live at a time.")
    field = "public"


class RequestReusedError(DomainError):
    code = "request_id_reused"
    status = 409
    message = _("This request id was used with another body.")
    field = "request_id"


class OriginError(DomainError):
    code = "origin_invalid"
    status = 422
    message = _("An origin is a scheme and a host, and a port if need be: https://shop.example.")
    field = "origin"


class SiteUnknownError(DomainError):
    code = "site_unknown"
    status = 403
    message = _("This origin is not registered with the company.")
    field = "origin"


class TicketError(DomainError):
    code = "ticket_invalid"
    status = 403
    message = _("The ticket is not valid here, or its time is over: ask the company's site again.")
    field = "ticket"


class SharingRecordError(DomainError):
    code = "sharing_record_refused"
    status = 422
    message = _("Such a record names who shared with whom, and never what: only a digest of it.")
