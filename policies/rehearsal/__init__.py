"""Recorded decisions made again: one by one to prove them, by the million to try a draft policy."""
