"""What can go wrong with an export."""

from keys.problems import DomainError


class ExportFolderError(DomainError):
    """There is no private place for the files."""

    code = "export_folder_missing"
    status = 503
    message = "Exports have no private folder here."


class FormatMissingError(DomainError):
    """A readers' copy was asked for that this installation cannot write."""

    code = "export_format_missing"
    message = "This installation cannot write one of these formats."
    field = "formats"


class ReasonMissingError(DomainError):
    """Nobody takes entries of the log without saying why."""

    code = "export_reason_missing"
    message = "Say why, in at most 300 characters."
    field = "reason"


class ExportGoneError(DomainError):
    """The file is not there yet, or not any more."""

    code = "export_not_ready"
    status = 409
    message = "There is no file to take: it is in the making, or was deleted."


class ExportBusyError(RuntimeError):
    """Another process writes this export's files."""
