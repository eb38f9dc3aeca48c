"""Columns of other packages' pages that name a purpose by its title instead of its code."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.console import titled_column
from consent import selectors


def purpose_column() -> Callable[[Any], str]:
    """What the purpose of each row is called now; empty is any."""
    return titled_column(_("Purpose"), "purpose", selectors.purpose_titles)
