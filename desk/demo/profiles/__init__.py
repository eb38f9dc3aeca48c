"""Profiles of the invented people: who may see what, and what their companies' systems say."""
