"""Columns that name a data category by its title instead of its code."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry import selectors

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ANY: Final = _("Any")


def category_column() -> Callable[[Any], str]:
    """What the category of each row is called, in the officer's language; empty is any."""
    return titled_column(_("Data category"), "category", selectors.category_titles)


def titled_column(
    label: "StrOrPromise",
    field: str,
    titles: Callable[[UUID], Mapping[str, str]],
    *,
    empty: "StrOrPromise" = ANY,
) -> Callable[[Any], str]:
    """A column of codes by their titles at the row's controller, each looked up once a page.

    What has no title (it was never registered, or stands for many) is shown as it was written.
    """
    known = cache(titles)

    @admin.display(description=label)
    def column(row: Any) -> str:
        code = getattr(row, field)
        if not code:
            return str(empty)
        return known(row.controller_id).get(code, code)

    return column
