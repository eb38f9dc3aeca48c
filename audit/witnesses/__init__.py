"""Witnesses: others who see that a log only grows, and say so over their own signature or clock.

A note that goes out holds the log's name, its size and its root hash; nothing about anybody.
"""
