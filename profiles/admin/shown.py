"""What a version of the views changes, as a list for officers."""

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from profiles.matrix import Change
from profiles.models import Treatment
from profiles.words import STEPS, named

MOST: Final = 200
"""So many changes are listed; the page of the matrix shows all of them."""


def listed(changes: Iterable[Change]) -> SafeString:
    """Every change with what it amounts to, what shows more first."""
    found = sorted(changes, key=lambda one: (one.step.value != "wider", one.place))
    if not found:
        return format_html("<p>{}</p>", gettext("Nothing."))
    names = dict(Treatment.choices)
    rows = (
        (one.step.value, STEPS[one.step], named(one.place), names[one.old], names[one.new])
        for one in found[:MOST]
    )
    items = format_html_join(
        "",
        '<li class="step {}"><strong>{}</strong>: <bdi>{}</bdi><br><del>{}</del> → '
        "<ins>{}</ins></li>",
        rows,
    )
    return format_html('<ul class="steps">{}</ul>', items)
