"""Deletion callbacks: platforms pass on that a person wants their data gone."""
