"""Signed accounts of an ended case: what is gone, what stays and why, system by system."""
