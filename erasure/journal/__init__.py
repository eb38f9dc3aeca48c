"""A journal of erasures beside the database, so that a restored backup can be brought up to it.

A backup brings back whoever was erased after it was taken, and forgets that they were (ERA-11). The
journal holds ids, scopes and digests, never a person's data, and is kept as long as backups are.
"""
