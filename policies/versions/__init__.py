"""Versions of guardrails: drafted, rehearsed, approved by a second person, signed."""
