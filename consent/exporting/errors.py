"""What can go wrong with an export of consents."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class ExportMissingError(DomainError):
    code = "export_missing"
    status = 404
    message = _("There is no such export.")


class ExportNotReadyError(DomainError):
    code = "export_not_ready"
    status = 409
    message = _("The export is still being made: ask again later.")


class ExportGoneError(DomainError):
    code = "export_gone"
    status = 410
    message = _("The export was deleted: ask for a new one.")


class ExportReasonError(DomainError):
    code = "reason_missing"
    status = 422
    message = _("An officer says why consents leave the suite.")
    field = "reason"


class ExportSpanError(DomainError):
    code = "span_empty"
    status = 422
    message = _("The end of the time must lie after its beginning.")
    field = "until"
