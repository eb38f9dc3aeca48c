"""Measures of the audit log: appending, sequencing, proofs, evidence's price."""
