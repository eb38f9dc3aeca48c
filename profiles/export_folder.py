"""The private folder of exported profiles."""

from audit.exporting.folder import SingleFiles

FOLDER = SingleFiles("PROFILE_EXPORT_FOLDER")
