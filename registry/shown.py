"""Columns that name a data category by its title instead of its code."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.console import titled_column
from registry import selectors


def category_column() -> Callable[[Any], str]:
    """What the category of each row is called, in the officer's language; empty is any."""
    return titled_column(_("Data category"), "category", selectors.category_titles)
