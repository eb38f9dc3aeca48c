"""Consent managers: registered parties that sign what they bring (DPDP s.6(7))."""
