"""The verbs on cases, policies, holds and retention."""

from erasure.services.opening import NewCase, Opened, open_case, open_cases
from erasure.services.planning import dry_run

__all__ = ["NewCase", "Opened", "dry_run", "open_case", "open_cases"]
