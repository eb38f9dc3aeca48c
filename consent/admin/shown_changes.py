"""What a version changes, and where it stands, in words for officers."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.versions import selectors as versions
from consent.versions.classify import Change, Weight
from consent.versions.selectors import Standing, Version

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST: Final = 300
STANDINGS: "Final[dict[Standing, StrOrPromise]]" = {
    Standing.DRAFT: _("Draft"),
    Standing.APPROVED: _("Approved, begins later"),
    Standing.IN_FORCE: _("In force"),
    Standing.SUPERSEDED: _("Superseded"),
    Standing.TAKEN_BACK: _("Taken back before it began"),
}
WEIGHTS: "Final[dict[Weight, StrOrPromise]]" = {
    Weight.MATERIAL: _("material"),
    Weight.UNCLEAR: _("in doubt: material, unless a reason is given"),
    Weight.EDITORIAL: _("editorial"),
}


def listed(version: Version, changes: Iterable[Change]) -> SafeString:
    """Every change with its weight, and how it read before and reads now."""
    if versions.before(version) is None:
        return format_html("<p>{}</p>", gettext("No version before this one was put in force."))
    rows = (
        (_named(version, one.field), WEIGHTS[one.weight], _value(one.old), _value(one.new))
        for one in changes
    )
    items = format_html_join(
        "",
        "<li><strong><bdi>{}</bdi></strong>: {}<br>"
        '<del dir="auto">{}</del> <ins dir="auto">{}</ins></li>',
        rows,
    )
    if not items:
        return format_html("<p>{}</p>", gettext("Nothing differs from the version before."))
    return format_html("<ul>{}</ul>", items)


def claim(version: Version) -> str:
    """What the draft itself says of its change; the first in force changes nothing."""
    if versions.before(version) is None:
        return ""
    if version.is_material:
        return gettext("The draft says: material. Earlier consents have to be given again.")
    return gettext("The draft says: editorial. Earlier consents go on.")


def lacking(missing: list[str]) -> SafeString:
    """What a notice does not say yet, with the law that asks for it."""
    if not missing:
        return format_html("<p>{}</p>", gettext("Nothing."))
    return format_html(
        "<ul>{}</ul>", format_html_join("", "<li><bdi>{}</bdi></li>", ((m,) for m in missing))
    )


def _named(version: Version, field: str) -> str:
    """A field of a purpose by its label; what changed in a notice's words by its place in them."""
    try:
        found = version._meta.get_field(field)  # noqa: SLF001 (Django has no other way to it)
    except FieldDoesNotExist:
        return field
    return capfirst(str(getattr(found, "verbose_name", field)))


def _value(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
