"""What workers do for profiles."""

from profiles import export_job, upkeep, watch_jobs  # noqa: F401 (registers)
