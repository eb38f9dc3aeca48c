"""Small words that the pages of erasure share."""

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import number_format
from django.utils.translation import gettext as _


def whom(step: Any) -> str:
    """The system or party of a step, by its name."""
    return str((step.system or step.party).name)


def day(text: str) -> date | None:
    """The day that a plan names, to be written as the officer reads days."""
    return parse_date(text) if text else None


def wait_text(seconds: int) -> str:
    """How long is waited besides, in the largest unit that tells it; nothing for no time."""
    if not seconds:
        return ""
    for size, text in ((86_400, _("%(n)s d")), (3600, _("%(n)s h")), (60, _("%(n)s min"))):
        if seconds >= size:
            return text % {"n": number_format(round(seconds / size))}
    return _("%(n)s s") % {"n": number_format(seconds)}
