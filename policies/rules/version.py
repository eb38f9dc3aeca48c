"""The version of the statutory rules. A decision names it, so that it can be replayed."""

POLICY_VERSION = "statutory-2026.11.3"
