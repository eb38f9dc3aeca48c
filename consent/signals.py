"""Signals that a browser sends by itself, and what they mean. Pure."""

from collections.abc import Iterable

HEADER = "Sec-GPC"
"""Global Privacy Control (W3C): nothing of this visitor is to be sold or shared."""


def is_signalled(values: Iterable[str]) -> bool:
    """Whether one of the header's values is exactly 1; anything else says nothing at all.

    Several headers arrive as one text with commas, as HTTP joins them.
    """
    return any(one.strip(" \t") == "1" for text in values for one in text.split(","))
