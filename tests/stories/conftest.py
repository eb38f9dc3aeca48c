"""The real decision point, and companies to tell stories about."""

from tests.policies.conftest import http, site

__all__ = ["http", "site"]
