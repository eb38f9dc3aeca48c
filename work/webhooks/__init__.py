"""Calls to addresses that others gave us: where they may go, how they are signed, how one is made.

Shared by whatever sends news out. What is sent, to whom and how often is known further up.
"""
