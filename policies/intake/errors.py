"""What can go wrong with reports."""

from keys.problems import DomainError


class ReportUnknownError(DomainError):
    code = "report_unknown"
    status = 404
    message = "There is no such report, or its record has reached the end of its life."


class ValuesUnreadableError(DomainError):
    code = "values_unreadable"
    status = 409
    message = "The values cannot be opened: they are not as they were sealed."
