"""Whole examples of profiles by sector: read from a folder, and entered through the services."""
