"""Recalls: telling services that a permit they still hold, or a campaign's consent, has ended."""
