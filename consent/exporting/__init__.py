"""The consent ledger as a file: asked for, made by a job, taken away, deleted."""
