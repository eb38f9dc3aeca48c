"""What can go wrong with the journal of erasures."""

from keys.problems import DomainError


class JournalFolderError(DomainError):
    code = "journal_folder"
    status = 503
    message = (
        "SAMMATI_ERASURE_JOURNAL names no folder, or one that others may read: name one of mode "
        "700 outside the database's backup."
    )


class JournalSinceError(DomainError):
    code = "journal_since"
    status = 409
    message = "The journal has more: leave --since out, or give an earlier time. Nothing was done."
