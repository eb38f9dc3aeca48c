"""Exports of the log: chosen entries with proofs, made by a job and taken away by officers."""
