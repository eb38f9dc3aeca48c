"""Decisions as officers read them: a list, one step by step, and the rules that decide."""
