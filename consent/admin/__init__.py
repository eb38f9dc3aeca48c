"""Officers' pages about consents; each module registers its own."""

from consent.admin import (
    capture,
    catalogue,
    children,
    exports,
    ledger,
    lifecycle,
    objections,
    restrictions,
    subscribers,
    translations,
    versions,
)  # fmt: skip

__all__ = [
    "capture", "catalogue", "children", "exports", "ledger", "lifecycle", "objections",
    "restrictions", "subscribers", "translations", "versions",
]  # fmt: skip
