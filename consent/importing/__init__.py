"""Importing consents from files of other systems: a stream of rows, one event each."""
