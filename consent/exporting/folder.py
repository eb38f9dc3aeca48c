"""The private folder of exported consents."""

from audit.exporting.folder import SingleFiles

FOLDER = SingleFiles("CONSENT_EXPORT_FOLDER")
