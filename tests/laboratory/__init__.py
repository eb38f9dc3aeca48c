"""The vendor laboratory: imitations of outside systems, in a process of their own, over real HTTP.

`using.py` starts it and speaks to it; docs/connectors.md says what it can be told to be.
"""
